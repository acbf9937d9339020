import Testing
import Time

/// A wall clock that reads noon when the monotonic clock reads zero, and is set from there.
@Suite("StampConverter")
struct StampConverterTests {
  private let noon: Int64 = 1_700_000_000_000_000_000

  private func at(_ milliseconds: Int64) -> Instant {
    Instant(nanoseconds: milliseconds * 1_000_000)
  }

  private func wall(_ milliseconds: Int64, setBy step: Int64 = 0) -> Int64 {
    noon + (milliseconds + step) * 1_000_000
  }

  private func converter(sampledAt milliseconds: Int64, setBy step: Int64 = 0) -> StampConverter {
    var converter = StampConverter()
    converter.sample(realtime: wall(milliseconds, setBy: step), monotonic: at(milliseconds))
    return converter
  }

  @Test("a stamp between two wake-ups is placed exactly")
  func plain() {
    let converter = converter(sampledAt: 100)
    #expect(converter.instant(ofRealtime: wall(80), notBefore: at(50), notAfter: at(100)) == at(80))
  }

  @Test("nothing is placed before the first sample")
  func unsampled() {
    #expect(StampConverter().instant(ofRealtime: wall(80), notBefore: at(50), notAfter: at(100)) == nil)
  }

  @Test("a stamp that misses its interval by less than the tolerance is moved into it, by more is refused")
  func tolerance() {
    let converter = converter(sampledAt: 100)
    let before = wall(50) - 900_000
    let after = wall(100) + 900_000
    #expect(converter.instant(ofRealtime: before, notBefore: at(50), notAfter: at(100)) == at(50))
    #expect(converter.instant(ofRealtime: after, notBefore: at(50), notAfter: at(100)) == at(100))
    #expect(converter.instant(ofRealtime: wall(48), notBefore: at(50), notAfter: at(100)) == nil)
    #expect(converter.instant(ofRealtime: wall(102), notBefore: at(50), notAfter: at(100)) == nil)
  }

  @Test(
    "stamps from before and after a step are both placed", arguments: [3_600_000, -3_600_000, 500, -500] as [Int64])
  func step(by step: Int64) {
    var converter = converter(sampledAt: 50)
    converter.sample(realtime: wall(100, setBy: step), monotonic: at(100))
    #expect(converter.instant(ofRealtime: wall(70), notBefore: at(50), notAfter: at(100)) == at(70))
    #expect(converter.instant(ofRealtime: wall(90, setBy: step), notBefore: at(50), notAfter: at(100)) == at(90))
  }

  @Test("a stamp that either offset could place, to different moments, is not guessed")
  func ambiguous() {
    var converter = converter(sampledAt: 50)
    converter.sample(realtime: wall(100, setBy: 20), monotonic: at(100))
    #expect(converter.instant(ofRealtime: wall(80), notBefore: at(50), notAfter: at(100)) == nil)
  }

  @Test("once a wake-up has passed after a step, only the new offset counts")
  func stepForgotten() {
    var converter = converter(sampledAt: 50)
    converter.sample(realtime: wall(100, setBy: 20), monotonic: at(100))
    converter.sample(realtime: wall(200, setBy: 20), monotonic: at(200))
    #expect(converter.instant(ofRealtime: wall(150, setBy: 20), notBefore: at(100), notAfter: at(200)) == at(150))
  }

  @Test("a small difference between two samples is noise, not a step")
  func noise() {
    var converter = converter(sampledAt: 50)
    converter.sample(realtime: wall(100) + 40_000, monotonic: at(100))
    #expect(
      converter.instant(ofRealtime: wall(80) + 40_000, notBefore: at(50), notAfter: at(100)) == at(80))
  }

  @Test("after the notice that the clock was set nothing is placed until the next sample")
  func notice() {
    var converter = converter(sampledAt: 50)
    converter.clockWasSet()
    #expect(converter.instant(ofRealtime: wall(40), notBefore: at(0), notAfter: at(50)) == nil)
    converter.sample(realtime: wall(60, setBy: 500), monotonic: at(60))
    #expect(converter.instant(ofRealtime: wall(55), notBefore: at(50), notAfter: at(60)) == at(55))
  }

  @Test("absurd stamps and clocks neither place nor trap", arguments: [Int64.min, .max, 0])
  func absurd(stamp: Int64) {
    var converter = converter(sampledAt: 100)
    #expect(converter.instant(ofRealtime: stamp, notBefore: at(50), notAfter: at(100)) == nil)
    #expect(converter.instant(ofRealtime: wall(80), notBefore: at(100), notAfter: at(50)) == nil)
    converter.sample(realtime: .min, monotonic: Instant(nanoseconds: 1))
    #expect(converter.instant(ofRealtime: wall(80), notBefore: at(50), notAfter: at(100)) == at(80))
    converter.sample(realtime: .min, monotonic: .zero)
    converter.sample(realtime: .max, monotonic: .zero)
    #expect(converter.instant(ofRealtime: stamp, notBefore: at(50), notAfter: at(100)) == nil)
  }
}
