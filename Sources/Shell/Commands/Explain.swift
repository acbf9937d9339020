import Lexing
import Rendering
import Results
import Tracing

extension Command {
  /// `explain [%N] [HOP]`, `explain WORD`
  static let explain = Command(
    name: "explain", topic: .results, summary: "why a hop is what it is, from its bytes; what a sign means",
    discussion: [
      "Of a hop it tells what was sent, what came back and from whom, which fields told the probe, what each byte means, how "
        + "the round-trip time was made, and why the hop lies where it is said to lie; of a silent one the causes that it may "
        + "have, the likeliest first, with what speaks for (+) and against (-) each.",
      "In the bytes '=' marks what matched, and '>' what the answer quotes of the probe.",
    ],
    terms: [
      Term("explain 7", "hop 7 of the last trace"),
      Term("explain %2 7", "hop 7 of a result"),
      Term("explain %2", "how a trace was judged, and why it ended"),
      Term("explain star", "a sign of the rows, or a word of the lines round them: warning, late, !X, loop, …"),
    ],
    parameters: [
      Parameter(
        "WORD", .explained, .any, help: "a result and a hop, or what the shell printed; the last trace when left out")
    ],
    options: [.json],
    allowsRedirection: true,
    examples: [
      Example("explain 7", "hop 7 of the last trace"),
      Example("explain %1 7 --json", "the same of the first result, for programs"),
      Example("explain star", "what '*' means"),
      Example("explain marker !X", "what a router says with '!X'"),
    ],
    action: { call, session async throws(ShellError) in try session.explain(call) })
}

extension Session {
  fileprivate func explain(_ call: Invocation) throws(ShellError) {
    var words = call.arguments("WORD")[...]
    let isResult = words.first.map { $0.text.hasPrefix("%") || $0.text.hasPrefix("@") } ?? true
    // A count is printed before what it counts: `3 late`.
    let isCount = words.count > 1 && Explanation(sign: words.map(\.text).joined(separator: " ")) != nil
    let isHop = !isCount && (words.first.map { Int($0.text) != nil || $0.text == "hop" } ?? false)
    guard isResult || isHop else { return try explainSign(words, call) }
    let reference = isResult ? words.popFirst() : nil
    let result = try trace(reference, call)
    if words.first?.text == "hop" { words.removeFirst() }
    let ttl = try words.popFirst().map { word throws(ShellError) in try hop(word, of: result, call) }
    if let extra = words.first { throw call.wrong("'\(extra.text)' is one word too many", at: extra.range) }
    let explanation: Explanation
    if let ttl {
      guard let found = Explanation(hop: ttl, of: result) else {
        throw call.failed(
          "hop \(ttl) was not probed", why: "the trace ended before it, or began behind it",
          try: "'recall' shows its hops")
      }
      explanation = found
    } else {
      explanation = Explanation(trace: result)
    }
    call.answer(
      ExplanationDocument(explanation, of: result, ttl: ttl, version: Version.number), over: settings
    ) {
      for line in ExplanationText(columns: call.console.size?.columns).lines(explanation) { call.print(line) }
    }
  }

  private func trace(_ reference: Invocation.Argument?, _ call: Invocation) throws(ShellError) -> TraceResult {
    do throws(Diagnostic) {
      guard case .trace(let result) = try result(reference?.text ?? "%last", last: { $0.isTrace }) else {
        throw Diagnostic("'\(reference?.text ?? "%last")' is not a trace", why: "only a trace has hops to explain")
      }
      return result
    } catch {
      tellStoreNotes(on: call.console)
      throw .failed(call.frame.locate(error.by("explain"), at: reference?.range ?? call.range))
    }
  }

  private func hop(
    _ word: Invocation.Argument, of result: TraceResult, _ call: Invocation
  ) throws(ShellError) -> TTL {
    guard let number = Int(word.text), let ttl = TTL(number) else {
      throw call.wrong(
        "'\(word.text)' is not a hop", at: word.range, try: "a number from 1 to 255, as in the first column")
    }
    guard result.trace[ttl] != nil else {
      let request = result.trace.request
      throw call.wrong(
        "hop \(ttl) was not asked for", at: word.range,
        why: "the trace went from \(request.firstTTL) to \(request.lastTTL)")
    }
    return ttl
  }

  private func explainSign(_ words: ArraySlice<Invocation.Argument>, _ call: Invocation) throws(ShellError) {
    guard let first = words.first, let last = words.last else { return }
    let text = words.map(\.text).joined(separator: " ")
    guard let explanation = Explanation(sign: text) else {
      let meant = Spelling.nearest(to: text, among: Explanation.signWords)
      throw call.wrong(
        "'\(text)' is nothing that the shell prints", at: SourceRange(first.range.lower, last.range.upper),
        try: meant.map { "'explain \($0)'" } ?? "'help trace' lists the signs; 'explain %1 7' explains a hop")
    }
    call.answer(
      ExplanationDocument(explanation, of: nil, ttl: nil, version: Version.number), over: settings
    ) {
      for line in ExplanationText(columns: call.console.size?.columns).lines(explanation) { call.print(line) }
    }
  }
}
