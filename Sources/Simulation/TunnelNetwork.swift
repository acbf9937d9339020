import Packets
import Time

/// A simulated network behind a TUN device, as a value without a clock: IP datagrams of a real kernel in, answers out.
///
/// It is the network as the vantage point sees it, whatever address the kernel sends from: answers go to the source of
/// what they answer. What a kernel says to its link alone (multicast, link-local addresses) is nobody's business here.
package struct TunnelNetwork {
  /// What came in, and what became of it.
  package struct Counts: Hashable, Sendable {
    /// Datagrams that the network carries.
    package var carried = 0
    /// Those for the link alone.
    package var ignored = 0
    /// What is no IP datagram, or a broken one.
    package var malformed = 0
    /// Those for which there is no route or no room.
    package var refused = 0
    /// Answers handed out.
    package var answers = 0
  }

  /// What came in so far.
  package private(set) var counts = Counts()
  private var simulation: DatagramSimulation

  /// - Parameters:
  ///   - seed: decides jitter, losses, failures and header identifications.
  ///   - capacity: how many datagrams may be under way at once; more are refused.
  package init(_ topology: Topology, seed: UInt64, capacity: Int = SimulatedNetwork.usualCapacity) {
    simulation = DatagramSimulation(topology, seed: seed, capacity: capacity)
  }

  /// Goes on with another form of the same network: with nodes and links added, behaviours stated anew, failures. What is
  /// under way stays so.
  package mutating func apply(_ topology: Topology) { simulation.apply(topology) }

  /// When the network has something to do next; nil when nothing is under way.
  package var nextEventTime: Instant? { simulation.nextEventTime }

  /// Whether an answer is due then, and not something on the way.
  package var isAnswerNext: Bool { simulation.isAnswerNext }

  /// Takes a datagram from the kernel.
  ///
  /// - Parameters:
  ///   - bytes: a buffer that begins with the datagram.
  ///   - count: the length of the datagram in it.
  package mutating func send(_ bytes: [UInt8], count: Int, at now: Instant) {
    let header: DatagramHeader
    do throws(PacketError) {
      header = try DatagramHeader(of: bytes.span.bytes.extracting(first: count))
    } catch {
      counts.malformed += 1
      return
    }
    guard !header.destination.isMulticast, !header.destination.isLinkLocal, !header.destination.isUnspecified,
      header.source.isUsable, header.timeToLive > 0
    else {
      counts.ignored += 1
      return
    }
    do throws(DatagramSimulation.Refusal) {
      try simulation.send(bytes, header, at: now)
      counts.carried += 1
    } catch {
      counts.refused += 1
    }
  }

  /// An answer that has reached the device.
  package struct Answer {
    /// From its IP header on.
    package let datagram: [UInt8]
    /// When it was to be there.
    package let due: Instant
  }

  /// Takes the next answer that is due by `now`, in the order of time; nil when there is none.
  package mutating func takeAnswer(by now: Instant) -> Answer? {
    var answer: Answer?
    simulation.receive(atMost: 1, by: now) { datagram, time, _ in answer = Answer(datagram: datagram, due: time) }
    if answer != nil { counts.answers += 1 }
    return answer
  }
}
