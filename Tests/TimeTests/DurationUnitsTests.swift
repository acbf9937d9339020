import Testing
import Time

@Suite("Duration in our units")
struct DurationUnitsTests {
  @Test(
    "nanoseconds survive a round trip, within 9 seconds and beyond",
    arguments: [0, 1, -1, 70_000_000, 9_223_372_036, 9_223_372_037, -9_223_372_037, 86_400_000_000_000, .max, .min])
  func roundTrip(nanoseconds: Int64) {
    #expect(Duration(nanoseconds: nanoseconds).nanoseconds == nanoseconds)
  }

  @Test("nanoseconds are rounded toward zero and saturate")
  func limits() {
    #expect(Duration(secondsComponent: 0, attosecondsComponent: 1_999_999_999).nanoseconds == 1)
    #expect(Duration(secondsComponent: 0, attosecondsComponent: -1_999_999_999).nanoseconds == -1)
    #expect(Duration.seconds(Int64.max).nanoseconds == .max)
    #expect(Duration.seconds(Int64.min).nanoseconds == .min)
  }

  @Test("milliseconds keep their fraction")
  func milliseconds() {
    #expect(Duration.microseconds(46_200).milliseconds == 46.2)
    #expect(Duration.nanoseconds(-1_500).milliseconds == -0.0015)
  }
}
