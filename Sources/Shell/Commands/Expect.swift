import Lexing

extension Command {
  /// `expect [%RESULT] [not] CONDITION`
  static let expect = Command(
    name: "expect", topic: .scripts, summary: "fail unless a condition holds of the last result",
    discussion: [
      "It asks about the last result, or about the one named before the condition (%2, %before, @k7f3). 'not' before a condition "
        + "turns it round. The comparisons are <, <=, =, !=, >= and >."
    ],
    terms: [
      Term("reached", "the target answered"),
      Term("hops <= 12", "the length of the path"),
      Term("rtt < 80ms", "the slowest reply of the last hop that answered"),
      Term("loss < 5%", "probes without a reply in time, of all hops"),
      Term("elapsed < 2s", "the time that the whole trace took"),
      Term("end loop", "why the path ended: " + ResultFacts.endings.joined(separator: ", ")),
      Term("hop 3 rtt < 20ms", "the slowest reply of one hop"),
      Term("hop 3 loss = 0", "its probes without a reply in time"),
      Term("hop 4 silent", "none of its probes was answered in time"),
      Term("hop 2 address 192.0.2.1", "this address answered, perhaps among others"),
    ],
    parameters: [Parameter("CONDITION", .condition, .oneOrMore, help: "what must hold, as 'reached' or 'hops <= 12'")],
    allowsRedirection: false, takesWordsAsWritten: true,
    examples: [
      Example("expect reached", "fail unless the last trace reached its target"),
      Example("expect hop 3 rtt < 1s", "and unless its third hop answers fast"),
      Example("expect not loss > 50%", "and unless at least half of the probes were answered"),
    ],
    action: { call, session async throws(ShellError) in
      let finding = try session.judge(call)
      guard !finding.holds else { return }
      let stated = call.arguments("CONDITION").map(\.text).joined(separator: " ")
      throw call.failed("not met: \(stated)", why: "found: \(finding.found)")
    })
}

extension Session {
  /// Judges the condition of `expect` or `if`.
  func judge(_ call: Invocation) throws(ShellError) -> Condition.Finding {
    let parsed: (result: Invocation.Argument?, condition: Condition)
    do {
      parsed = try ConditionParser.parse(call.arguments("CONDITION"))
    } catch {
      let range = error.range ?? SourceRange(call.range.upper, call.range.upper)
      throw .wrong(error.diagnostic.by(call.command.name).at(range, in: call.frame.source))
    }
    do throws(Diagnostic) {
      let reference = parsed.result?.text ?? "%last"
      guard let facts = try result(reference, last: { $0.facts != nil }).facts else {
        throw Diagnostic(
          "nothing can be expected of '\(reference)'", why: "it is a comparison, and conditions are about one path",
          try: "a trace or a ping; 'results' lists them")
      }
      return parsed.condition.judge(facts)
    } catch {
      throw .failed(call.frame.locate(error.by(call.command.name), at: parsed.result?.range ?? call.range))
    }
  }
}
