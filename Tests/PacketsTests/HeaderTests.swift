import Packets
import Testing

/// The addresses that the samples use.
let here = IPAddress(192, 0, 2, 1)
let target = IPAddress(198, 51, 100, 7)
let here6 = IPAddress(high: 0x2001_0db8_0000_0000, low: 1)
let target6 = IPAddress(high: 0x2001_0db8_ffff_0000, low: 7)
let router6 = IPAddress(high: 0x2001_0db8_0001_0000, low: 5)

@Suite("IPv4Header")
struct IPv4HeaderTests {
  @Test("a header with options is read field by field")
  func options() throws {
    let bytes = Sample.ipv4OptionsUDP.bytes
    let header = try IPv4Header.parse(bytes.span.bytes)
    #expect(header.headerLength == 28)
    #expect(header.typeOfService == 0xb8)
    #expect(header.totalLength == 40)
    #expect(header.identification == 0x1c46)
    #expect(header.dontFragment && !header.moreFragments && !header.isFragment)
    #expect(header.timeToLive == 64)
    #expect(header.protocolNumber == .udp)
    #expect(header.source == here)
    #expect(header.destination == target)
    #expect(header.options == 20..<28)
    let holds = header.checksumHolds(in: bytes.span.bytes)
    #expect(holds)
  }

  @Test("a fragment says where it belongs")
  func fragment() throws {
    let bytes = Sample.ipv4Fragment.bytes
    let header = try IPv4Header.parse(bytes.span.bytes)
    #expect(header.isFragment && header.moreFragments && !header.dontFragment)
    #expect(header.fragmentOffset == 1480)
  }

  @Test(
    "a header that is written is the sample, checksum and options included",
    arguments: [Sample.ipv4OptionsUDP, .ipv4Fragment])
  func written(sample: Sample) throws {
    let header = try IPv4Header.parse(sample.bytes.span.bytes)
    var writer = ByteWriter(capacity: 4)
    header.write(into: &writer, options: Array(sample.bytes[header.options]))
    #expect(writer.bytes == Array(sample.bytes[..<header.headerLength]))
  }

  @Test("a header made from values reads back the same")
  func made() throws {
    let header = IPv4Header(
      source: here, destination: target, protocolNumber: .icmp, timeToLive: 3, payloadLength: 64, typeOfService: 0xff,
      identification: 0xffff, dontFragment: true, moreFragments: true, fragmentOffset: 65_528)
    var writer = ByteWriter()
    writer.append([1, 2, 3])
    header.write(into: &writer)
    let bytes = writer.bytes
    var back = try IPv4Header.parse(bytes.span.bytes, at: 3)
    let holds = back.checksumHolds(in: bytes.span.bytes, at: 3)
    #expect(holds)
    #expect(back.options == 23..<23)
    back.checksum = header.checksum
    back.options = header.options
    #expect(back == header)
  }

  @Test(
    "a malformed header is an error that names the field",
    arguments: [
      (0, 0x65, PacketError(.ipv4Version, at: 0, .badVersion)),
      (0, 0x44, PacketError(.ipv4HeaderLength, at: 0, .badLength)),
      (0, 0x4f, PacketError(.ipv4Options, at: 0, .truncated)),
      (3, 27, PacketError(.ipv4TotalLength, at: 2, .badLength)),
    ] as [(Int, UInt8, PacketError)])
  func malformed(offset: Int, value: UInt8, error: PacketError) {
    var bytes = Sample.ipv4OptionsUDP.bytes
    bytes[offset] = value
    #expect(throws: error) { try IPv4Header.parse(bytes.span.bytes) }
  }

  @Test("a changed byte breaks the checksum")
  func checksum() throws {
    var bytes = Sample.ipv4OptionsUDP.bytes
    bytes[8] -= 1
    let header = try IPv4Header.parse(bytes.span.bytes)
    let holds = header.checksumHolds(in: bytes.span.bytes)
    #expect(!holds)
  }
}

@Suite("IPv6Header")
struct IPv6HeaderTests {
  @Test("a header is read field by field, and written back")
  func fields() throws {
    let bytes = Sample.ipv6ChainTCP.bytes
    let header = try IPv6Header.parse(bytes.span.bytes)
    #expect(header.trafficClass == 0xb8)
    #expect(header.flowLabel == 0x12345)
    #expect(header.payloadLength == bytes.count - 40)
    #expect(header.nextHeader == .hopByHopOptions)
    #expect(header.hopLimit == 64)
    #expect(header.source == here6)
    #expect(header.destination == target6)
    var writer = ByteWriter()
    header.write(into: &writer)
    #expect(writer.bytes == Array(bytes[..<40]))
  }

  @Test("another version is an error")
  func version() {
    var bytes = Sample.ipv6ChainTCP.bytes
    bytes[0] = 0x45
    #expect(throws: PacketError(.ipv6Version, at: 0, .badVersion)) { try IPv6Header.parse(bytes.span.bytes) }
  }

  @Test("a walk over every kind of extension header ends at the upper layer")
  func chain() throws {
    let bytes = Sample.ipv6ChainTCP.bytes
    let chain = try IPv6ExtensionChain.walk(bytes.span.bytes, from: .hopByHopOptions, at: 40)
    #expect(chain.upperLayer == .tcp)
    #expect(chain.offset == bytes.count - 24)
    #expect(chain.count == 5)
    #expect(!chain.isFragment)
  }

