import Packets
import Tracing

/// What tells one probe from every other on the wire: its own fields, as a reply gives or quotes them back.
///
/// Three words, so that it travels in registers and comparing two takes three instructions.
package struct WireIdentity: Hashable, Sendable {
  private let high: UInt64
  private let low: UInt64
  /// Everything but the address: sequence, local and port, 16 bits each from the top, then the protocol and the family.
  private let word: UInt64

  private static let udpBit: UInt64 = 2
  private static let tcpBit: UInt64 = 4
  private static let ipv6Bit: UInt64 = 1

  package init(
    protocolName: ProbeProtocolName, destination: IPAddress, local: UInt16, port: UInt16 = 0, sequence: UInt16
  ) {
    high = destination.high
    low = destination.low
    let protocolBit =
      switch protocolName {
      case .icmp: UInt64(0)
      case .udp: Self.udpBit
      case .tcp: Self.tcpBit
      }
    let familyBit =
      switch destination.family {
      case .ipv4: UInt64(0)
      case .ipv6: Self.ipv6Bit
      }
    word = UInt64(sequence) << 48 | UInt64(local) << 32 | UInt64(port) << 16 | protocolBit | familyBit
  }

  package var protocolName: ProbeProtocolName {
    word & Self.tcpBit != 0 ? .tcp : word & Self.udpBit != 0 ? .udp : .icmp
  }

  /// Where the probe was sent, as quoted.
  package var destination: IPAddress {
    word & Self.ipv6Bit == 0 ? IPAddress(ipv4: UInt32(truncatingIfNeeded: low)) : IPAddress(high: high, low: low)
  }

  /// ICMP identifier, or source port.
  package var local: UInt16 { UInt16(truncatingIfNeeded: word >> 32) }

  /// Destination port; 0 for ICMP.
  package var port: UInt16 { UInt16(truncatingIfNeeded: word >> 16) }

  /// ICMP sequence number, the number that a UDP probe carries in its payload, or the lower half of TCP's sequence number.
  package var sequence: UInt16 { UInt16(truncatingIfNeeded: word >> 48) }

  /// A cheap mix of all fields for a table's index.
  ///
  /// Not keyed: what is put into the table is our own choice, so a stranger's packets can look up but never pile up.
  /// The finalizer is that of MurmurHash3's 64-bit variant.
  @inline(__always)
  var mixed: UInt64 {
    var hash = low ^ (high &* 0x9e37_79b9_7f4a_7c15) ^ word
    hash ^= hash >> 33
    hash &*= 0xff51_afd7_ed55_8ccd
    hash ^= hash >> 33
    hash &*= 0xc4ce_b9fe_1a85_ec53
    return hash ^ (hash >> 33)
  }
}
