// One `compare A B`: sides that are results are found, those that are targets are traced together, and become results;
// then the two are compared and shown. A failure is told like one of `trace`.

import Lexing
import Rendering
import Results
import Tracing

/// The work of `compare` for two paths; used once, on the session's actor.
final class PathsCommand {
  /// One of the two.
  private struct Side {
    let word: Invocation.Argument
    /// nil while it is a target that has not been traced.
    var result: TraceResult?
    /// The number of the result in this session.
    var number: Int?
    /// Whether this session's own sockets traced it.
    var isOwn = false
  }

  private let call: Invocation
  private let settings: Settings
  private let warnings: [Diagnostic]
  private var sides: [Side]

  /// - Throws: what is wrong with the line.
  init(_ call: Invocation, in session: isolated Session) throws(ShellError) {
    self.call = call
    (settings, warnings) = try session.tracingSettings(of: call)
    let words = call.arguments("WHAT")
    guard words.count > 1 else {
      throw call.wrong(
        "there is nothing to compare '\(words.first?.text ?? "")' with", at: words.first?.range,
        try: "'compare %1 %2', 'compare TARGET TARGET', or 'compare engines TARGET'")
    }
    if words.count > 2 { throw call.wrong("'\(words[2].text)' is one word too many", at: words[2].range) }
    sides = []
    for word in words { sides.append(try Self.side(word, of: call, in: session)) }
    if let result = sides[0].result, result.id == sides[1].result?.id {
      throw call.wrong(
        "'\(words[0].text)' and '\(words[1].text)' are the same result", at: words[1].range,
        try: "another one, or a target to trace now")
    }
  }

  func run(in session: isolated Session) async throws(ShellError) {
    try await trace(in: session)
    guard let first = sides[0].result, let second = sides[1].result else { return }
    let comparison = PathComparison(
      first, second, labels: labels, shareSockets: sides.allSatisfy(\.isOwn))
    session.keepAndShow(.paths(comparison), started: session.services.clock(), call)
  }

  private static func side(
    _ word: Invocation.Argument, of call: Invocation, in session: isolated Session
  ) throws(ShellError) -> Side {
    guard word.text.hasPrefix("%") || word.text.hasPrefix("@") else { return Side(word: word) }
    let content: SessionResults.Content
    do throws(Diagnostic) {
      content = try session.result(word.text, last: \.isTrace)
    } catch {
      throw .wrong(error.by(call.command.name).at(word.range, in: call.frame.source))
    }
    switch content {
    case .trace(let result):
      guard result.trace.path.contains(where: { !$0.probes.isEmpty }) else {
        throw call.wrong("'\(word.text)' has no hop: nothing was probed", at: word.range)
      }
      // One of the store or of a file left by other sockets.
      let entries = session.results.entries.filter { $0.content.id == result.id }
      return Side(
        word: word, result: result, number: entries.last?.number, isOwn: entries.contains(where: \.isOwn))
    case .comparison:
      throw call.wrong(
        "'\(word.text)' is a comparison, which has no path of its own", at: word.range,
        try: "'recall \(word.text)' shows it")
    case .ping:
      throw call.wrong(
        "'\(word.text)' is a ping, which has no path", at: word.range, try: "'trace TARGET' makes a result with one")
    }
  }

  /// What the two are called: as they were typed, or by the numbers of their results where that is too long for a column, or
  /// a target is compared with itself.
  private var labels: (first: String, second: String) {
    let areSame = sides[0].word.text == sides[1].word.text
    let labels = sides.map { side in
      guard let number = side.number, areSame || side.word.text.count > ComparisonText.longestLabel else {
        return side.word.text
      }
      return "%\(number)"
    }
    return (labels[0], labels[1])
  }

  /// Traces the sides that are targets.
  private func trace(in session: isolated Session) async throws(ShellError) {
    let open = sides.indices.filter { sides[$0].result == nil }
    guard !open.isEmpty else { return }
    let progress = ComparisonProgress(on: call.console, names: open.map { sides[$0].word.text })
    let command = TraceCommand(
      call, targets: open.map { sides[$0].word }, settings: settings, warnings: warnings, renderer: progress)
    do throws(ShellError) {
      try await command.run(in: session)
      for (slot, side) in open.enumerated() {
        guard let number = command.numbers[slot],
          case .trace(let result)? = session.results.entries.last(where: { $0.number == number })?.content
        else { continue }
        sides[side].result = result
        sides[side].number = number
        sides[side].isOwn = true
      }
    } catch {
      let failure = progress.failure ?? CommandFailure(problem: "interrupted")
      call.answer(
        FailureDocument(
          command: call.command.name, version: Version.number, target: progress.failedTarget, error: failure),
        over: session.settings
      ) {}
      throw error
    }
  }
}
