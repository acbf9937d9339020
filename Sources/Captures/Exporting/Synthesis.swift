import Packets
import Tracing

/// Makes whole datagrams of messages, with every length and checksum right.
enum Synthesis {
  /// What Linux sends with, where nobody knows what arrived.
  static let usualHopLimit: UInt8 = 64
  /// As much of a datagram as an error quotes of it: RFC 4884 has at most 255 words.
  static let longestQuote = 1_020

  /// The number of a protocol in the IP header.
  static func number(_ name: ProbeProtocolName, _ family: AddressFamily) -> IPProtocol {
    switch (name, family) {
    case (.icmp, .ipv4): .icmp
    case (.icmp, .ipv6): .icmpv6
    case (.udp, _): .udp
    case (.tcp, _): .tcp
    }
  }

  /// An IP header with a message behind it. The message's checksum is made anew, since the kernel's part may be missing in it;
  /// that of a message of which only the beginning is there stays, and the header tells of the whole.
  static func datagram(
    of message: [UInt8], _ number: IPProtocol, from source: IPAddress, to destination: IPAddress, hopLimit: UInt8
  ) -> [UInt8] {
    let whole = wholeLength(of: message, number)
    var writer = ByteWriter(capacity: IPv6Header.length + message.count)
    switch destination.family {
    case .ipv4:
      IPv4Header(
        source: source, destination: destination, protocolNumber: number, timeToLive: hopLimit,
        payloadLength: whole
      ).write(into: &writer)
    case .ipv6:
      IPv6Header(
        source: source, destination: destination, nextHeader: number, hopLimit: hopLimit, payloadLength: whole
      ).write(into: &writer)
    }
    let start = writer.count
    writer.append(message)
    guard whole == message.count, let place = checksumPlace(number), message.count >= place + 2 else {
      return writer.bytes
    }
    writer.set(0, at: start + place)
    let sum =
      number == .icmp
      ? writer.checksum(from: start)
      : writer.checksum(from: start, protocol: number, source: source, destination: destination)
    writer.set(sum == 0 && number == .udp ? 0xffff : sum, at: start + place)
    return writer.bytes
  }

  /// How long a message says that it is; at least as long as what is there of it.
  private static func wholeLength(of message: [UInt8], _ number: IPProtocol) -> Int {
    switch number {
    case .udp where message.count >= 6: max(message.count, Int(message[4]) << 8 | Int(message[5]))
    case .tcp where message.count >= 13: max(message.count, Int(message[12] >> 4) * 4)
    default: message.count
    }
  }

  /// How long an IP datagram says that it is; nil when it does not.
  static func wireLength(of datagram: [UInt8]) -> Int? {
    switch datagram.first.map({ $0 >> 4 }) {
    case 4 where datagram.count >= IPv4Header.minimumLength: Int(datagram[2]) << 8 | Int(datagram[3])
    case 6 where datagram.count >= IPv6Header.length: IPv6Header.length + (Int(datagram[4]) << 8 | Int(datagram[5]))
    default: nil
    }
  }

  private static func checksumPlace(_ number: IPProtocol) -> Int? {
    switch number {
    case .icmp, .icmpv6: 2
    case .udp: 6
    case .tcp: 16
    default: nil
    }
  }

  /// A transport message for what an error queue gave of one whose probe is not known.
  static func transport(of arrival: PacketArrival, _ quoted: [UInt8]) -> [UInt8] {
    switch arrival.protocolName {
    case .icmp, .tcp: return quoted
    case .udp:
      var writer = ByteWriter(capacity: UDPHeader.length + quoted.count)
      UDPHeader(
        sourcePort: arrival.localIdentity, destinationPort: arrival.quotedPort, payloadLength: quoted.count
      ).write(into: &writer)
      writer.append(quoted)
      return writer.bytes
    }
  }
}
