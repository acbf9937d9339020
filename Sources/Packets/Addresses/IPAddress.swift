/// An IPv4 or IPv6 address without port or zone: a flat value, in host order.
///
/// The order is IPv4 before IPv6, then numerical. An IPv4-mapped IPv6 address is an IPv6 address and equals no IPv4 one.
package struct IPAddress: Hashable, Comparable, Sendable {
  // The family comes last so that what follows an address in another value fills its padding.

  /// The first 64 bits of an IPv6 address; 0 for IPv4.
  package let high: UInt64
  /// The last 64 bits of an IPv6 address; for IPv4 all 32 bits of it, at the low end.
  package let low: UInt64
  /// The version that the address belongs to.
  package let family: AddressFamily

  /// The IPv4 address with that number in host order, so that 0x7f000001 is 127.0.0.1.
  package init(ipv4 number: UInt32) {
    family = .ipv4
    high = 0
    low = UInt64(number)
  }

  /// The IPv4 address `a.b.c.d`.
  package init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
    self.init(ipv4: UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d))
  }

  /// The IPv6 address with these halves in host order, so that `high: 0, low: 1` is `::1`.
  package init(high: UInt64, low: UInt64) {
    family = .ipv6
    self.high = high
    self.low = low
  }

  /// The number of an IPv4 address in host order; nil for IPv6.
  package var ipv4: UInt32? {
    switch family {
    case .ipv4: UInt32(truncatingIfNeeded: low)
    case .ipv6: nil
    }
  }

  /// The address that means none, 0.0.0.0 or `::`, of that family.
  package static func unspecified(_ family: AddressFamily) -> IPAddress {
    switch family {
    case .ipv4: IPAddress(ipv4: 0)
    case .ipv6: IPAddress(high: 0, low: 0)
    }
  }

  /// Whether `left` comes first: IPv4 before IPv6, then by number.
  package static func < (left: IPAddress, right: IPAddress) -> Bool {
    if left.family != right.family { return left.family == .ipv4 }
    return left.high != right.high ? left.high < right.high : left.low < right.low
  }
}

extension IPAddress {
  /// Whether it is 0.0.0.0 or `::`.
  package var isUnspecified: Bool {
    high == 0 && low == 0
  }

  /// Whether it is in 127.0.0.0/8 or is `::1`.
  package var isLoopback: Bool {
    switch family {
    case .ipv4: low >> 24 == 127
    case .ipv6: high == 0 && low == 1
    }
  }

  /// Whether it is in 169.254.0.0/16 or `fe80::/10`, and so means something on one link only.
  package var isLinkLocal: Bool {
    switch family {
    case .ipv4: low >> 16 == 0xa9fe
    case .ipv6: high >> 54 == 0xfe80 >> 6
    }
  }

  /// Whether it is in 224.0.0.0/4 or `ff00::/8`.
  package var isMulticast: Bool {
    switch family {
    case .ipv4: low >> 28 == 0xe
    case .ipv6: high >> 56 == 0xff
    }
  }
}

extension IPAddress {
  /// Reads an address in network order.
  ///
  /// - Parameter field: what the address is, for the error.
  /// - Throws: `truncated` when fewer than 4 or 16 bytes follow `offset`.
  package init(
    reading family: AddressFamily, from bytes: RawSpan, at offset: Int, field: PacketField = .address
  ) throws(PacketError) {
    try bytes.require(family.addressByteCount, at: offset, field)
    switch family {
    case .ipv4: self.init(ipv4: bytes.uint32(at: offset))
    case .ipv6: self.init(high: bytes.uint64(at: offset), low: bytes.uint64(at: offset + 8))
    }
  }

  /// Appends the address in network order: 4 or 16 bytes.
  package func write(into writer: inout ByteWriter) {
    switch family {
    case .ipv4: writer.append(UInt32(truncatingIfNeeded: low))
    case .ipv6:
      writer.append(high)
      writer.append(low)
    }
  }
}
