import Packets

/// Takes a packet apart into fields that can be shown beside their bytes.
///
/// It reads what strangers send: every step looks first whether the bytes are there, and what is cut off is said to be.
struct PacketAnatomy {
  /// What is known of the probe that a packet is about: fields of this value are marked as what matched.
  struct Probe {
    var destination: IPAddress
    /// ICMP identifier, or the source port.
    var local: UInt16?
    /// ICMP sequence number, or the destination port.
    var other: UInt16?
    /// The number in the payload of our own UDP probes, or the TCP sequence number.
    var number: UInt32?
    /// Whether the bytes behind the header are laid out as ours are.
    var isOurs: Bool
  }

  let bytes: [UInt8]
  private let probe: Probe?
  private(set) var fields: [ExplainedField] = []
  /// Whether the sender told the probe, as with what quotes nothing.
  var marksSender = false
  /// Whether what is read is quoted by an error which is no time exceeded: then the probe came with any TTL.
  private var isQuotedOnArrival = false
  /// Whether these are bytes as our own program handed them to the kernel, which fills some in.
  var isBeforeKernel = false
  /// Up to where fields have been made.
  private var end = 0

  /// - Parameter probe: whose fields are marked; nil marks none.
  init(_ bytes: [UInt8], about probe: Probe?) {
    self.bytes = bytes
    self.probe = probe
  }

  /// The packet with what has been found; bytes that nobody has looked at come last.
  var packet: ExplainedPacket {
    var all = fields
    if end < bytes.count { all.append(ExplainedField(end..<bytes.count, "\(bytes.count - end) bytes more")) }
    return ExplainedPacket(bytes: bytes, fields: all)
  }

  func uint16(_ offset: Int) -> UInt16 { UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1]) }

  func uint32(_ offset: Int) -> UInt32 { UInt32(uint16(offset)) << 16 | UInt32(uint16(offset + 2)) }

  func address(_ offset: Int, _ family: AddressFamily) -> IPAddress {
    switch family {
    case .ipv4: return IPAddress(ipv4: uint32(offset))
    case .ipv6:
      let words = (0..<4).map { UInt64(uint32(offset + 4 * $0)) }
      return IPAddress(high: words[0] << 32 | words[1], low: words[2] << 32 | words[3])
    }
  }

  /// Whether `count` bytes are there; if not, the rest is said to be cut off, and nothing more is to be read.
  mutating func has(_ count: Int, at offset: Int, of what: String) -> Bool {
    if bytes.count - offset >= count { return true }
    if offset < bytes.count { add(offset..<bytes.count, "\(what), cut off") }
    return false
  }

  mutating func add(
    _ range: Range<Int>, _ text: String, _ meaning: String? = nil, source: String? = nil, matches: Bool = false
  ) {
    var field = ExplainedField(range, text, meaning, source: source)
    field.isMatched = matches
    fields.append(field)
    end = max(end, range.upperBound)
  }

  /// Whether the address of a field is the one that the probe went to.
  func isTarget(_ address: IPAddress) -> Bool { probe?.destination == address }
}

// Headers of IP.
extension PacketAnatomy {
  /// An IP header, of the datagram itself or of a quoted one.
  ///
  /// - Returns: what follows it and where; nil when that is not there.
  mutating func readIPHeader(_ family: AddressFamily, at offset: Int, isQuoted: Bool) -> (IPProtocol, Int)? {
    switch family {
    case .ipv4: readIPv4(at: offset, isQuoted)
    case .ipv6: readIPv6(at: offset, isQuoted)
    }
  }

