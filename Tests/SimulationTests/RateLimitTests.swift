import Packets
import Simulation
import Testing
import Time

@Suite("Rate limit")
struct RateLimitTests {
  private func limited() throws -> SimulatedNetwork {
    let topology = try network(
      "new limited 'a router with a limit'", "node home 192.0.2.10",
      "hop r1 198.51.100.1 delay 1ms ratelimit 10/s burst 4",
      "hop web 203.0.113.80 delay 1ms ratelimit 10/s burst 4")
    return SimulatedNetwork(topology, seed: 1)
  }

  private let web = IPAddress(203, 0, 113, 80)

  @Test("a burst passes, then one error for each tenth of a second")
  func counts() throws {
    var sender = ProbeSender(try limited())
    var answered: [Int] = []
    for tenth in 0..<5 {
      let now = Instant(nanoseconds: Int64(tenth) * 100_000_000)
      try sender.sendEchoes(to: web, ttls: Array(repeating: 1, count: 10), at: now)
      answered.append(try sender.receive(by: now + .milliseconds(50)).count)
    }
    #expect(answered == [4, 1, 1, 1, 1])
  }

  @Test("the bucket fills up again, but not beyond its burst")
  func refill() throws {
    var sender = ProbeSender(try limited())
    try sender.sendEchoes(to: web, ttls: Array(repeating: 1, count: 10))
    #expect(try sender.receive().count == 4)
    try sender.sendEchoes(to: web, ttls: Array(repeating: 1, count: 10), at: Instant(nanoseconds: 60_000_000_000))
    #expect(try sender.receive().count == 4)
  }

  @Test("echo replies are not limited, port unreachables are")
  func errorsOnly() throws {
    var sender = ProbeSender(try limited())
    try sender.sendEchoes(to: web, ttls: Array(repeating: 2, count: 20))
    #expect(try sender.receive().count == 20)
    try sender.sendDatagrams(to: web, ttls: Array(repeating: 2, count: 20))
    #expect(try sender.receive().count == 4)
  }

  @Test("probes are limited in the order in which they get to the router, not in that in which they left")
  func orderOfArrival() throws {
    let topology = try network(
      "new fork 'a near and a far way to one limit'", "node home 192.0.2.10", "hop r1 198.51.100.1",
      "hop r2 198.51.100.2 jitter 50ms ratelimit 1/s burst 1", "hop web 203.0.113.80")
    var sender = ProbeSender(SimulatedNetwork(topology, seed: 3))
    try sender.sendEchoes(to: web, ttls: Array(repeating: 2, count: 50))
    let winners = try sender.receive()
    #expect(winners.count == 1)
    #expect(winners.first?.sequence != 1, "with this seed another probe overtakes the first")
  }

  @Test("a token bucket loses no fraction of a token")
  func fractions() {
    var bucket = TokenBucket(perSecond: 3, burst: 1)
    var taken = 0
    for step in 0..<100_000 where bucket.take(at: Instant(nanoseconds: Int64(step) * 1_000_000)) { taken += 1 }
    #expect(taken == 300)
  }

  @Test("a moment before the last one fills no bucket twice")
  func bucketTurnedBack() {
    var bucket = TokenBucket(perSecond: 10, burst: 1)
    let late = Instant(nanoseconds: 1_000_000_000)
    let passed = [late, late - .milliseconds(100), late, late + .milliseconds(100)].map { bucket.take(at: $0) }
    #expect(passed == [true, false, false, true])
  }
}
