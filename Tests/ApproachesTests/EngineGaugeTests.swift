import Glibc
import Probing
import Results
import SystemIO
import Testing
import Tracing

@testable import Approaches

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

  @Test("a reactor that gets no transport leaves nothing counted")
  func noTransport() async throws {
    let gauge = EngineGauge()
    let network = ApproachNetwork(
      NamelessNetwork(), sockets: ScriptedNet([.answers], refusesTransport: true), engine: EngineSettings(.reactor),
      on: try EventLoop(name: "engine test"), lookUps: nil, gauge: gauge)
    let run = await network.begin([TraceRequest(target: ScriptedNet.target, method: ScriptedNet.method)])[0]
    var events: [TraceEvent] = []
    for await batch in run.events { events += batch }
    guard case .finished(.failed(let failure), _) = events.last else {
      Issue.record("\(events)")
      return
    }
    #expect(failure.errno == EMFILE)
    #expect(numbers(gauge) == [0, 1, 0, 2])
    await network.shutDown()
    #expect(numbers(gauge) == [0, 1, 0, 2])
  }

  private func numbers(_ gauge: EngineGauge) -> [Int] {
    let reading = gauge.reading
    return [reading.threads, reading.peakThreads, reading.descriptors, reading.peakDescriptors]
  }
}
