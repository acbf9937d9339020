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
}
