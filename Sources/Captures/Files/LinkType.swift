/// What a captured packet begins with: a number of the registry "LINKTYPE_ values" (tcpdump.org/linktypes.html).
package enum LinkType: Hashable, Sendable {
  /// BSD loopback: the address family in the byte order of the machine that captured.
  case null
  /// Ethernet, with VLAN tags where there are some.
  case ethernet
  /// An IPv4 or IPv6 datagram without anything before it.
  case raw
  /// OpenBSD loopback: the address family in network order.
  case loop
  /// Linux's "any" device, first form: 16 bytes, the protocol last.
  case linuxSLL
  /// Linux's "any" device, second form: 20 bytes, the protocol first.
  case linuxSLL2

  /// - Returns: nil for a type that is not read here; `name(of:)` tells what it is.
  init?(number: UInt32) {
    switch number {
    case 0: self = .null
    case 1: self = .ethernet
    // 12 and 14 are what DLT_RAW is on some systems, 228 and 229 promise one version of IP.
    case 12, 14, 101, 228, 229: self = .raw
    case 108: self = .loop
    case 113: self = .linuxSLL
    case 276: self = .linuxSLL2
    default: return nil
    }
  }

  /// The number of `raw` in files that are written here.
  static let rawNumber: UInt16 = 101

  /// What a type is called, for messages: `IEEE802_11 (105)`; the number alone when it is none of the usual ones.
  package static func name(of number: UInt32) -> String {
    let names: [UInt32: String] = [
      0: "NULL", 1: "EN10MB", 8: "SLIP", 9: "PPP", 50: "PPP_HDLC", 51: "PPP_ETHER", 101: "RAW", 104: "C_HDLC",
      105: "IEEE802_11", 107: "FRELAY", 108: "LOOP", 113: "LINUX_SLL", 117: "PFLOG", 119: "IEEE802_11_PRISM",
      122: "IP_OVER_FC", 127: "IEEE802_11_RADIOTAP", 163: "IEEE802_11_AVS", 187: "BLUETOOTH_HCI_H4",
      189: "USB_LINUX", 192: "PPI", 195: "IEEE802_15_4", 201: "BLUETOOTH_HCI_H4_WITH_PHDR", 220: "USB_LINUX_MMAPPED",
      227: "CAN_SOCKETCAN", 239: "NFLOG", 249: "USBPCAP", 253: "NETLINK", 276: "LINUX_SLL2",
    ]
    return names[number].map { "\($0) (\(number))" } ?? "\(number)"
  }

  /// Where the IP datagram starts in a captured packet.
  ///
  /// - Returns: nil when the packet carries something else (ARP, LLDP), or ends before it tells.
  package func datagramOffset(in bytes: [UInt8]) -> Int? {
    switch self {
    case .raw: return isIP(bytes, at: 0) ? 0 : nil
    // Families are numbered differently by every system that writes this type: the version of IP itself tells.
    case .null, .loop: return isIP(bytes, at: 4) ? 4 : nil
    case .linuxSLL: return Self.offset(behindProtocolAt: 14, header: 16, in: bytes)
    case .linuxSLL2: return Self.offset(behindProtocolAt: 0, header: 20, in: bytes)
    case .ethernet: return Self.offset(behindProtocolAt: 12, header: 14, in: bytes)
    }
  }

  /// Tags of one frame that are walked over: two are usual (IEEE 802.1ad), more are somebody's experiment.
  private static let mostTags = 4

  /// Follows an EtherType over VLAN tags to an IP datagram.
  private static func offset(behindProtocolAt place: Int, header: Int, in bytes: [UInt8]) -> Int? {
    var place = place
    var offset = header
    for _ in 0...mostTags {
      guard place + 2 <= bytes.count else { return nil }
      switch UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1]) {
      case 0x0800, 0x86dd: return offset < bytes.count ? offset : nil
      // 802.1Q, 802.1ad, and what was used for the outer tag before that: tag and EtherType, 2 bytes each.
      case 0x8100, 0x88a8, 0x9100:
        place = offset + 2
        offset += 4
      default: return nil
      }
    }
    return nil
  }

  private func isIP(_ bytes: [UInt8], at offset: Int) -> Bool {
    offset < bytes.count && (bytes[offset] >> 4 == 4 || bytes[offset] >> 4 == 6)
  }
}
