import Shell
import Testing

@Suite("Conditions")
struct ConditionTests {
  @Test(
    "a condition that holds lets the script go on",
    arguments: [
      "reached", "not not reached", "hops = 3", "hops==3", "hops<=3", "hops !=4", "loss < 50%", "loss > 33%",
      "rtt < 21ms", "rtt >= 20.4ms", "elapsed = 61ms", "end reached", "not end loop", "hop 1 rtt < 2ms",
      "hop 2 silent", "not hop 1 silent", "hop 3 address 198.51.100.9", "hop 2 loss = 100%", "hop 1 loss = 0",
      "not hop 3 address 192.0.2.1", "%last reached", "%1 hops = 3",
    ])
  func holds(condition: String) async {
    #expect(await run("expect \(condition)", facts: .example).text == "")
  }

  @Test(
    "one that does not says what was found",
    arguments: [
      ("not reached", "reached"),
      ("hops < 3", "3 hops"),
      ("loss < 5%", "loss 33.3%"),
      ("rtt < 20ms", "rtt 20.400 ms"),
      ("elapsed < 60ms", "elapsed 61.000 ms"),
      ("end loop", "end reached"),
      ("hop 1 silent", "hop 1 answered"),
      ("hop 2 rtt < 20ms", "hop 2 is silent"),
      ("hop 3 rtt < 20ms", "hop 3 rtt 20.400 ms"),
      ("hop 1 address 192.0.2.9", "hop 1 address 192.0.2.1"),
      ("hop 9 silent", "no hop 9; the path has 1 to 3"),
      ("not hop 9 silent", "no hop 9; the path has 1 to 3"),
    ])
  func fails(condition: String, found: String) async {
    let outcome = await run("expect \(condition)", name: nil, facts: .example)
    #expect(outcome.text == "! expect: not met: \(condition)\n!   why: found: \(found)")
    #expect(outcome.status == 1)
  }

  @Test(
    "a share that no number of probes could show is not decided, and costs nothing",
    arguments: ["0.000000000000000000001%", "0.0000001%"])
  func tinyShare(share: String) async {
    let outcome = await run("expect loss hop 3 < \(share) confidence 95", name: nil, facts: .example)
    #expect(outcome.text.hasSuffix(", which cannot tell"), "\(outcome.text)")
    #expect(outcome.status == 1)
  }

  @Test(
    "what is no AS number, address or name is not looked for",
    arguments: ["192.0.2.999", "1.2.3", "2001:db8::x", "as+64500"])
  func noStation(station: String) async {
    let outcome = await run("expect not path through \(station)", name: nil, facts: .example)
    #expect(outcome.text.contains("'\(station)' is no AS number, address or name"), "\(outcome.text)")
    #expect(outcome.status == 2)
  }

  @Test(
    "one that means nothing is a wrong line",
    arguments: [
      (
        "expect reach",
        "! expect: unknown condition 'reach'\n!     expect reach\n!            ^^^^^\n!   try: 'reached'"
      ),
      (
        "expect hops",
        "! expect: 'hops' needs a comparison after it\n!     expect hops\n!                ^\n"
          + "!   try: <, <=, =, !=, >= or > and a value"
      ),
      (
        "expect hops => 3",
        "! expect: '=>' is no comparison\n!     expect hops => 3\n!                 ^^\n!   try: <, <=, =, !=, >= or >"
      ),
      (
        "expect rtt < 20",
        "! expect: '20' has no unit\n!     expect rtt < 20\n!                  ^^\n!   try: write 20s or 20ms"
      ),
      (
        "expect hop 300 silent",
        "! expect: '300' is out of range\n!     expect hop 300 silent\n!                ^^^\n"
          + "!   try: a whole number from 1 to 255"
      ),
      (
        "expect reached now",
        "! expect: 'now' is one word too many\n!     expect reached now\n!                    ^^^"
      ),
      ("expect %7 reached", "! expect: there is no result %7\n!   why: results go from %1 to %1"),
    ])
  func wrong(line: String, expected: String) async {
    #expect(await run(line, name: nil, facts: .example).text == expected)
  }

  @Test(
    "what is known of routers can be stated",
    arguments: [
      "path through AS64500", "path through as64510", "path through 192.0.2.1", "path through *.example.net",
      "path through CORE.example.net.", "not path through AS64499", "hop 1 name core.example.net", "hop 1 as AS64500",
      "hop 1 segment ISP", "hop 1 segment isp", "hop 3 marker !F", "hop 3 marker !F-1400", "marker !F", "not marker !H",
      "not hop 1 marker !F", "hop 1 finding rate-limited", "not hop 3 finding loop", "warning", "warning timeout",
      "not warning nothing of the kind", "not names", "loss hop 2 > 50%", "not hop 2 name x.example",
    ])
  func knowledge(condition: String) async {
    #expect(await run("expect \(condition)", facts: .annotated).text == "")
  }

