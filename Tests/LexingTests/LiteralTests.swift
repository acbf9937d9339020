import Lexing
import Testing

@Suite("Literal")
struct LiteralTests {
  @Test(
    "durations are read with their unit, exactly",
    arguments: [
      ("70ms", .milliseconds(70)), ("1.5s", .milliseconds(1_500)), ("2m", .seconds(120)), ("500us", .microseconds(500)),
      ("500µs", .microseconds(500)), ("0", .zero), ("0s", .zero), ("0.000000001s", .nanoseconds(1)),
      ("10000h", .seconds(36_000_000)), ("0.999999999h", .nanoseconds(3_599_999_996_400)),
    ] as [(String, Duration)])
  func durations(text: String, expected: Duration) throws {
    #expect(try Literal.duration(text) == expected)
  }

  @Test(
    "other words are refused with what to write",
    arguments: [
      ("2", "'2' has no unit", "write 2s or 2ms"),
      ("", "'' is not a duration", "a number and a unit: 500us, 70ms, 1.5s, 2m"),
      ("fast", "'fast' is not a duration", "a number and a unit: 500us, 70ms, 1.5s, 2m"),
      ("-1s", "'-1s' is not a duration", "a number and a unit: 500us, 70ms, 1.5s, 2m"),
      ("1.s", "'1.s' is not a duration", "a number and a unit: 500us, 70ms, 1.5s, 2m"),
      ("1..5s", "'1..5s' is not a duration", "a number and a unit: 500us, 70ms, 1.5s, 2m"),
      ("٣s", "'٣s' is not a duration", "a number and a unit: 500us, 70ms, 1.5s, 2m"),
      ("2sec", "'sec' is no unit of time", "a number and a unit: 500us, 70ms, 1.5s, 2m"),
      ("0.5ns", "'0.5ns' is finer than a nanosecond", "a number and a unit: 500us, 70ms, 1.5s, 2m"),
      ("10001h", "'10001h' is too long", "at most 10000h"),
      ("99999999999999999999s", "'99999999999999999999s' is too long", "at most 10000h"),
    ])
  func badDurations(text: String, problem: String, remedy: String) throws {
    #expect(throws: LiteralError(problem, try: remedy)) { try Literal.duration(text) }
  }

  @Test("a duration is written so that it reads back the same")
  func durationTexts() throws {
    let cases: [(Duration, String)] = [
      (.milliseconds(70), "70ms"), (.milliseconds(1_500), "1.5s"), (.seconds(120), "2m"), (.zero, "0"),
      (.microseconds(1_050), "1.05ms"), (.nanoseconds(1), "1ns"), (.seconds(90), "90s"), (.seconds(7_200), "2h"),
      (.nanoseconds(1_000_000_001), "1000000.001us"),
    ]
    for (duration, text) in cases {
      #expect(Literal.text(for: duration) == text)
      #expect(try Literal.duration(text) == duration)
    }
  }

  @Test("traceroute's bare numbers are seconds")
  func seconds() throws {
    #expect(try Literal.secondsOrDuration("2") == .seconds(2))
    #expect(try Literal.secondsOrDuration("0.5") == .milliseconds(500))
    #expect(try Literal.secondsOrDuration("70ms") == .milliseconds(70))
  }

  @Test("counts keep their range")
  func counts() throws {
    #expect(try Literal.ttl("255") == 255)
    #expect(throws: LiteralError("'300' is out of range", try: "a whole number from 1 to 255")) {
      try Literal.ttl("300")
    }
    #expect(throws: LiteralError("'-1' is out of range", try: "a whole number, 0 or more")) {
      try Literal.count("-1", in: 0...Int.max)
    }
    #expect(throws: LiteralError("'99999999999999999999' is out of range", try: "a whole number from 1 to 9")) {
      try Literal.count("99999999999999999999", in: 1...9)
    }
    for text in ["", "-", "+5", "5x", "1.5", "٣"] {
      #expect(throws: LiteralError("'\(text)' is not a whole number", try: "a whole number from 1 to 9")) {
        try Literal.count(text, in: 1...9)
      }
    }
  }

  @Test("percentages need their sign")
  func percentages() throws {
    #expect(try Literal.percentage("5%") == 5)
    #expect(try Literal.percentage("0.5%") == 0.5)
    #expect(throws: LiteralError("'5' has no percent sign", try: "write 5%")) { try Literal.percentage("5") }
    #expect(throws: LiteralError("'101%' is not a percentage", try: "0% to 100%")) { try Literal.percentage("101%") }
  }

  @Test("a choice proposes the nearest value")
  func choices() {
    #expect(throws: LiteralError("'imcp' is not a legal value; did you mean 'icmp'?", try: "auto, icmp or udp")) {
      try Literal.choice("imcp", of: ["auto", "icmp", "udp"])
    }
    #expect(throws: LiteralError("'yes' is neither on nor off", try: "'on' or 'off'")) { try Literal.onOff("yes") }
  }

  @Test(
    "a mistyped word finds its neighbour, and only that",
    arguments: [
      ("trase", "trace"), ("tarce", "trace"), ("st", "set"), ("timout", "timeout"), ("re", "results"), ("xyz", nil),
      ("x", nil), ("completely", nil), ("TRACE", "trace"),
    ] as [(String, String?)])
  func spelling(typed: String, expected: String?) {
    #expect(Spelling.nearest(to: typed, among: ["trace", "set", "timeout", "results", "show"]) == expected)
  }
}
