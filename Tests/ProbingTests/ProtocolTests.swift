import Packets
import Testing
import Time
import Tracing

@testable import Probing

@Suite("Probe protocols")
struct ProtocolTests {
  static func request(
    _ name: ProbeProtocolName, _ family: AddressFamily = .ipv4, flow: UInt16 = 0
  ) -> TraceRequest {
    let target = family == .ipv4 ? IPAddress(203, 0, 113, 80) : IPAddress(high: 0x2001_0db8_0000_0000, low: 80)
    var request = TraceRequest(
      target: target, method: ProbeMethod(protocolName: name, socket: .raw, family: family))
    request.flow = FlowID(flow)
    return request
  }

  @Test("an ICMP echo has the same valid checksum whatever its sequence number")
  func constantChecksum() throws {
    let echo = ICMPEchoProtocol(Self.request(.icmp), identifier: 0x1234)
    var checksums: Set<UInt16> = []
    for sequence in UInt16.min...UInt16.max {
      var bytes: [UInt8] = []
      echo.encode(sequence: sequence, into: &bytes)
      let message = try ICMPMessage.parse(bytes.span.bytes, family: .ipv4, verifyingChecksum: .message)
      #expect(message.identifier == 0x1234 && message.sequence == sequence)
      checksums.insert(message.checksum)
    }
    #expect(checksums == [0x6674])
  }

  @Test("another flow has another checksum")
  func flows() throws {
    var bytes: [UInt8] = []
    ICMPEchoProtocol(Self.request(.icmp, flow: 3), identifier: 1).encode(sequence: 9, into: &bytes)
    let message = try ICMPMessage.parse(bytes.span.bytes, family: .ipv4, verifyingChecksum: .message)
    #expect(message.checksum == 0x6677)
  }

  @Test("the sum of an ICMPv6 echo is constant, so that the kernel's checksum is too")
  func constantSumIPv6() {
    let echo = ICMPEchoProtocol(Self.request(.icmp, .ipv6), identifier: 0xfffe)
    var sums: Set<UInt16> = []
    for sequence in stride(from: 0, through: 65535, by: 257) {
      var bytes: [UInt8] = []
      echo.encode(sequence: UInt16(sequence), into: &bytes)
      var sum = InternetChecksum()
      sum.add(bytes.span.bytes, in: 0..<bytes.count)
      sums.insert(sum.value)
    }
    #expect(sums.count == 1)
  }

  @Test("a UDP probe has constant ports and carries its number where a quote gives it back")
  func udp() throws {
    let udp = UDPProtocol(Self.request(.udp), sourcePort: 50000)
    var bytes: [UInt8] = []
    udp.encode(sequence: 0xabcd, port: 33434, into: &bytes)
    let header = try UDPHeader.parse(bytes.span.bytes)
    #expect(header.sourcePort == 50000 && header.destinationPort == 33434)
    #expect(Int(header.length) == bytes.count)
    let number = UDPProtocol.number(inPayload: 8..<bytes.count, of: bytes.span.bytes)
    #expect(number == 0xabcd)
    let cut = UDPProtocol.number(inPayload: 8..<11, of: bytes.span.bytes)
    #expect(cut == nil)
  }

  @Test(
    "a probe's datagram is as long as asked for, and is known by its first bytes",
    arguments: ProbeProtocolName.allCases, [TraceRequest.leastSize, 60, 1_400, TraceRequest.mostSize])
  func sizes(name: ProbeProtocolName, size: Int) throws {
    for family in AddressFamily.allCases {
      var request = Self.request(name, family)
      request.size = size
      var bytes: [UInt8] = []
      ProbeProtocol(request, local: 50000).encode(sequence: 0xabcd, port: request.port, into: &bytes)
      #expect(bytes.count == size - (family == .ipv4 ? 20 : 40))
      switch name {
      case .icmp:
        let message = try ICMPMessage.parse(
          bytes.span.bytes, family: family, verifyingChecksum: family == .ipv4 ? .message : .none)
        #expect(message.sequence == 0xabcd)
      case .udp:
        let number = UDPProtocol.number(inPayload: 8..<bytes.count, of: bytes.span.bytes)
        #expect(number == 0xabcd)
        #expect(try Int(UDPHeader.parse(bytes.span.bytes).length) == bytes.count)
      case .tcp: Issue.record("No TCP probe is sent.")
      }
    }
  }

  @Test("a trace that varies its flow has another valid checksum for each sequence number")
  func variedChecksum() throws {
    var request = Self.request(.icmp)
    request.variesFlow = true
    let echo = ICMPEchoProtocol(request, identifier: 0x1234)
    var checksums: Set<UInt16> = []
    for sequence in UInt16(0)..<1_000 {
      var bytes: [UInt8] = []
      echo.encode(sequence: sequence, into: &bytes)
      let message = try ICMPMessage.parse(bytes.span.bytes, family: .ipv4, verifyingChecksum: .message)
      #expect(message.sequence == sequence)
      checksums.insert(message.checksum)
    }
    #expect(checksums.count == 1_000)
  }

