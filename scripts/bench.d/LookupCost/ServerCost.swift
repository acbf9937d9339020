import Enrichment
import Lookups
import Packets
import SystemIO
import Time

/// What it takes to ask a name server, through the resolver alone.
struct ServerCost {
  /// As `set dns.server` takes it.
  let server: String

  /// Questions answered in a second of the clock on the wall, each about another address.
  @concurrent
  func rate(
    of count: Int, _ ask: @escaping @Sendable (IPAddress, Resolver, @escaping @Sendable (Answer) -> Void) -> Void
  )
    async -> Double
  {
    do {
      let loop = try EventLoop(name: "look-ups")
      let resolver = Resolver(on: loop, ResolverConfiguration(servers: try NameServer.list(server)))
      let start = MonotonicClock.now
      await Self.askAll(count, resolver, ask)
      let time = MonotonicClock.now - start
      await resolver.close()
      return Double(count) / (time / .seconds(1))
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// In batches that fit into the resolver's queue.
  private static func askAll(
    _ count: Int, _ resolver: Resolver,
    _ ask: @escaping @Sendable (IPAddress, Resolver, @escaping @Sendable (Answer) -> Void) -> Void
  ) async {
    let batch = 1_000
    for first in stride(from: 0, to: count, by: batch) {
      let (answers, continuation) = AsyncStream.makeStream(of: Answer.self)
      await resolver.onLoop { resolver in
        for number in first..<min(count, first + batch) {
          ask(IPAddress(ipv4: 0x0A00_0000 + UInt32(number)), resolver) { continuation.yield($0) }
        }
      }
      var open = min(count, first + batch) - first
      for await answer in answers {
        if case .failed(let failure) = answer.content { preconditionFailure("\(failure)") }
        open -= 1
        if open == 0 { break }
      }
    }
  }
}

extension Resolver {
  /// Runs something on the loop's thread, where questions are asked.
  fileprivate func onLoop(_ body: @Sendable (Resolver) -> Void) { body(self) }
}
