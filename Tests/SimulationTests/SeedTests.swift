import Packets
import Simulation
import Statistics
import Testing
import Time

@Suite("Seeds")
struct SeedTests {
  /// What 200 probes over a jittery, lossy chain bring back.
  private func run(seed: UInt64) throws -> [ProbeSender.Arrival] {
    let topology = try network(
      "new noisy 'chance on every link'", "node home 192.0.2.10",
      "hop r1 198.51.100.1 delay 1ms jitter 3ms loss 10%", "hop r2 198.51.100.2 delay 1ms jitter 3ms",
      "hop web 203.0.113.80 delay 1ms jitter 3ms")
    var sender = ProbeSender(SimulatedNetwork(topology, seed: seed))
    for round in 0..<40 {
      let now = Instant(nanoseconds: Int64(round) * 1_000_000)
      try sender.sendEchoes(to: IPAddress(203, 0, 113, 80), ttls: [1, 2, 3, 4, 5], at: now)
      _ = try sender.receive(by: now)
    }
    _ = try sender.receive()
    return sender.transcript
  }

  @Test("the same seed gives the same bytes at the same instants")
  func reproducible() throws {
    #expect(try run(seed: 42) == run(seed: 42))
  }

  @Test("another seed gives other times")
  func different() throws {
    #expect(try run(seed: 42) != run(seed: 43))
  }

  @Test("jitter stays below its bound, is mostly small, and a loss of 10% each way loses about 19%")
  func distributions() throws {
    let topology = try network(
      "new link 'one link'", "node home 192.0.2.10", "hop web 203.0.113.80 delay 5ms jitter 6ms loss 10%")
    let seed: UInt64 = 5
    var sender = ProbeSender(SimulatedNetwork(topology, seed: seed))
    for round in 0..<500 {
      try sender.sendEchoes(
        to: IPAddress(203, 0, 113, 80), ttls: Array(repeating: 1, count: 20),
        at: Instant(nanoseconds: Int64(round) * 1_000_000_000))
      _ = try sender.receive(by: Instant(nanoseconds: Int64(round) * 1_000_000_000))
    }
    _ = try sender.receive()
    let times = sender.transcript.map { Double($0.stamp.nanoseconds % 1_000_000_000) / 1_000_000 }
    #expect(times.allSatisfy { (10.0..<22.0).contains($0) }, "seed \(seed)")
    let mean = times.reduce(0, +) / Double(times.count)
    #expect(abs(mean - 14) < 0.15, "10 ms of delay and two thirds of 6 ms of jitter; seed \(seed)")
    #expect(abs(Double(times.count) / 10_000 - 0.81) < 0.02, "seed \(seed)")
  }

  @Test("the generator is SplitMix64: the first numbers of seed 1234567")
  func splitMix() {
    var generator = SeededGenerator(seed: 1_234_567)
    let numbers = (0..<3).map { _ in generator.next() }
    #expect(numbers == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
  }
}
