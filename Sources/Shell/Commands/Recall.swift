import Lexing
import Rendering
import Results
import SystemIO

extension Command {
  /// `recall %N`
  static let recall = Command(
    name: "recall", topic: .results, summary: "show a result again",
    parameters: [
      Parameter(
        "RESULT", .result, .optional,
        help: "%1, %last, the name given by 'as', or the id of any session (@k7f3); %last when left out")
    ],
    options: [
      .json,
      .flag("full", help: "of two compared paths a row for every hop"),
      .flag("csv", help: "comma-separated values, of a comparison of many runs"),
    ],
    examples: [
      Example("recall %1", "the first result of this session"),
      Example("recall %last --json", "the last one, for programs"),
      Example("recall @k7f3", "one of any session, by its id; 'results --all' lists them"),
    ],
    action: { call, session async throws(ShellError) in
      let reference = call.argument("RESULT")
      let content: SessionResults.Content
      do throws(Diagnostic) {
        content = try session.result(reference?.text ?? "%last")
      } catch {
        session.tellStoreNotes(on: call.console)
        throw .failed(call.frame.locate(error.by("recall"), at: reference?.range ?? call.range))
      }
      session.tellStoreNotes(on: call.console)
      try call.checkForms(content)
      switch content {
      case .trace(let result): call.show(.finished(slot: 0, result), over: session.settings)
      case .ping(let result, _): call.show(.pinged(result), over: session.settings)
      case .comparison(let result): session.show(result, call)
      }
    })
}

extension Invocation {
  /// Shows a result as its own command showed it.
  fileprivate func show(_ event: OutputEvent, over session: Settings) {
    let renderer = settings(over: session).renderer(for: self, targetCount: 1)
    renderer.handle(event, at: MonotonicClock.now)
    renderer.handle(.ended, at: MonotonicClock.now)
  }

  /// Refuses a form that the result does not have.
  fileprivate func checkForms(_ content: SessionResults.Content) throws(ShellError) {
    try refuseTwoForms()
    let forms: Set<String>
    switch content {
    case .trace, .ping: forms = []
    case .comparison(let result):
      switch result.content {
      case .paths: forms = ["full"]
      case .runs: forms = ["csv"]
      }
    }
    for name in ["full", "csv"] {
      if let given = options[name], !forms.contains(name) {
        throw wrong("--\(name) has no meaning for this result", at: given.range, try: "'recall' without it")
      }
    }
  }
}
