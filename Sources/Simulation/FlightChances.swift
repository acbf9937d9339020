import Packets
import Probing
import Statistics
import Tracing

/// Seeds for probes, which depend on what the probe is and not on when it leaves among others.
///
/// An engine with many threads sends in an order that the scheduler decides. Were losses drawn in that order, two runs
/// with the same seed would differ, and of two engines one would be the luckier. So the seed of a probe is that of the
/// lab, mixed with its way (destination, protocol, flow), its TTL, and how many have gone that way with that TTL
/// before. Numbers on the wire are no part of it: programs begin with one at random.
struct FlightChances {
  private struct Way: Hashable {
    let destination: IPAddress
    let isUDP: Bool
    let flow: FlowID
    let hopLimit: UInt8
  }

  /// Ways counted at once: 2,000 destinations with 32 TTLs. Beyond it counts begin anew, with another seed.
  private static let mostWays = 1 << 16

  private var seed: UInt64
  private var counts: [Way: UInt64] = [:]

  init(seed: UInt64) { self.seed = seed }

  /// The seed of the next probe of that kind.
  mutating func next(for record: DepartureBatch.Record) -> UInt64 {
    let way = Way(
      destination: record.destination, isUDP: record.method.protocolName == .udp, flow: record.flow,
      hopLimit: record.hopLimit)
    if counts.count == Self.mostWays, counts[way] == nil {
      counts.removeAll(keepingCapacity: true)
      seed = Self.mix(seed, 1)
    }
    let number = counts[way, default: 0]
    counts[way] = number + 1
    var mixed = Self.mix(seed, way.destination.high)
    mixed = Self.mix(mixed, way.destination.low)
    let rest = UInt64(way.flow.value) << 16 | UInt64(way.hopLimit) << 8 | (way.isUDP ? 1 : 0)
    return Self.mix(Self.mix(mixed, rest), number)
  }

  private static func mix(_ state: UInt64, _ value: UInt64) -> UInt64 {
    var generator = SeededGenerator(seed: state ^ value)
    return generator.next()
  }
}