  private mutating func readIPv4(at offset: Int, _ isQuoted: Bool) -> (IPProtocol, Int)? {
    guard has(IPv4Header.minimumLength, at: offset, of: "IPv4 header") else { return nil }
    let length = Int(bytes[offset] & 15) * 4
    let number = IPProtocol(rawValue: bytes[offset + 9])
    add(
      offset..<(offset + 1), "version \(bytes[offset] >> 4), header of \(length) bytes", source: "RFC 791 section 3.1")
    let service = bytes[offset + 1]
    add((offset + 1)..<(offset + 2), "DSCP \(service >> 2), ECN \(service & 3)", source: "RFC 2474, RFC 3168")
    add((offset + 2)..<(offset + 4), "total length \(uint16(offset + 2)) bytes")
    add((offset + 4)..<(offset + 6), "identification \(uint16(offset + 4))")
    let fragment = uint16(offset + 6)
    let flags = [fragment & 0x4000 != 0 ? "don't fragment" : nil, fragment & 0x2000 != 0 ? "more fragments" : nil]
    let flagText = flags.compactMap { $0 }.joined(separator: ", ")
    add(
      (offset + 6)..<(offset + 8), flagText.isEmpty ? "no flags" : flagText,
      "fragment offset \((fragment & 0x1fff) * 8)")
    add((offset + 8)..<(offset + 9), "TTL \(bytes[offset + 8])", ttlMeaning(bytes[offset + 8], isQuoted))
    add((offset + 9)..<(offset + 10), "protocol \(number.rawValue)", "\(number)", matches: isQuoted && probe != nil)
    add((offset + 10)..<(offset + 12), "header checksum", isQuoted ? "as the router got or changed it" : nil)
    readAddresses(.ipv4, at: offset + 12, isQuoted)
    let options = length - IPv4Header.minimumLength
    guard options >= 0, has(options, at: offset + IPv4Header.minimumLength, of: "IPv4 options") else { return nil }
    if options > 0 {
      add((offset + IPv4Header.minimumLength)..<(offset + length), "IPv4 options")
    }
    return fragment & 0x1fff == 0 ? (number, offset + length) : nil
  }

  private mutating func readIPv6(at offset: Int, _ isQuoted: Bool) -> (IPProtocol, Int)? {
    guard has(IPv6Header.length, at: offset, of: "IPv6 header") else { return nil }
    let word = uint32(offset)
    let number = IPProtocol(rawValue: bytes[offset + 6])
    add(
      offset..<(offset + 4), "version \(word >> 28), traffic class \(word >> 20 & 255), flow label \(word & 0xfffff)",
      source: "RFC 8200 section 3")
    add((offset + 4)..<(offset + 6), "payload length \(uint16(offset + 4)) bytes")
    add((offset + 6)..<(offset + 7), "next header \(number.rawValue)", "\(number)", matches: isQuoted && probe != nil)
    add((offset + 7)..<(offset + 8), "hop limit \(bytes[offset + 7])", ttlMeaning(bytes[offset + 7], isQuoted))
    readAddresses(.ipv6, at: offset + 8, isQuoted)
    return (number, offset + IPv6Header.length)
  }

  private func ttlMeaning(_ value: UInt8, _ isQuoted: Bool) -> String {
    guard isQuoted else {
      return "left of what its sender set; \(TTLGuess(value).sentence)"
    }
    if isQuotedOnArrival { return "what the probe had left when it came there" }
    return value <= 1
      ? "what the probe had left when the router got it: spent"
      : "what the probe had left: a router answers at 1, so something on the way counts unusually"
  }

  private mutating func readAddresses(_ family: AddressFamily, at offset: Int, _ isQuoted: Bool) {
    let size = family.addressByteCount
    let source = address(offset, family)
    let destination = address(offset + size, family)
    add(
      offset..<(offset + size), "source \(source)",
      isQuoted ? "whom the router takes for the probe's sender" : "who answered: the responder",
      matches: !isQuoted && marksSender && isTarget(source))
    add(
      (offset + size)..<(offset + 2 * size), "destination \(destination)", isQuoted ? "where the probe was going" : nil,
      matches: isQuoted && isTarget(destination))
  }
}

// Transport headers.
extension PacketAnatomy {
  /// The transport header of a probe, sent or quoted.
  mutating func readTransport(_ number: IPProtocol, at offset: Int) {
    switch number {
    case .udp: readUDP(at: offset)
    case .tcp: readTCP(at: offset)
    case .icmp, .icmpv6: readEcho(at: offset, family: number == .icmp ? .ipv4 : .ipv6)
    default: if offset < bytes.count { add(offset..<bytes.count, "\(number), not taken apart") }
    }
  }

  private mutating func readUDP(at offset: Int) {
    guard has(UDPHeader.length, at: offset, of: "UDP header") else { return }
    let ports = (uint16(offset), uint16(offset + 2))
    add(
      offset..<(offset + 2), "source port \(ports.0)", source: "RFC 768", matches: probe?.local == ports.0)
    add((offset + 2)..<(offset + 4), "destination port \(ports.1)", matches: probe?.other == ports.1)
    add((offset + 4)..<(offset + 6), "length \(uint16(offset + 4)) bytes, header included")
    let checksum = uint16(offset + 6)
    add((offset + 6)..<(offset + 8), checksum == 0 ? unfilled : "checksum \(hex(checksum))")
    readUDPPayload(at: offset + UDPHeader.length)
  }

  /// What a UDP checksum of 0 says.
  private var unfilled: String {
    isBeforeKernel ? "checksum left to the kernel" : "no checksum"
  }

