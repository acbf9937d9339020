import Testing
import Time

@Suite("Instant")
struct InstantTests {
  @Test("adding and subtracting a duration are inverse, to the nanosecond")
  func arithmetic() {
    let start = Instant(nanoseconds: 1_000)
    let later = start + .milliseconds(70)
    #expect(later == Instant(nanoseconds: 70_001_000))
    #expect(later - start == .milliseconds(70))
    #expect(start - later == .milliseconds(-70))
    #expect(later - .milliseconds(70) == start)
    var moved = start
    moved += .nanoseconds(5)
    moved -= .nanoseconds(2)
    #expect(moved.nanoseconds == 1_003)
  }

  @Test("arithmetic beyond the range stays at its end instead of trapping")
  func saturation() {
    #expect(Instant.distantFuture + .seconds(1) == .distantFuture)
    #expect(Instant.zero + .seconds(Int64.max) == .distantFuture)
    #expect(Instant(nanoseconds: .min) - .seconds(1) == Instant(nanoseconds: .min))
    #expect(Instant.distantFuture - .seconds(Int64.min) == .distantFuture)
    #expect(Instant.distantFuture - Instant(nanoseconds: .min) == Duration(nanoseconds: .max))
    #expect(Instant(nanoseconds: .min) - Instant.distantFuture == Duration(nanoseconds: .min))
  }

  @Test("instants are ordered by time")
  func order() {
    #expect(Instant.zero < Instant(nanoseconds: 1))
    #expect(Instant(nanoseconds: -1) < .zero)
    #expect(Instant(nanoseconds: .max) <= .distantFuture)
  }

  @Test(
    "the text is seconds with nine decimals",
    arguments: [
      (0, "0.000000000s"), (12_000_070_000, "12.000070000s"), (-1, "-0.000000001s"),
      (Int64.min, "-9223372036.854775808s"),
    ])
  func text(nanoseconds: Int64, expected: String) {
    #expect(Instant(nanoseconds: nanoseconds).description == expected)
  }
}
