/// The version of the internet protocol that an address, a header or a trace belongs to.
package enum AddressFamily: Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case ipv4
  case ipv6

  /// `IPv4` or `IPv6`.
  package var description: String {
    switch self {
    case .ipv4: "IPv4"
    case .ipv6: "IPv6"
    }
  }

  /// The length of an address on the wire: 4 or 16 bytes.
  package var addressByteCount: Int {
    switch self {
    case .ipv4: 4
    case .ipv6: 16
    }
  }

  /// The length of an address in bits, which is the longest prefix: 32 or 128.
  package var addressBitCount: Int {
    addressByteCount * 8
  }
}