  /// The payload of a UDP probe, from its start or as an error queue hands it out.
  mutating func readUDPPayload(at offset: Int) {
    let isMarked = probe?.isOurs == true && bytes.count - offset >= 4 && uint16(offset) == 0x6674
    if isMarked {
      add(offset..<(offset + 2), "\"ft\"", "the mark of our probes", matches: true)
      let number = uint16(offset + 2)
      add(
        (offset + 2)..<(offset + 4), "number \(number)", "tells one probe from another, since all share their ports",
        matches: probe?.number == UInt32(number))
    }
    let start = isMarked ? offset + 4 : offset
    if start < bytes.count { add(start..<bytes.count, "payload") }
  }

  private mutating func readTCP(at offset: Int) {
    guard has(8, at: offset, of: "TCP header") else { return }
    let ports = (uint16(offset), uint16(offset + 2))
    add(offset..<(offset + 2), "source port \(ports.0)", source: "RFC 9293 section 3.1", matches: isPort(ports.0))
    add((offset + 2)..<(offset + 4), "destination port \(ports.1)", matches: isPort(ports.1))
    let sequence = uint32(offset + 4)
    add((offset + 4)..<(offset + 8), "sequence number \(sequence)", matches: probe?.number == sequence)
    guard has(TCPHeader.minimumLength - 8, at: offset + 8, of: "rest of the TCP header") else { return }
    let acknowledgment = uint32(offset + 8)
    add(
      (offset + 8)..<(offset + 12), "acknowledgment \(acknowledgment)",
      matches: acknowledgment != 0 && probe?.number.map { $0 &+ 1 == acknowledgment } == true)
    let length = Int(bytes[offset + 12] >> 4) * 4
    add((offset + 12)..<(offset + 13), "header of \(length) bytes")
    add((offset + 13)..<(offset + 14), "flags \(Self.flags(TCPHeader.Flags(rawValue: bytes[offset + 13])))")
    add((offset + 14)..<(offset + 16), "window \(uint16(offset + 14))")
    add((offset + 16)..<(offset + 18), "checksum \(hex(uint16(offset + 16)))")
    add((offset + 18)..<(offset + 20), "urgent pointer \(uint16(offset + 18))")
    if offset + 20 < bytes.count { add((offset + 20)..<bytes.count, "options and data") }
  }

  /// A reply has the ports the other way round.
  private func isPort(_ port: UInt16) -> Bool { probe.map { $0.local == port || $0.other == port } ?? false }

  private static func flags(_ flags: TCPHeader.Flags) -> String {
    let names: [(TCPHeader.Flags, String)] = [
      (.syn, "SYN"), (.ack, "ACK"), (.rst, "RST"), (.fin, "FIN"), (.psh, "PSH"), (.urg, "URG"), (.ece, "ECE"),
      (.cwr, "CWR"),
    ]
    let set = names.filter { flags.contains($0.0) }.map(\.1)
    return set.isEmpty ? "none" : set.joined(separator: "+")
  }

  func hex(_ value: UInt16) -> String {
    let digits = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}

// ICMP.
extension PacketAnatomy {
  /// An echo message, sent, quoted or come back.
  mutating func readEcho(at offset: Int, family: AddressFamily) {
    guard has(8, at: offset, of: "ICMP header") else { return }
    readTypeAndCode(at: offset, family)
    let checksum = uint16(offset + 2)
    let constant = "the same for every probe of this flow, so that a load balancer sees one flow"
    add(
      (offset + 2)..<(offset + 4),
      checksum == 0 && isBeforeKernel ? "checksum left to the kernel" : "checksum \(hex(checksum))",
      probe?.isOurs == true && bytes[offset] != 0 && bytes[offset] != ICMPv6Type.echoReply ? constant : nil)
    let identifier = uint16(offset + 4)
    let sequence = uint16(offset + 6)
    add(
      (offset + 4)..<(offset + 6), "identifier \(identifier)", "whose probe it is",
      source: family == .ipv4 ? "RFC 792" : "RFC 4443 section 4.1", matches: probe?.local == identifier)
    add(
      (offset + 6)..<(offset + 8), "sequence number \(sequence)", "which probe it is", matches: probe?.other == sequence
    )
    var start = offset + 8
    if probe?.isOurs == true, bytes.count - start >= 2 {
      add(start..<(start + 2), "compensation", "takes up what the sequence number changes, so the checksum stays")
      start += 2
    }
    if start < bytes.count { add(start..<bytes.count, "payload") }
  }