  @Test("a trace that varies its flow counts UDP ports up from probe to probe, and begins again behind the last")
  func variedPort() throws {
    var request = Self.request(.udp)
    request.variesFlow = true
    request.queries = 3
    request.port = 65_530
    let udp = UDPProtocol(request, sourcePort: 50000)
    let ids = try (1...3).flatMap { ttl in
      try (0..<3).map { ProbeID(ttl: try #require(TTL(ttl)), attempt: UInt16($0)) }
    }
    #expect(ids.map(udp.port(of:)) == [65530, 65531, 65532, 65533, 65534, 65535, 65530, 65531, 65532])
    var bytes: [UInt8] = []
    udp.encode(sequence: 1, port: 65_533, into: &bytes)
    #expect(try UDPHeader.parse(bytes.span.bytes).destinationPort == 65_533)
    #expect(udp.mayUse(65_531) && !udp.mayUse(65_529))
  }
}

@Suite("ReplyParser")
struct ReplyParserTests {
  /// A router's time exceeded about a probe of ours, `quoteLength` bytes of it.
  static func timeExceeded(
    _ name: ProbeProtocolName, quoteLength: Int? = nil
  ) -> (ArrivalBatch.Record, [UInt8]) {
    let request = ProtocolTests.request(name)
    var probe: [UInt8] = []
    ProbeProtocol(request, local: 0x4321).encode(sequence: 77, port: request.port, into: &probe)
    var quote = ByteWriter()
    IPv4Header(
      source: IPAddress(192, 0, 2, 1), destination: request.target,
      protocolNumber: name == .icmp ? .icmp : .udp, timeToLive: 1, payloadLength: probe.count
    ).write(into: &quote)
    let quoted = Array((quote.bytes + probe).prefix(20 + (quoteLength ?? probe.count)))
    var message = ByteWriter()
    ICMPMessage.writeError(
      family: .ipv4, type: ICMPType.timeExceeded, code: 0, quote: quoted.span.bytes, checksum: .message,
      into: &message)
    var datagram = ByteWriter()
    IPv4Header(
      source: IPAddress(10, 0, 0, 9), destination: IPAddress(192, 0, 2, 1), protocolNumber: .icmp, timeToLive: 61,
      payloadLength: message.count
    ).write(into: &datagram)
    let bytes = datagram.bytes + message.bytes
    let record = ArrivalBatch.Record(
      form: .ipv4Datagram, family: .ipv4, protocolName: .icmp, source: nil, stamp: .zero, stampSource: .kernel,
      range: 0..<bytes.count)
    return (record, bytes)
  }

  @Test("eight quoted bytes of transport are enough for ICMP")
  func eightBytes() throws {
    let (record, bytes) = Self.timeExceeded(.icmp, quoteLength: 8)
    let parsed = ReplyParser.parse(record, bytes.span.bytes)
    let reply = try #require(parsed)
    guard case .identity(let identity) = reply.key else {
      Issue.record("key \(reply.key)")
      return
    }
    #expect(identity.sequence == 77 && identity.local == 0x4321)
    #expect(identity.destination == IPAddress(203, 0, 113, 80))
    #expect(reply.responder == IPAddress(10, 0, 0, 9))
    #expect(reply.replyTTL == 61 && reply.quotedTTL == 1 && reply.kind == .timeExceeded)
  }

  @Test("a UDP quote without payload is ambiguous, with payload it is not")
  func udpQuotes() throws {
    let (short, shortBytes) = Self.timeExceeded(.udp, quoteLength: 8)
    guard case .ambiguous(let destination, 0x4321, 33434) = ReplyParser.parse(short, shortBytes.span.bytes)?.key
    else {
      Issue.record("not ambiguous")
      return
    }
    #expect(destination == IPAddress(203, 0, 113, 80))
    let (whole, wholeBytes) = Self.timeExceeded(.udp)
    guard case .identity(let identity) = ReplyParser.parse(whole, wholeBytes.span.bytes)?.key else {
      Issue.record("not identified")
      return
    }
    #expect(identity.sequence == 77 && identity.port == 33434)
  }

  @Test("no truncation of a reply is more than nothing, and none traps")
  func truncations() {
    for name in ProbeProtocolName.allCases {
      let (record, bytes) = Self.timeExceeded(name)
      for length in 0..<bytes.count {
        let cut = Array(bytes.prefix(length))
        if case .identity(let identity) = ReplyParser.parse(record, cut.span.bytes)?.key {
          #expect(identity.sequence == 77)
        }
      }
    }
  }
}

@Suite("Pacer")
struct PacerTests {
  @Test("every tracer gets its turn, and the round goes on where it stopped")
  func fairness() {
    var pacer = Pacer()
    var left = [3, 100, 3]
    var order: [Int] = []
    for _ in 0..<2 {
      pacer.share(among: 3, most: 5) { index in
        guard left[index] > 0 else { return false }
        left[index] -= 1
        order.append(index)
        return true
      }
    }
    #expect(order == [0, 1, 2, 0, 1, 2, 0, 1, 2, 1])
  }
}