  @Test("a walk from an upper layer is there already", arguments: [IPProtocol.tcp, .udp, .icmpv6, .noNextHeader])
  func noChain(upperLayer: IPProtocol) throws {
    let none: [UInt8] = []
    let chain = try IPv6ExtensionChain.walk(none.span.bytes, from: upperLayer, at: 40)
    #expect(chain.upperLayer == upperLayer && chain.offset == 40 && chain.count == 0)
  }

  @Test("a walk ends at a later fragment, whose data is from the middle")
  func laterFragment() throws {
    let fragment: [UInt8] = [
      44, 0,  // next header: looks like one more fragment header
      0x05, 0xc9,  // offset 1480, more
      0, 0, 0, 9,  // identification
    ]
    let chain = try IPv6ExtensionChain.walk(fragment.span.bytes, from: .fragmentHeader, at: 0)
    #expect(chain.isFragment && chain.moreFragments)
    #expect(chain.fragmentOffset == 1480)
    #expect(chain.offset == 8)
  }

  @Test("a chain longer than the bound is an error, not a long walk")
  func bound() {
    let bytes = [UInt8](repeating: 0, count: 4096)
    #expect(throws: PacketError(.ipv6ExtensionHeader, at: 64, .tooMany)) {
      try IPv6ExtensionChain.walk(bytes.span.bytes, from: .hopByHopOptions, at: 0)
    }
  }

  @Test("an extension header that says it is longer than the packet is an error")
  func tooLong() {
    let bytes: [UInt8] = [6, 255, 0, 0, 0, 0, 0, 0]
    #expect(throws: PacketError(.ipv6ExtensionHeader, at: 0, .truncated)) {
      try IPv6ExtensionChain.walk(bytes.span.bytes, from: .destinationOptions, at: 0)
    }
  }
}

@Suite("UDPHeader and TCPHeader")
struct TransportHeaderTests {
  @Test("a UDP header is read, and its checksum made anew is the sample's")
  func udp() throws {
    let bytes = Sample.ipv4OptionsUDP.bytes
    var header = try UDPHeader.parse(bytes.span.bytes, at: 28)
    #expect(header.sourcePort == 40_000 && header.destinationPort == 33_434 && header.length == 12)
    let checksum = header.checksum
    header.checksum = 0
    var writer = ByteWriter()
    header.write(into: &writer)
    writer.append(Array(bytes[36...]))
    #expect(UDPHeader.checksum(in: writer, from: 0, source: here, destination: target) == checksum)
    writer.set(checksum, at: 6)
    #expect(writer.bytes == Array(bytes[28...]))
  }

  @Test("a UDP checksum that comes out as 0 is sent as all ones")
  func udpZero() {
    var writer = ByteWriter()
    UDPHeader(sourcePort: 1, destinationPort: 2, payloadLength: 2).write(into: &writer)
    writer.append(0 as UInt16)
    let checksum = UDPHeader.checksum(in: writer, from: 0, source: here, destination: target)
    writer.set(checksum, at: 8)
    #expect(UDPHeader.checksum(in: writer, from: 0, source: here, destination: target) == 0xffff)
  }

  @Test("a UDP length under the header's is an error")
  func udpLength() {
    var bytes = Sample.ipv4OptionsUDP.bytes
    bytes[33] = 7
    #expect(throws: PacketError(.udpLength, at: 32, .badLength)) { try UDPHeader.parse(bytes.span.bytes, at: 28) }
  }

  @Test("TCP headers are read, with flags and options, and written back")
  func tcp() throws {
    let syn = Sample.ipv6ChainTCP.bytes
    let start = syn.count - 24
    let header = try TCPHeader.parse(syn.span.bytes, at: start)
    #expect(header.sourcePort == 50_000 && header.destinationPort == 443)
    #expect(header.sequence == 0x1234_5678 && header.acknowledgment == 0)
    #expect(header.flags == .syn)
    #expect(header.window == 0xfaf0)
    #expect(header.options == (start + 20)..<(start + 24))
    var writer = ByteWriter()
    header.write(into: &writer, options: Array(syn[header.options]))
    #expect(writer.bytes == Array(syn[start...]))

    let bytes = Sample.tcpSynAck.bytes
    let answer = try TCPHeader.parse(bytes.span.bytes)
    #expect(answer.flags == [.syn, .ack] && answer.acknowledgment == 0x1234_5679 && answer.options.isEmpty)
  }

  @Test("the pseudo headers of both families make the samples' checksums hold")
  func pseudoHeaders() {
    let syn = Sample.ipv6ChainTCP.bytes
    var checksum = InternetChecksum()
    checksum.addPseudoHeader(source: here6, destination: target6, protocol: .tcp, length: 24)
    checksum.add(syn.span.bytes, in: (syn.count - 24)..<syn.count)
    #expect(checksum.holds)

    let answer = Sample.tcpSynAck.bytes
    checksum = InternetChecksum()
    checksum.addPseudoHeader(source: target, destination: here, protocol: .tcp, length: answer.count)
    checksum.add(answer.span.bytes, in: 0..<answer.count)
    #expect(checksum.holds)
  }

  @Test("a TCP header length under 20 or beyond the bytes is an error")
  func tcpLength() {
    var bytes = Sample.tcpSynAck.bytes
    bytes[12] = 0x40
    #expect(throws: PacketError(.tcpDataOffset, at: 12, .badLength)) { try TCPHeader.parse(bytes.span.bytes) }
    bytes[12] = 0x60
    #expect(throws: PacketError(.tcpOptions, at: 0, .truncated)) { try TCPHeader.parse(bytes.span.bytes) }
  }
}
