import Packets
import Testing

@Suite("Writing ICMP messages")
struct ICMPWritingTests {
  private let labels = ICMPExtensionObject.mpls([
    MPLSLabel(label: 24_000, trafficClass: 5, bottomOfStack: false, timeToLive: 254),
    MPLSLabel(label: 16, trafficClass: 5, bottomOfStack: true, timeToLive: 1),
  ])

  @Test("an echo request and an echo reply are the samples")
  func echo() {
    var writer = ByteWriter(capacity: 0)
    let payload = Array("ftrsh".utf8)
    ICMPMessage.writeEcho(
      family: .ipv4, identifier: 0xbeef, sequence: 7, payload: payload.span.bytes, checksum: .message, into: &writer)
    #expect(writer.bytes == Sample.icmpEchoRequest.bytes)
    writer.removeAll()
    let short = Array("ftrs".utf8)
    ICMPMessage.writeEcho(
      isReply: true, family: .ipv6, identifier: 0xbeef, sequence: 7, payload: short.span.bytes,
      checksum: .pseudoHeader(source: target6, destination: here6), into: &writer)
    #expect(writer.bytes == Sample.icmpv6EchoReply.bytes)
  }

  @Test(
    "the checksum is constant whatever identifier, sequence and payload are",
    arguments: [0, 1, 0x8000, 0xfffe, 0xffff] as [UInt16])
  func constantChecksum(wanted: UInt16) throws {
    var writer = ByteWriter()
    for sequence in stride(from: UInt16.min, through: .max, by: 257) {
      let payload = [UInt8](repeating: UInt8(truncatingIfNeeded: sequence), count: 5)
      writer.removeAll()
      ICMPMessage.writeEcho(
        family: .ipv4, identifier: 0xbeef, sequence: sequence, payload: payload.span.bytes, constantChecksum: wanted,
        checksum: .message, into: &writer)
      let bytes = writer.bytes
      let message = try ICMPMessage.parse(bytes.span.bytes, family: .ipv4, verifyingChecksum: .message)
      #expect(message.checksum == (wanted == 0xffff ? 0 : wanted))
      #expect(message.sequence == sequence)
      #expect(Array(bytes[10...]) == Array(payload[2...]))
    }
  }

  @Test("where the kernel makes the checksum the field is 0, and the kernel's comes out constant")
  func kernelChecksum() {
    var sums: Set<UInt16> = []
    for sequence in 0..<30 as Range<UInt16> {
      var writer = ByteWriter()
      let payload: [UInt8] = [0, 0, 1, 2]
      ICMPMessage.writeEcho(
        family: .ipv6, identifier: 9, sequence: sequence, payload: payload.span.bytes, constantChecksum: 0x1234,
        checksum: .none, into: &writer)
      #expect(Array(writer.bytes[2..<4]) == [0, 0])
      sums.insert(writer.checksum(from: 0, protocol: .icmpv6, source: here6, destination: target6))
    }
    #expect(sums.count == 1)
  }

  @Test("errors with and without extensions are the samples")
  func errors() {
    var writer = ByteWriter(capacity: 1)
    let sample = Sample.fragmentationNeededUDP.bytes
    ICMPMessage.writeError(
      family: .ipv4, type: ICMPType.destinationUnreachable, code: 4, restOfHeader: 1400,
      quote: sample.span.bytes.extracting(8...), checksum: .message, into: &writer)
    #expect(writer.bytes == sample)

    for (isLegacy, sample) in [(false, Sample.timeExceededMPLS), (true, .legacyMPLS)] {
      writer.removeAll()
      ICMPMessage.writeError(
        family: .ipv4, type: ICMPType.timeExceeded, code: 0, quote: sample.bytes.span.bytes.extracting(8..<36),
        extensions: [labels], isLegacy: isLegacy, checksum: .message, into: &writer)
      #expect(writer.bytes == sample.bytes)
    }
  }

  @Test("every kind of object survives a round trip", arguments: AddressFamily.allCases)
  func objects(family: AddressFamily) throws {
    let long = String(repeating: "n", count: 63)
    let objects: [ICMPExtensionObject] = [
      labels, .mpls([]),
      .interfaceInformation(InterfaceInformation(role: .outgoing, index: 3, address: here, name: "xe-0", mtu: 9000)),
      .interfaceInformation(InterfaceInformation(role: .nextHop, address: router6)),
      .interfaceInformation(InterfaceInformation(role: .incomingSubInterface, name: long)),
      .interfaceInformation(InterfaceInformation(role: .incoming)),
      .unknown(classNumber: 3, type: 1, bytes: [0xde, 0xad, 0xbe, 0xef]),
    ]
    let quote = [UInt8](Sample.ipv4OptionsUDP.bytes) + [UInt8](repeating: 7, count: 101)
    let quote6 = Sample.ipv6ChainTCP.bytes
    var writer = ByteWriter()
    ICMPMessage.writeError(
      family: family, type: family == .ipv4 ? ICMPType.timeExceeded : ICMPv6Type.timeExceeded, code: 0,
      quote: family == .ipv4 ? quote.span.bytes : quote6.span.bytes, extensions: objects, checksum: .message,
      into: &writer)
    let bytes = writer.bytes
    let message = try ICMPMessage.parse(bytes.span.bytes, family: family, verifyingChecksum: .message)
    let range = try #require(message.extensions)
    #expect(ICMPExtension.parse(bytes.span.bytes, in: range) == ICMPExtension(objects: objects, error: nil))
    #expect(message.quoted?.transport != nil)
    #expect((range.lowerBound - 8).isMultiple(of: family == .ipv4 ? 4 : 8))
  }
}
