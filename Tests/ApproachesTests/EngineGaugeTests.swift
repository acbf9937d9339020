import Approaches
import Testing

@Suite("The gauge of an engine")
struct EngineGaugeTests {
  @Test("it keeps the most at once, until it is reset")
  func peak() {
    let gauge = EngineGauge()
    for _ in 0..<3 { gauge.threadStarted() }
    gauge.descriptorsOpened(5)
    gauge.threadEnded()
    gauge.descriptorsOpened(-5)
    #expect(numbers(gauge) == [2, 3, 0, 5])
    gauge.reset()
    #expect(numbers(gauge) == [2, 2, 0, 0])
  }

  private func numbers(_ gauge: EngineGauge) -> [Int] {
    let reading = gauge.reading
    return [reading.threads, reading.peakThreads, reading.descriptors, reading.peakDescriptors]
  }
}
