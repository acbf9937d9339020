import Packets
import Tracing

/// What tells one probe from every other on the wire: its own fields, as a reply gives or quotes them back.
package struct WireIdentity: Hashable, Sendable {
  package var protocolName: ProbeProtocolName
  /// Where the probe was sent, as quoted.
  package var destination: IPAddress
  /// ICMP identifier, or UDP source port.
  package var local: UInt16
  /// UDP destination port; 0 for ICMP.
  package var port: UInt16
  /// ICMP sequence number, or the number that a UDP probe carries in its payload.
  package var sequence: UInt16

  package init(
    protocolName: ProbeProtocolName, destination: IPAddress, local: UInt16, port: UInt16 = 0, sequence: UInt16
  ) {
    self.protocolName = protocolName
    self.destination = destination
    self.local = local
    self.port = port
    self.sequence = sequence
  }

  /// Everything but the address, in one word: what makes comparing two identities three instructions and no call.
  @inline(__always)
  private var word: UInt64 {
    let kind: UInt64 =
      switch (protocolName, destination.family) {
      case (.icmp, .ipv4): 0
      case (.icmp, .ipv6): 1
      case (.udp, .ipv4): 2
      case (.udp, .ipv6): 3
      }
    return UInt64(sequence) << 48 | UInt64(local) << 32 | UInt64(port) << 16 | kind
  }

  @inline(__always)
  package static func == (left: WireIdentity, right: WireIdentity) -> Bool {
    left.destination.low == right.destination.low && left.word == right.word
      && left.destination.high == right.destination.high
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(destination.high)
    hasher.combine(destination.low)
    hasher.combine(word)
  }

  /// A cheap mix of all fields for a table's index.
  ///
  /// Not keyed: what is put into the table is our own choice, so a stranger's packets can look up but never pile up.
  /// The finalizer is that of MurmurHash3's 64-bit variant.
  @inline(__always)
  var mixed: UInt64 {
    var hash = destination.low ^ (destination.high &* 0x9e37_79b9_7f4a_7c15) ^ word
    hash ^= hash >> 33
    hash &*= 0xff51_afd7_ed55_8ccd
    hash ^= hash >> 33
    hash &*= 0xc4ce_b9fe_1a85_ec53
    return hash ^ (hash >> 33)
  }
}
