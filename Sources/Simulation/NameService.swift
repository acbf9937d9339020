import NameWire
import Packets
import Statistics
import Time

/// The name server at a node of a simulated network: DNS messages by UDP in, answers out, with the trouble that is
/// stated.
///
/// It has no TCP: its answers are short, and one that is not comes truncated.
struct NameService {
  /// Where it is asked (RFC 1035 section 4.2).
  private static let port: UInt16 = 53

  private let zone: LabZone
  private let addresses: [IPAddress]
  private let model: ResolverModel
  private var turnaround: LinkCrossing

  /// nil for a network without a resolver.
  init?(_ topology: Topology) {
    guard let server = topology.nameServer else { return nil }
    zone = LabZone(topology)
    addresses = server.addresses
    model = ResolverModel(server.behaviors)
    turnaround = LinkCrossing(model.turnaround)
  }

  /// Takes over what the server was in the middle of.
  mutating func resume(_ before: NameService) {
    turnaround.resume(before.turnaround)
  }

  /// Whether a datagram that has come to its destination is for the name server. It has a whole UDP header.
  func takes(_ flight: borrowing Flight) -> Bool {
    flight.header.protocolNumber == .udp && addresses.contains(flight.header.destination)
      && flight.bytes.span.bytes.uint16(at: flight.header.transportOffset + 2) == Self.port
  }

  /// The message to answer with, and how long it takes to find; nil when no answer comes.
  mutating func answer(to flight: borrowing Flight, using generator: inout SeededGenerator) -> (
    message: [UInt8], time: Duration
  )? {
    guard model.answers, let query = Self.query(in: flight), let time = turnaround.nanoseconds(using: &generator) else {
      return nil
    }
    var reply = reply(to: query, using: &generator)
    reply.recursionAvailable = true
    return (reply.bytes(within: query.replyLimit), Duration(nanoseconds: time))
  }

  private func reply(to query: NameMessage, using generator: inout SeededGenerator) -> NameMessage {
    if model.refuses { return query.reply(.refused) }
    if model.failureShare > 0, generator.unit() < model.failureShare { return query.reply(.serverFailure) }
    guard query.opcode == 0 else { return query.reply(.notImplemented) }
    guard let asked = query.asked else { return query.reply(.formatError) }
    let (code, answers) = zone.records(for: asked)
    return query.reply(code, answers: answers)
  }

  /// The question in a datagram; nil for what cannot be read, and for an answer, which must not be answered.
  private static func query(in flight: borrowing Flight) -> NameMessage? {
    let bytes = flight.bytes.span.bytes.extracting(first: flight.header.length)
    do throws(PacketError) {
      let header = try UDPHeader.parse(bytes, at: flight.header.transportOffset)
      let start = flight.header.transportOffset + UDPHeader.length
      try bytes.require(header.length - UDPHeader.length, at: start, .udpLength)
      let end = flight.header.transportOffset + header.length
      let message = parse(bytes.extracting(start..<end))
      return message?.isResponse == false ? message : nil
    } catch {
      return nil
    }
  }

  private static func parse(_ bytes: RawSpan) -> NameMessage? {
    do throws(NameWireError) {
      return try NameMessage.parse(bytes)
    } catch {
      return nil
    }
  }
}
