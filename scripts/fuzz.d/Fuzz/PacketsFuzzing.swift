import Packets
import Probing
import Time
import Tracing

/// IP headers, ICMP messages with what they quote and their extensions, and the replies that are made of them.
enum PacketsFuzzing {
  /// Time exceeded with MPLS labels; packet too big behind hop-by-hop options; a datagram with options; an echo reply.
  static let seeds = [
    hex(
      """
      0b00 0000 00200000  4500 0054 1c46 0000 0101 b127 c0000201 c6336407  0800 f7f9 002a 0005
      \(String(repeating: "00", count: 100))  2000 0000 0008 0101 0001e101
      """),
    hex(
      """
      0200 8e0a 00000500  60000000 05b4 00 01 20010db8000000000000000000000001 20010db8ffff00000000000000000007
      1100 0502 0000 0100  9c40 829f 05ac abcd 6674
      """),
    hex("4600 0024 1c46 0000 4011 0000 c0000201 c6336407 94040000  9c40 829f 000c abcd 66747273"),
    hex("4500 0020 0001 0000 3501 0000 08080808 c0000201  0000 f820 beef 0007 66747273"),
  ]

  static func run(_ bytes: [UInt8]) {
    let span = bytes.span.bytes
    attempt { () throws(PacketError) in
      let header = try IPv4Header.parse(bytes.span.bytes)
      precondition(header.headerLength >= 20 && header.headerLength <= bytes.count, "A header lies in its bytes.")
    }
    attempt { () throws(PacketError) in _ = try IPv6Header.parse(bytes.span.bytes) }
    attempt { () throws(PacketError) in _ = try UDPHeader.parse(bytes.span.bytes) }
    attempt { () throws(PacketError) in _ = try TCPHeader.parse(bytes.span.bytes) }
    attempt { () throws(PacketError) in
      _ = try IPv6ExtensionChain.walk(bytes.span.bytes, from: .hopByHopOptions, at: 0)
    }
    _ = ICMPExtension.parse(span, in: 0..<bytes.count)
    for family in AddressFamily.allCases {
      attempt { () throws(PacketError) in try message(bytes, family) }
      attempt { () throws(PacketError) in
        _ = try QuotedDatagram.parse(bytes.span.bytes, at: 0, end: bytes.count, family: family)
      }
      for form in [ArrivalBatch.Form.ipv4Datagram, .icmpMessage, .queuedError] { reply(bytes, form, family) }
    }
  }

  private static func attempt(_ parse: () throws(PacketError) -> Void) {
    do throws(PacketError) {
      try parse()
    } catch {
      precondition(error.offset >= 0, "A fault lies in its packet.")
    }
  }

  private static func message(_ bytes: [UInt8], _ family: AddressFamily) throws(PacketError) {
    let message = try ICMPMessage.parse(bytes.span.bytes, family: family)
    precondition(message.body.upperBound <= bytes.count, "A body lies in its message.")
    _ = (message.extensionError, message.kind, message.nextHopMTU)
    guard let range = message.extensions else { return }
    precondition(range.upperBound <= bytes.count, "Extensions lie in their message.")
    _ = ICMPExtension.parse(bytes.span.bytes, in: range)
  }

  private static func reply(_ bytes: [UInt8], _ form: ArrivalBatch.Form, _ family: AddressFamily) {
    for name in [ProbeProtocolName.icmp, .udp] {
      var record = ArrivalBatch.Record(
        form: form, family: family, protocolName: name, source: .unspecified(family), stamp: .zero,
        stampSource: .kernel, range: 0..<bytes.count)
      record.quotedDestination = .unspecified(family)
      // What the kernel says beside the bytes is not a stranger's, but where the extensions begin is taken from them.
      record.extensionOffset = bytes.first.map { Int($0) * 8 }
      record.errorType = family == .ipv4 ? 11 : 3
      let parsed = ReplyParser.parse(record, bytes.span.bytes)
      precondition((parsed?.extensions?.upperBound ?? 0) <= bytes.count, "Extensions lie in their message.")
    }
  }
}
