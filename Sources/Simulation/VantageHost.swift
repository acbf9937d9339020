import Glibc
import Packets
import Probing
import Tracing

/// What the kernel of the simulated host, where traces start, accepts and refuses.
enum VantageHost {
  /// The longest transport-layer message in bytes: an Ethernet frame's 1,500 less an IPv6 header.
  static let longestMessage = 1_460
  /// The shortest: an ICMP or UDP header.
  static let shortestMessage = 8

  /// The source address of a probe.
  ///
  /// - Throws: when the host has none of the family, or not the one that was asked for; when the interface or the
  ///   length of the message is impossible.
  static func source(of record: DepartureBatch.Record, in topology: Topology) throws(SendFailure) -> IPAddress {
    let family = record.destination.family
    guard let own = topology.nodes[Topology.vantage].address(family) else {
      throw failure(ENETUNREACH, "the lab's host has no \(family) address")
    }
    guard record.source == nil || record.source == own else {
      throw failure(EADDRNOTAVAIL, "the lab's host has the \(family) address \(own) only")
    }
    guard record.interfaceIndex == 0 else {
      throw failure(ENODEV, "the lab's host has one interface, which has no number")
    }
    guard (shortestMessage...longestMessage).contains(record.range.count) else {
      throw failure(EMSGSIZE, "a message has \(shortestMessage) to \(longestMessage) bytes")
    }
    return own
  }

  static func noRoute(to destination: IPAddress) -> SendFailure {
    failure(ENETUNREACH, "the lab's host has no \(destination.family) link")
  }

  static func noRoom(for capacity: Int) -> SendFailure {
    failure(ENOBUFS, "\(capacity) datagrams are under way already")
  }

  private static func failure(_ errno: Int32, _ reason: String) -> SendFailure {
    SendFailure(call: "lab", errno: errno, reason: reason)
  }
}
