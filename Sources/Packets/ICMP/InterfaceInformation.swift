/// What a responder tells about one of its interfaces, RFC 5837 section 4.
///
/// The object's type says what follows, in this order:
///
///      bits 7…6   | role
///      bit 3      | interface index: 4 bytes
///      bit 2      | address: family (2 bytes, 1 or 2), reserved (2 bytes), address (4 or 16 bytes)
///      bit 1      | name: length with itself (1 byte, a multiple of 4 up to 64), UTF-8 padded with NUL
///      bit 0      | MTU: 4 bytes
package struct InterfaceInformation: Hashable, Sendable {
  /// What the interface was to the probe.
  package enum Role: UInt8, Hashable, Sendable, CaseIterable {
    case incoming = 0
    /// A part of the incoming interface, as of a bundle.
    case incomingSubInterface = 1
    case outgoing = 2
    /// The address is the next hop's.
    case nextHop = 3
  }

  /// What the interface was to the probe.
  package var role: Role
  /// The responder's own number for it (ifIndex).
  package var index: UInt32?
  /// Its address, or the next hop's; of either family.
  package var address: IPAddress?
  /// The responder's own name for it (ifName), made safe to print: see `sanitized`.
  package var name: String?
  /// In bytes.
  package var mtu: UInt32?

  /// The longest name, in bytes of UTF-8 (RFC 5837 section 4.3).
  package static let longestName = 63

  /// What is known of an interface; nil where nothing is.
  package init(role: Role, index: UInt32? = nil, address: IPAddress? = nil, name: String? = nil, mtu: UInt32? = nil) {
    self.role = role
    self.index = index
    self.address = address
    self.name = name
    self.mtu = mtu
  }

  /// Reads the object's body in `range`, which must be inside the span; bytes behind the last item are ignored.
  static func parse(_ bytes: RawSpan, in range: Range<Int>, type: UInt8) throws(PacketError) -> InterfaceInformation {
    let bytes = bytes.extracting(first: range.upperBound)
    // Every value of two bits is a role.
    var result = InterfaceInformation(role: Role(rawValue: type >> 6) ?? .incoming)
    var offset = range.lowerBound
    if type & Item.index != 0 {
      try bytes.require(4, at: offset, .interfaceIndex)
      result.index = bytes.uint32(at: offset)
      offset += 4
    }
    if type & Item.address != 0 { result.address = try readAddress(bytes, &offset) }
    if type & Item.name != 0 { result.name = try readName(bytes, &offset) }
    if type & Item.mtu != 0 {
      try bytes.require(4, at: offset, .interfaceMTU)
      result.mtu = bytes.uint32(at: offset)
    }
    return result
  }

  /// The bits of the object's type that say which items follow.
  enum Item {
    static let index: UInt8 = 8
    static let address: UInt8 = 4
    static let name: UInt8 = 2
    static let mtu: UInt8 = 1
  }

  private static func readAddress(_ bytes: RawSpan, _ offset: inout Int) throws(PacketError) -> IPAddress {
    try bytes.require(4, at: offset, .interfaceAddress)
    let family: AddressFamily
    switch bytes.uint16(at: offset) {
    case addressFamilyNumber(.ipv4): family = .ipv4
    case addressFamilyNumber(.ipv6): family = .ipv6
    default: throw PacketError(.interfaceAddressFamily, at: offset, .badVersion)
    }
    let address = try IPAddress(reading: family, from: bytes, at: offset + 4, field: .interfaceAddress)
    offset += 4 + family.addressByteCount
    return address
  }

  private static func readName(_ bytes: RawSpan, _ offset: inout Int) throws(PacketError) -> String {
    try bytes.require(1, at: offset, .interfaceName)
    let length = Int(bytes.uint8(at: offset))
    guard length >= 1, length <= longestName + 1 else { throw PacketError(.interfaceName, at: offset, .badLength) }
    try bytes.require(length, at: offset, .interfaceName)
    let padded = ((offset + 1)..<(offset + length)).map { bytes.uint8(at: $0) }
    offset += length
    return sanitized(String(decoding: padded.prefix { $0 != 0 }, as: UTF8.self))
  }

  /// The IANA "Address Family Numbers" of the two families.
  static func addressFamilyNumber(_ family: AddressFamily) -> UInt16 {
    switch family {
    case .ipv4: 1
    case .ipv6: 2
    }
  }

  /// A name that a terminal can be shown: everything that controls it, breaks the line or turns the direction of the text, and
  /// the backslash, is written as an escape (`\u{1b}`).
  static func sanitized(_ name: String) -> String {
    var safe = ""
    for scalar in name.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
        safe += "\\u{\(String(scalar.value, radix: 16))}"
      default:
        if scalar == "\\" { safe += "\\\\" } else { safe.unicodeScalars.append(scalar) }
      }
    }
    return safe
  }
}
