import Glibc
import Packets
import Probing
import Tracing

/// The addresses of the lab's host, and what its kernel refuses to send from them.
struct HostAddresses: Sendable {
  private let ipv4: IPAddress?
  private let ipv6: IPAddress?
  /// The longest IP datagram in bytes. The lab's host fragments nothing.
  private let longestDatagram: Int

  init(_ topology: Topology) {
    ipv4 = topology.nodes[Topology.vantage].address(.ipv4)
    ipv6 = topology.nodes[Topology.vantage].address(.ipv6)
    // The host has one interface, whatever leads away from it. Of a link that swallows what is too long it knows nothing.
    let own = topology.links.filter { $0.ends.0 == Topology.vantage || $0.ends.1 == Topology.vantage }
    let limits = own.map { LinkModel($0.behaviors) }.filter { !$0.dropsSilently }.compactMap(\.mtu)
    longestDatagram = min(Self.ethernetMTU, limits.min() ?? Self.ethernetMTU)
  }

  private static let ethernetMTU = 1_500
  /// The shortest: an ICMP or UDP header.
  private static let shortestMessage = 8

  /// The source address of a probe.
  ///
  /// - Throws: when the host has none of the family, or not the one that was asked for; when the interface or the
  ///   length of the message is impossible.
  func source(of record: DepartureBatch.Record) throws(SendFailure) -> IPAddress {
    let family = record.destination.family
    let address: IPAddress? =
      switch family {
      case .ipv4: ipv4
      case .ipv6: ipv6
      }
    guard let own = address else { throw SendFailure(lab: ENETUNREACH, "the lab's host has no \(family) address") }
    guard record.source == nil || record.source == own else {
      throw SendFailure(lab: EADDRNOTAVAIL, "the lab's host has the \(family) address \(own) only")
    }
    guard record.interfaceIndex == 0 else {
      throw SendFailure(lab: ENODEV, "the lab's host has one interface, which has no number")
    }
    let headerLength =
      switch family {
      case .ipv4: IPv4Header.minimumLength
      case .ipv6: IPv6Header.length
      }
    guard record.range.count >= Self.shortestMessage, headerLength + record.range.count <= longestDatagram else {
      throw SendFailure(
        lab: EMSGSIZE, "a datagram of the lab's host has at most \(longestDatagram) bytes",
        advice: "a smaller '--size'")
    }
    return own
  }
}

extension SendFailure {
  /// A refusal by the lab.
  init(lab errno: Int32, _ reason: String, advice: String? = nil) {
    self.init(call: "lab", errno: errno, reason: reason, advice: advice)
  }
}
