import Lexing
import Probing
import Rendering
import Results
import Tracing

extension Command {
  /// `timeline %N [hop N] [kind K]`
  static let timeline = Command(
    name: "timeline", topic: .results, summary: "show what happened in a trace, in the order of time",
    discussion: [
      "One line an event: when, in milliseconds since the trace began; which probe; what. On a terminal a picture follows, with "
        + "one row a probe and time to the right. Only a trace that was recorded ('set record on', as at start) has all of it."
    ],
    terms: [
      Term("hop N", "what is about hop N only"),
      Term("kind K", "one kind of event: \(TimelineEvent.Kind.allCases.map(\.rawValue).joined(separator: ", "))"),
    ],
    parameters: [
      Parameter("RESULT", .result, .optional, help: "%1, %last, a name or an id; %last when left out"),
      Parameter("FILTER", .timelineFilter, .any, help: "hop N, kind K, or both"),
    ],
    options: [.json],
    examples: [
      Example("timeline %1", "from the first launch to the end"),
      Example("timeline %1 hop 3", "one hop: wanted, sent, arrived, read, judged"),
      Example("timeline %1 kind matched", "by what each reply was known"),
    ],
    action: { call, session async throws(ShellError) in
      let result = try session.traceResult(call)
      let (ttl, kind) = try call.timelineFilter()
      let timeline = Timeline(result)
      let events = timeline.events(at: ttl, of: kind)
      call.answer(TimelineDocument(result, timeline, events, version: Version.number), over: session.settings) {
        for line in TimelineText.lines(events) { call.print(line) }
        if let size = call.console.size {
          for line in TimelineText.picture(timeline, events, columns: size.columns) { call.print(line) }
        }
      }
      guard !timeline.isComplete, result.hypothesis == nil else { return }
      session.tell(
        Diagnostic("the timeline has gaps", subject: "timeline", why: result.whyUnrecorded, severity: .note),
        on: call.console)
    })
}

extension TraceResult {
  /// Why its packets do not tell all of it.
  var whyUnrecorded: String {
    if hypothesis != nil { return "no packet was sent for it" }
    if packets.isEmpty { return "its packets were not kept" }
    if packets.leftOut > 0 { return "\(Condition.count(packets.leftOut, "packet")) beyond those that are kept" }
    return "its packets do not give its trace"
  }
}

extension Session {
  /// The trace that a command is about: `%last` when it names none.
  func traceResult(_ call: Invocation) throws(ShellError) -> TraceResult {
    let reference = call.argument("RESULT")
    let name = reference?.text ?? "%last"
    do throws(Diagnostic) {
      let content = try result(name) { $0.isTrace }
      guard case .trace(let result) = content else {
        throw Diagnostic("'\(name)' is not a trace", why: "only a trace has probes and replies")
      }
      return result
    } catch {
      throw .failed(call.frame.locate(error.by(call.command.name), at: reference?.range ?? call.range))
    }
  }
}

extension Invocation {
  /// Reads `hop N` and `kind K`.
  fileprivate func timelineFilter() throws(ShellError) -> (TTL?, TimelineEvent.Kind?) {
    var ttl: TTL?
    var kind: TimelineEvent.Kind?
    var words = arguments("FILTER")[...]
    while let word = words.popFirst() {
      guard ["hop", "kind"].contains(word.text) else {
        throw wrong("'\(word.text)' is no filter", at: word.range, try: "'hop N' or 'kind K'")
      }
      guard let value = words.popFirst() else {
        throw wrong("'\(word.text)' of what?", at: word.range, try: word.text == "hop" ? "'hop 3'" : "'kind arrival'")
      }
      if word.text == "hop" {
        ttl = Int(value.text).flatMap { TTL($0) }
        guard ttl != nil else { throw wrong("'\(value.text)' is not a hop", at: value.range, try: "1 to 255") }
      } else {
        kind = TimelineEvent.Kind(rawValue: value.text)
        let all = TimelineEvent.Kind.allCases.map(\.rawValue)
        guard kind != nil else {
          let meant = Spelling.nearest(to: value.text, among: all)
          throw wrong(
            "'\(value.text)' is no kind of event", at: value.range, try: meant.map { "'\($0)'" } ?? Literal.list(all))
        }
      }
    }
    return (ttl, kind)
  }
}
