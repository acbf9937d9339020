import CSystemIO
import Packets
import Probing
import SystemIO
import Testing
import Tracing

@testable import Sockets

/// Errors of routers that this machine has none of, written by hand and sent to the machine itself: what the kernel makes of them
/// in an error queue, and what the parser then reads.
@Suite(
  "Quotes in the error queue", .serialized,
  .enabled(if: Capability.hasRawSockets, "sending hand-made ICMP errors needs CAP_NET_RAW"))
struct QueuedQuoteTests {
  private static let label = ICMPExtensionObject.mpls([MPLSLabel(label: 16_001, bottomOfStack: true, timeToLive: 1)])
  private static let number: UInt16 = 0x0123

  @Test("extension objects are found where the kernel says", arguments: LoopbackTests.loopbacks)
  func extensions(_ address: IPAddress) async throws {
    let (record, bytes) = try await arrival(at: address, quotedPayload: 32, extensions: [Self.label])
    #expect(record.errorType == (address.family == .ipv4 ? ICMPType.timeExceeded : ICMPv6Type.timeExceeded))
    let offset = try #require(record.extensionOffset)
    let found = ICMPExtension.parse(bytes.span.bytes, in: offset..<bytes.count)
    #expect(found == ICMPExtension(objects: [Self.label]))
    let reply = try #require(parse(record, bytes))
    #expect(reply.extensions == offset..<bytes.count)
    #expect(number(of: reply) == Self.number)
  }

  @Test("a whole quote without extensions tells the probe", arguments: LoopbackTests.loopbacks)
  func wholeQuote(_ address: IPAddress) async throws {
    let (record, bytes) = try await arrival(at: address, quotedPayload: 32, extensions: [])
    #expect(record.extensionOffset == nil)
    let reply = try #require(parse(record, bytes))
    #expect(number(of: reply) == Self.number)
    #expect(reply.kind == .timeExceeded)
  }

  @Test("a quote of eight bytes tells the destination and the ports only", arguments: LoopbackTests.loopbacks)
  func shortQuote(_ address: IPAddress) async throws {
    let (record, bytes) = try await arrival(at: address, quotedPayload: 0, extensions: [])
    #expect(bytes.isEmpty)
    let reply = try #require(parse(record, bytes))
    guard case .ambiguous(let destination, let local, let port) = reply.key else {
      Issue.record("Not ambiguous but \(reply.key)")
      return
    }
    #expect(destination == address)
    #expect(local == record.localIdentity)
    #expect(port == LoopbackTests.closedPort)
  }

  private func parse(_ record: ArrivalBatch.Record, _ bytes: [UInt8]) -> ParsedReply? {
    ReplyParser.parse(record, bytes.span.bytes)
  }

  private func number(of reply: ParsedReply) -> UInt16? {
    guard case .identity(let identity) = reply.key else { return nil }
    return identity.sequence
  }

  /// Sends a time exceeded about a UDP probe that never left, and returns what arrives of it.
  private func arrival(
    at address: IPAddress, quotedPayload: Int, extensions: [ICMPExtensionObject]
  ) async throws -> (ArrivalBatch.Record, [UInt8]) {
    let station = try Station()
    let port = try await station.open(.udp, .errqueue, address.family)
    let payload =
      Array("ft".utf8) + [UInt8(Self.number >> 8), UInt8(Self.number & 0xff)] + [UInt8](repeating: 7, count: 28)
    var quote = ByteWriter()
    switch address.family {
    case .ipv4:
      IPv4Header(
        source: address, destination: address, protocolNumber: .udp, timeToLive: 1,
        payloadLength: UDPHeader.length + payload.count
      ).write(into: &quote)
    case .ipv6:
      IPv6Header(
        source: address, destination: address, nextHeader: .udp, hopLimit: 1,
        payloadLength: UDPHeader.length + payload.count
      ).write(into: &quote)
    }
    UDPHeader(sourcePort: port, destinationPort: LoopbackTests.closedPort, payloadLength: payload.count)
      .write(into: &quote)
    quote.append(Array(payload.prefix(quotedPayload)))
    var message = ByteWriter()
    ICMPMessage.writeError(
      family: address.family, type: address.family == .ipv4 ? ICMPType.timeExceeded : ICMPv6Type.timeExceeded, code: 0,
      quote: quote.bytes.span.bytes, extensions: extensions, checksum: address.family == .ipv4 ? .message : .none,
      into: &message)
    try send(message.bytes, to: address)
    let log = await station.receive(departures: 0, others: 1)
    return (try #require(log.others.first), try #require(log.bytes.first))
  }

  private func send(_ message: [UInt8], to address: IPAddress) throws {
    let socket = FileDescriptor(
      owning: try checked(Capability.withRawSockets { csio_raw_icmp_socket(address.family.isIPv6) }, "socket"))
    var departure = csio_departure()
    departure.destination = csio_address(address)
    departure.length = UInt32(message.count)
    departure.hop_limit = 64
    try checked(csio_send(socket.raw, message, &departure, 1), "sendmsg")
  }
}
