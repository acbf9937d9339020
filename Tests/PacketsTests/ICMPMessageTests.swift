import Packets
import Testing

@Suite("ICMPMessage")
struct ICMPMessageTests {
  private func parse(
    _ sample: Sample, _ family: AddressFamily, verifying checksum: ICMPChecksum = .none
  ) throws(PacketError) -> ICMPMessage {
    try ICMPMessage.parse(sample.bytes.span.bytes, family: family, verifyingChecksum: checksum)
  }

  @Test("an echo request and an echo reply are read, with their checksum verified")
  func echo() throws {
    let request = try parse(.icmpEchoRequest, .ipv4, verifying: .message)
    #expect(request.kind == .echoRequest)
    #expect(request.identifier == 0xbeef && request.sequence == 7)
    #expect(request.body == 8..<13)
    #expect(request.quoted == nil && request.extensions == nil && request.nextHopMTU == nil)

    let reply = try parse(.icmpv6EchoReply, .ipv6, verifying: .pseudoHeader(source: target6, destination: here6))
    #expect(reply.kind == .echoReply)
    #expect(reply.identifier == 0xbeef && reply.sequence == 7)
  }

  @Test("a wrong checksum is an error where it is verified, and only there")
  func checksum() throws {
    var bytes = Sample.icmpEchoRequest.bytes
    bytes[12] ^= 1
    let error = PacketError(.icmpChecksum, at: 2, .badChecksum)
    #expect(throws: error) {
      try ICMPMessage.parse(bytes.span.bytes, family: .ipv4, verifyingChecksum: .message)
    }
    #expect(try ICMPMessage.parse(bytes.span.bytes, family: .ipv4).sequence == 7)
    #expect(throws: error) {
      try parse(.icmpv6EchoReply, .ipv6, verifying: .pseudoHeader(source: router6, destination: here6))
    }
  }

  @Test("8 bytes of a quoted echo request identify the probe")
  func timeExceeded() throws {
    let message = try parse(.timeExceededICMP, .ipv4, verifying: .message)
    #expect(message.kind == .timeExceeded)
    let quoted = try #require(message.quoted)
    #expect(quoted.source == here && quoted.destination == target)
    #expect(quoted.timeToLive == 1 && quoted.trafficClass == 0 && quoted.identification == 0x1c46)
    #expect(quoted.totalLength == 84 && quoted.protocolNumber == .icmp && quoted.fragmentOffset == 0)
    #expect(quoted.transport == .icmp(type: 8, code: 0, checksum: 0xf7f9, identifier: 42, sequence: 5))
    #expect(quoted.transportOffset == 28 && quoted.payload.isEmpty)
    #expect(quoted.sourcePort == nil && quoted.destinationPort == nil)
  }

  @Test("fragmentation needed gives the MTU and the quoted ports")
  func fragmentationNeeded() throws {
    let message = try parse(.fragmentationNeededUDP, .ipv4, verifying: .message)
    #expect(message.kind == .destinationUnreachable && message.code == 4)
    #expect(message.nextHopMTU == 1400)
    #expect(
      message.quoted?.transport
        == .udp(sourcePort: 40_000, destinationPort: 33_439, length: 1480, checksum: 0xabcd))
    #expect(message.quoted?.sourcePort == 40_000 && message.quoted?.destinationPort == 33_439)
  }

  @Test("8 bytes of a quoted TCP header give ports and sequence number")
  func prohibited() throws {
    let message = try parse(.prohibitedTCP, .ipv4, verifying: .message)
    #expect(message.kind == .destinationUnreachable && message.nextHopMTU == nil)
    #expect(
      message.quoted?.transport == .tcp(sourcePort: 50_000, destinationPort: 443, sequence: 0x1234_5678))
  }

  @Test("packet too big is read through the extension headers of its quote")
  func packetTooBig() throws {
    let message = try parse(.packetTooBigUDP, .ipv6, verifying: .pseudoHeader(source: router6, destination: here6))
    #expect(message.kind == .packetTooBig(mtu: 1280) && message.nextHopMTU == 1280)
    let quoted = try #require(message.quoted)
    #expect(quoted.protocolNumber == .udp && quoted.transportOffset == 56)
    #expect(quoted.destinationPort == 33_439)
    #expect(quoted.payload == 64..<66)
  }

  @Test("types that concern no probe are other", arguments: AddressFamily.allCases)
  func other(family: AddressFamily) throws {
    for type in UInt8.min...UInt8.max {
      var bytes = family == .ipv4 ? Sample.timeExceededICMP.bytes : Sample.packetTooBigUDP.bytes
      bytes[0] = type
      let message = try ICMPMessage.parse(bytes.span.bytes, family: family)
      let isError: Bool =
        switch message.kind {
        case .timeExceeded, .destinationUnreachable, .packetTooBig, .parameterProblem: true
        case .echoRequest, .echoReply, .other: false
        }
      #expect((message.quoted != nil) == isError)
      let errors: [UInt8] = family == .ipv4 ? [3, 11, 12] : [1, 2, 3, 4]
      #expect(errors.contains(type) == isError)
    }
  }

  @Test("an error whose quote is no IP header is an error that says where")
  func badQuote() {
    var bytes = Sample.timeExceededICMP.bytes
    bytes[8] = 0x60
    #expect(throws: PacketError(.ipv4Version, at: 8, .badVersion)) {
      try ICMPMessage.parse(bytes.span.bytes, family: .ipv4)
    }
  }
}