  @Test(
    "and what was found instead is told",
    arguments: [
      ("path through AS64499", "path through AS64500, AS64510"),
      ("path through 192.0.2.9", "path through 192.0.2.1, 198.51.100.9"),
      ("path through *.example.com", "path through core.example.net"),
      ("hop 1 name *.example.com", "hop 1 name core.example.net"),
      ("hop 3 name *.example.com", "hop 3 has no name"),
      ("hop 2 as AS64500", "hop 2 is silent"),
      ("hop 3 as AS64500", "hop 3 as AS64510"),
      ("hop 3 segment ISP", "hop 3 segment DESTINATION"),
      ("hop 1 marker !X", "hop 1 has no marker"),
      ("marker !X", "!F-1400 at hop 3"),
      ("hop 3 finding loop", "hop 3 has no finding"),
      ("hop 1 finding loop", "hop 1 finding rate-limited"),
      ("warning of hail", "warning: a short timeout"),
      ("not warning", "warning: a short timeout"),
      ("names", "hop 3 (198.51.100.9) has no name"),
    ])
  func unmet(condition: String, found: String) async {
    #expect(
      await run("expect \(condition)", name: nil, facts: .annotated).text
        == "! expect: not met: \(condition)\n!   why: found: \(found)")
  }

  @Test("what was not asked for is neither so nor not so", arguments: ["", "not "])
  func unknown(negation: String) async {
    for (condition, found) in [
      ("names", "names were off"), ("path through AS1", "AS numbers were off"),
      ("hop 1 segment ISP", "segments were off"),
    ] {
      let outcome = await run("expect \(negation)\(condition)", name: nil, facts: .example)
      #expect(outcome.text == "! expect: not met: \(negation)\(condition)\n!   why: found: \(found)")
    }
  }

  @Test(
    "a share with a confidence is met, refuted, or not decided",
    arguments: [
      ("< 5%", 100, 0, ""),
      (
        "< 5%", 72, 0,
        "loss 0%, 0 of 72 probes: 0% to 5.1% with confidence 95%, which cannot tell; 73 probes without a loss could"
      ),
      ("< 5%", 73, 0, ""),
      ("< 5%", 100, 40, "loss 40%, 40 of 100 probes: 30.9% to 49.8% with confidence 95%"),
      ("> 5%", 10, 10, ""),
      ("> 5%", 10, 1, "loss 10%, 1 of 10 probes: 1.8% to 40.4% with confidence 95%, which cannot tell"),
    ])
  func confidence(share: String, sent: Int, lost: Int, found: String) async {
    let facts = ResultFacts(
      target: "x", isReached: true,
      hops: [.init(ttl: 1, addresses: ["192.0.2.1"], sent: sent, answered: sent - lost)], end: "reached")
    let isDecided = !found.contains("cannot tell")
    for place in ["", "hop 1 "] {
      let line = "expect loss \(place)\(share) confidence 95"
      let outcome = await run(line, name: nil, facts: facts)
      let expected =
        found.isEmpty ? "" : "! expect: not met: \(line.dropFirst(7))\n!   why: found: \(place)\(found)"
      #expect(outcome.text == expected)
      let negated = await run("expect not loss \(place)\(share) confidence 95", name: nil, facts: facts)
      #expect((negated.status == 0) == (isDecided && !found.isEmpty))
    }
  }

  @Test(
    "a wrong condition of the new kinds shows the word and what is legal",
    arguments: [
      ("path", "what must hold of the path is missing"), ("path over AS1", "unknown condition 'over' of a path"),
      ("path through nowhere", "'nowhere' is no AS number, address or name"),
      ("path same %1", "'as' was expected here, not '%1'"), ("path same as 1", "'1' is not a result"),
      ("loss < 5% confidence 5", "'5' is out of range"), ("loss = 5% confidence 95", "'=' has no confidence"),
      ("loss < 5% sure", "'sure' is one word too many"), ("marker X", "'X' is not a marker"),
      ("hop 1 as 64500", "'64500' is no AS number"),
      ("hop 1 segment MOON", "'MOON' is not a legal value"),
      ("hop 1 finding rate_limited", "'rate_limited' is not a legal value; did you mean 'rate-limited'?"),
    ])
  func misspelt(condition: String, problem: String) async {
    let outcome = await run("expect \(condition)", facts: .annotated)
    #expect(outcome.text.hasPrefix("! -c:1:") && outcome.text.contains("expect: \(problem)\n"), "\(outcome.text)")
    #expect(outcome.status == 2)
  }

  @Test("a path is compared with that of another result")
  func samePath() async {
    let lines = """
      trace demo.test as before > /dev/null; trace demo.test > /dev/null
      expect path same as %before
      trace far.demo.test > /dev/null
      expect not path same as %before
      expect path same as %before
      """
    let outcome = await run(lines)
    #expect(outcome.text.contains("why: found: the paths part after hop 9"), "\(outcome.text)")
    #expect(await run("trace demo.test > /dev/null; expect path same as %nosuch").text.contains("no result is named"))
    #expect(
      await run("trace demo.test > /dev/null; ping demo.test as p > /dev/null; expect %1 path same as %p").text
        .contains("'%p' has no path"))
  }
}

extension ResultFacts {
  /// `example` with what is known of its routers.
  static let annotated: ResultFacts = {
    var facts = ResultFacts.example
    facts.asksNames = true
    facts.asksSystems = true
    facts.warnings = ["a short timeout"]
    var first = ResponderFacts(address: "192.0.2.1")
    first.name = "core.example.net"
    first.systems = [64500]
    first.segment = "ISP"
    facts.hops[0].responders = [first]
    facts.hops[0].findings = ["rate-limited"]
    var last = ResponderFacts(address: "198.51.100.9")
    last.systems = [64510]
    last.segment = "DESTINATION"
    last.markers = ["!F-1400"]
    facts.hops[2].responders = [last]
    return facts
  }()
}
