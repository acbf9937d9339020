import Lexing
import Probing
import Rendering
import Results
import SystemIO
import Time
import Tracing

extension Command {
  /// `replay %N [--speed X]`
  static let replay = Command(
    name: "replay", topic: .results, summary: "show a trace again as it went, in its own time",
    discussion: [
      "Nothing is sent. What was known of addresses is known from the start. On a terminal the rows fill as they did; Ctrl-C stops. "
        + "A trace of a lab whose clock is virtual is shown at once unless --speed is given."
    ],
    parameters: [
      Parameter("RESULT", .result, .optional, help: "%1, %last, a name or an id; %last when left out")
    ],
    options: [
      .value(
        "speed", nil, .factor(0.001...1_000, of: "times as fast"), named: "X",
        help: "0.25 is four times as slow, 10 ten times as fast")
    ],
    examples: [
      Example("replay %1", "the first result of this session again"),
      Example("replay %1 --speed 100", "a hundred times as fast"),
    ],
    action: { call, session async throws(ShellError) in
      let result = try session.traceResult(call)
      guard let run = RecordedRun(result.packets, of: result.trace.request, from: result.trace.began) else {
        throw call.failed(
          "cannot replay '\(call.argument("RESULT")?.text ?? "%last")'",
          why: result.whyUnrecorded,
          try: "'recall' for its rows")
      }
      try await session.replay(result, run, call)
    })
}

extension Session {
  /// Shows a result as its events come.
  fileprivate func replay(_ result: TraceResult, _ run: RecordedRun, _ call: Invocation) async throws(ShellError) {
    let feed = RendererFeed<Never>(TextRenderer(on: call.console, targetCount: 1))
    defer { feed.show(.ended) }
    var soFar = result
    soFar.trace = Trace(request: result.trace.request, began: result.trace.began)
    feed.show(.began(slot: 0, soFar))
    let pace = pace(of: result, call)
    var shown = Duration.zero
    for batch in Self.batches(run.events, until: result.trace.ended) {
      let moment = (batch.first?.moment ?? result.trace.began) - result.trace.began
      if let pace, moment > shown {
        do throws(ShellError) {
          try await feed.pause(for: Self.slowed(moment - shown, by: pace), in: self)
        } catch {
          // Stopped: the rows stay as they were at that moment.
          soFar.trace.apply(.finished(.cancelled, at: result.trace.began + shown))
          feed.show(.finished(slot: 0, soFar))
          throw error
        }
        shown = moment
      }
      guard !call.console.outputIsGone else { return }
      for event in batch { soFar.trace.apply(event) }
      feed.show(.events(slot: 0, batch))
    }
    feed.show(.finished(slot: 0, result))
  }

  private static func slowed(_ duration: Duration, by pace: Double) -> Duration {
    min(longestPause, Duration(nanoseconds: Int64(min(Double(duration.nanoseconds) / pace, 1e18))))
  }

  /// What a record that somebody changed can make a person wait at most, before Ctrl-C.
  private static let longestPause = Duration.seconds(86_400)

  /// How many times as fast; nil when no time passes.
  private func pace(of result: TraceResult, _ call: Invocation) -> Double? {
    if case .factor(let speed)? = call.options["speed"]?.value { return speed }
    return result.method.socket == .lab && settings.labClock == .virtual ? nil : 1
  }

  /// The events by moments, up to the end; what was read behind it is in the final rows.
  private static func batches(_ events: [TraceEvent], until end: Instant?) -> [[TraceEvent]] {
    var batches: [[TraceEvent]] = []
    var last: Instant?
    for event in events {
      guard event.moment.map({ moment in end.map { moment <= $0 } ?? true }) ?? true else { break }
      if let moment = event.moment, moment != last {
        batches.append([])
        last = moment
      }
      if batches.isEmpty { batches.append([]) }
      batches[batches.count - 1].append(event)
    }
    return batches
  }
}