@Suite("QuotedDatagram")
struct QuotedDatagramTests {
  /// The datagram that a sample quotes, cut after `count` bytes.
  private func quote(_ sample: Sample, count: Int, family: AddressFamily = .ipv4) throws(PacketError) -> QuotedDatagram
  {
    try QuotedDatagram.parse(sample.bytes.span.bytes, at: 8, end: 8 + count, family: family)
  }

  @Test("fewer than 8 bytes of transport are no error, but no transport either")
  func short() throws {
    for count in 20..<28 {
      #expect(try quote(.timeExceededICMP, count: count).transport == nil)
    }
    #expect(try quote(.timeExceededICMP, count: 28).transport != nil)
    for count in 40..<56 {
      #expect(try quote(.packetTooBigUDP, count: count, family: .ipv6).transport == nil)
    }
    #expect(try quote(.packetTooBigUDP, count: 56, family: .ipv6).transport != nil)
  }

  @Test("options that are cut short are no error")
  func cutOptions() throws {
    let bytes = Array(Sample.ipv4OptionsUDP.bytes[..<24])
    let quoted = try QuotedDatagram.parse(bytes.span.bytes, at: 0, end: 24, family: .ipv4)
    #expect(quoted.transport == nil && quoted.destination == target && quoted.payload.isEmpty)
  }

  @Test("padding behind the probe is not its payload")
  func padding() throws {
    let bytes = Sample.ipv4OptionsUDP.bytes + [UInt8](repeating: 0, count: 88)
    let quoted = try QuotedDatagram.parse(bytes.span.bytes, at: 0, end: bytes.count, family: .ipv4)
    #expect(quoted.end == 40 && quoted.payload == 36..<40)
  }

  @Test("a total length that cannot be true does not shorten the quote", arguments: [0, 20, 27] as [UInt8])
  func implausibleLength(length: UInt8) throws {
    var bytes = Sample.timeExceededICMP.bytes
    bytes[11] = length
    let quoted = try QuotedDatagram.parse(bytes.span.bytes, at: 8, end: bytes.count, family: .ipv4)
    #expect(quoted.transport != nil && quoted.end == bytes.count)
  }

  @Test("a later fragment has no transport header to quote")
  func fragment() throws {
    let bytes = Sample.ipv4Fragment.bytes
    let quoted = try QuotedDatagram.parse(bytes.span.bytes, at: 0, end: bytes.count, family: .ipv4)
    #expect(quoted.fragmentOffset == 1480 && quoted.transport == nil)
  }

  @Test("a probe under an unknown protocol has no transport, but all else")
  func unknownProtocol() throws {
    var bytes = Sample.timeExceededICMP.bytes
    bytes[17] = 132
    let quoted = try QuotedDatagram.parse(bytes.span.bytes, at: 8, end: bytes.count, family: .ipv4)
    #expect(quoted.transport == nil && quoted.protocolNumber == IPProtocol(rawValue: 132))
  }

  @Test("transport bytes alone are read, as an error queue gives them")
  func transportOnly() {
    let bytes = Array(Sample.timeExceededICMP.bytes[28...])
    #expect(
      QuotedTransport.parse(bytes.span.bytes, at: 0, end: 99, protocol: .icmp)
        == .icmp(type: 8, code: 0, checksum: 0xf7f9, identifier: 42, sequence: 5))
    #expect(QuotedTransport.parse(bytes.span.bytes, at: 0, end: 7, protocol: .icmp) == nil)
    let none: [UInt8] = []
    #expect(QuotedTransport.parse(none.span.bytes, at: 0, end: 0, protocol: .udp) == nil)
    #expect(QuotedTransport.parse(bytes.span.bytes, at: -1, end: 8, protocol: .udp) == nil)
  }
}
