import Lexing
import Results
import Statistics

extension Session {
  /// Draws of a comparison of which only the routers matter: it makes intervals of times as well, which nobody sees.
  private static let fewestDraws = 1

  /// Judges the condition of `expect` or `if`.
  func judge(_ call: Invocation) throws(ShellError) -> Condition.Finding {
    try judge(call.arguments("CONDITION"), call)
  }

  /// Judges a condition that stands among the words of a command.
  func judge(_ words: [Invocation.Argument], _ call: Invocation) throws(ShellError) -> Condition.Finding {
    let parsed: (result: Invocation.Argument?, condition: Condition)
    do {
      parsed = try ConditionParser.parse(words)
    } catch {
      let range = error.range ?? SourceRange(call.range.upper, call.range.upper)
      throw .wrong(error.diagnostic.by(call.command.name).at(range, in: call.frame.source))
    }
    do throws(Diagnostic) {
      let content = try result(parsed.result?.text ?? "%last", last: { $0.facts != nil })
      return try judge(parsed.condition, of: content, called: parsed.result?.text ?? "%last")
    } catch {
      throw .failed(call.frame.locate(error.by(call.command.name), at: parsed.result?.range ?? call.range))
    }
  }

  /// Judges a condition of a result.
  ///
  /// - Parameter label: what the user called it.
  func judge(
    _ condition: Condition, of content: SessionResults.Content, called label: String
  ) throws(Diagnostic) -> Condition.Finding {
    guard let facts = content.facts else {
      throw Diagnostic(
        "nothing can be expected of '\(label)'", why: "it is a comparison, and conditions are about one path",
        try: "a trace or a ping; 'results' lists them")
    }
    var others: [String: Condition.Finding] = [:]
    for reference in condition.references {
      others[reference] = try samePath(content, label, as: reference)
    }
    return condition.judge(facts, others: others)
  }

  /// Whether the same routers answered on two results.
  private func samePath(
    _ content: SessionResults.Content, _ label: String, as reference: String
  ) throws(Diagnostic) -> Condition.Finding {
    guard case .trace(let one) = content else { return .undecided("a ping, which has no hops") }
    guard case .trace(let other) = try result(reference, last: \.isTrace) else {
      throw Diagnostic(
        "'\(reference)' has no path", why: "only a trace has", try: "the result of a trace; 'results' lists them")
    }
    let comparison = PathComparison(
      other, one, labels: (reference, label), bootstrap: Bootstrap(resamples: Self.fewestDraws))
    let claims = comparison.claims.filter { $0.kind == .path }
    if let first = claims.first {
      let more = claims.count > 1 ? ", and \(Condition.count(claims.count - 1, "change")) more" : ""
      return Condition.Finding(holds: false, found: first.sentence + more)
    }
    guard comparison.rows.contains(where: { $0.kind == .same }) else {
      return .undecided("no hop answered on both")
    }
    return Condition.Finding(holds: true, found: "the same path as \(reference)")
  }
}
