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
      Term(
        "loss < 5% confidence 95",
        "the whole Wilson interval of that confidence lies below; where so few probes cannot tell, neither this holds nor "
          + "its 'not'"),
      Term("elapsed < 2s", "the time that the whole trace took"),
      Term("end loop", "why the path ended: " + ResultFacts.endings.joined(separator: ", ")),
      Term("path through AS64500", "a router of that AS answered; also with an address or a name, as '*.example.net'"),
      Term("path same as %before", "the same routers answered as there; silent hops may be any"),
      Term("names", "everybody who answered has a name"),
      Term("warning [TEXT]", "the trace was warned of something, or of something with that text"),
      Term("marker !X", "an answer is marked so, anywhere on the path"),
      Term("hop 3 rtt < 20ms", "the slowest reply of one hop"),
      Term("hop 3 loss = 0", "its probes without a reply in time; 'loss hop 3 = 0' is the same"),
      Term("hop 4 silent", "none of its probes was answered in time"),
      Term("hop 2 address 192.0.2.1", "this address answered, perhaps among others"),
      Term("hop 2 name *.example.net", "an answer came from such a name"),
      Term("hop 2 as AS64500", "an answer came from that AS"),
      Term("hop 2 segment ISP", "an answer came from that part of the path"),
      Term("hop 9 marker !H", "an answer of that hop is marked so"),
      Term("hop 3 finding rate-limited", "what is found at a hop: " + ResultFacts.findingWords.joined(separator: ", ")),
    ],
    parameters: [Parameter("CONDITION", .condition, .oneOrMore, help: "what must hold, as 'reached' or 'hops <= 12'")],
    allowsRedirection: false, takesWordsAsWritten: true,
    examples: [
      Example("expect reached", "fail unless the last trace reached its target"),
      Example("expect hop 3 rtt < 1s", "and unless its third hop answers fast"),
      Example("expect not loss > 50%", "and unless at least half of the probes were answered"),
      Example("expect path through AS64500", "and unless the path runs through that network"),
      Example("expect path same as %before", "and unless it is the path of an earlier trace"),
    ],
    action: { call, session async throws(ShellError) in
      let finding = try session.judge(call)
      guard !finding.holds else { return session.reportMet(call) }
      let stated = call.arguments("CONDITION").map(\.text).joined(separator: " ")
      throw call.failed("\(Command.notMet)\(stated)", why: "found: \(finding.found)")
    })

  /// What a failed expectation is told with; a report looks for it.
  static let notMet = "not met: "
}