  mutating func readTypeAndCode(at offset: Int, _ family: AddressFamily) {
    let type = bytes[offset]
    let code = bytes[offset + 1]
    let words = ICMPWords(family: family, type: type, code: code)
    add(offset..<(offset + 1), "type \(type)", words.type, source: words.source)
    add((offset + 1)..<(offset + 2), "code \(code)", words.code)
  }

  /// A whole message that came back.
  mutating func readMessage(at offset: Int, family: AddressFamily) {
    guard has(8, at: offset, of: "ICMP header") else { return }
    let type = bytes[offset]
    let words = ICMPWords(family: family, type: type, code: bytes[offset + 1])
    guard words.isError else { return readEcho(at: offset, family: family) }
    readTypeAndCode(at: offset, family)
    add((offset + 2)..<(offset + 4), "checksum \(hex(uint16(offset + 2)))")
    readRestOfHeader(at: offset + 4, family, type: type, code: bytes[offset + 1])
    let quoteEnd: Int
    let extensions: Range<Int>?
    do throws(PacketError) {
      let message = try ICMPMessage.parse(bytes.span.bytes, at: offset, family: family)
      extensions = message.extensions
      quoteEnd = min(extensions?.lowerBound ?? bytes.count, bytes.count)
    } catch {
      if offset + 8 < bytes.count { add((offset + 8)..<bytes.count, "what it quotes cannot be read: \(error)") }
      return
    }
    let exceeded = family == .ipv4 ? ICMPType.timeExceeded : ICMPv6Type.timeExceeded
    readQuote(at: offset + 8, end: quoteEnd, family, isOnArrival: type != exceeded)
    if let extensions { readExtensions(in: extensions) }
  }

  private mutating func readRestOfHeader(at offset: Int, _ family: AddressFamily, type: UInt8, code: UInt8) {
    let range = offset..<(offset + 4)
    switch (family, type, code) {
    case (.ipv4, ICMPType.destinationUnreachable, 4):
      add(range, "next-hop MTU \(uint16(offset + 2)) bytes", source: "RFC 1191 section 4")
    case (.ipv6, ICMPv6Type.packetTooBig, _): add(range, "MTU \(uint32(offset)) bytes", source: "RFC 4443 section 3.2")
    case (_, ICMPType.parameterProblem, _) where family == .ipv4: add(range, "pointer \(bytes[offset])")
    case (.ipv6, ICMPv6Type.parameterProblem, _): add(range, "pointer \(uint32(offset))")
    case (.ipv4, _, _), (.ipv6, _, _):
      let units = family == .ipv4 ? Int(bytes[offset + 1]) * 4 : Int(bytes[offset]) * 8
      add(
        range, units == 0 ? "unused" : "quote of \(units) bytes",
        units == 0 ? "the layout from before RFC 4884" : "extensions follow behind it", source: "RFC 4884 section 4")
    }
  }

  /// The datagram that an error quotes; `end` is where the quote ends.
  private mutating func readQuote(
    at offset: Int, end quoteEnd: Int, _ family: AddressFamily, isOnArrival: Bool
  ) {
    var quote = PacketAnatomy(Array(bytes[..<quoteEnd]), about: probe)
    quote.isQuotedOnArrival = isOnArrival
    quote.fields = [ExplainedField(0..<0, "")]
    if let (number, start) = quote.readIPHeader(family, at: offset, isQuoted: true) {
      quote.readTransport(number, at: start)
    }
    for field in quote.packet.fields.dropFirst() where field.range.lowerBound >= offset {
      fields.append(field)
      end = max(end, field.range.upperBound)
    }
    let rest = max(end, offset)
    if rest < quoteEnd { add(rest..<quoteEnd, "not taken apart") }
    for index in fields.indices where fields[index].range.lowerBound >= offset {
      fields[index].text = "> " + fields[index].text
    }
  }

  /// An extension structure, RFC 4884 section 7.
  mutating func readExtensions(in range: Range<Int>) {
    guard has(4, at: range.lowerBound, of: "ICMP extensions") else { return }
    add(
      range.lowerBound..<(range.lowerBound + 4), "extensions, version \(bytes[range.lowerBound] >> 4)",
      source: "RFC 4884 section 7")
    let structure = ICMPExtension.parse(bytes.span.bytes, in: range)
    var offset = range.lowerBound + 4
    for object in structure.objects {
      guard has(4, at: offset, of: "extension object") else { return }
      let length = max(4, Int(uint16(offset)))
      let objectEnd = min(offset + length, bytes.count)
      let words = ExtensionWords(object)
      add(offset..<objectEnd, words.text, words.meaning, source: words.source)
      offset = objectEnd
    }
    if let error = structure.error, end < bytes.count { add(end..<bytes.count, "cannot be read: \(error)") }
  }
}
