import CSystemIO
import Packets
import SystemIO

/// A classic BPF program that a socket runs on what arrives, before it takes any of the receive buffer.
///
/// A raw ICMP socket hears everything that any program of the machine is sent. Without a filter, 2,000 echo replies of another
/// program, read 20 ms late, left none of our 30: the buffer was full of theirs.
///
/// A program sees an IPv4 packet from its IP header on, and an ICMPv6 message from its own header on.
struct PacketFilter {
  let program: [csio_filter_instruction]

  /// Accepts what is about echo requests with this identifier: echo replies, and errors that quote a request.
  ///
  /// It drops only what is surely not ours; the parser checks the rest.
  ///
  /// - Parameter sequence: of the one request that counts; nil takes all with that identifier.
  static func echo(identifier: UInt16, sequence: UInt16? = nil, family: AddressFamily) -> PacketFilter {
    let identifier = UInt32(identifier)
    let sequence = sequence.map { UInt32($0) }
    switch family {
    case .ipv4: return PacketFilter(program: FilterProgram.assemble(ipv4(identifier, sequence)))
    case .ipv6: return PacketFilter(program: FilterProgram.assemble(ipv6(identifier, sequence)))
    }
  }

  /// Accepts nothing: for a socket that has not sent its probe yet.
  static let nothing = PacketFilter(program: FilterProgram.assemble([.reject]))

  /// Attaches the program; what the socket took before is still in its buffer.
  ///
  /// - Throws: `SystemError` of `setsockopt`.
  func attach(to descriptor: Int32) throws(SystemError) {
    try checked(csio_attach_filter(descriptor, program, Int32(program.count)), "setsockopt SO_ATTACH_FILTER")
  }

  // RFC 792. H is the length of the outer IPv4 header, with options or without, Q that of the quoted one.
  //
  //      0           H        H+4       H+8                 H+8+Q    H+8+Q+4
  //     ┌───────────┬────────┬─────────┬───────────────────┬────────┬─────────┐
  //     │ IP header │ type … │ id, seq │ quoted IP header  │ type … │ id, seq │
  //     └───────────┴────────┴─────────┴───────────────────┴────────┴─────────┘
  private static func ipv4(_ identifier: UInt32, _ sequence: UInt32?) -> [FilterStep] {
    let sequenceAtX = { (offset: UInt32) in sequence.map { [FilterStep.loadHalfAtX(offset), .require($0)] } ?? [] }
    return [
      .headerLengthToX(0),
      .loadByteAtX(0),
      .go(to: .reply, ifEqual: UInt32(ICMPType.echoReply)),
      .go(to: .error, ifEqual: UInt32(ICMPType.destinationUnreachable)),
      .go(to: .error, ifEqual: UInt32(ICMPType.timeExceeded)),
      .go(to: .error, ifEqual: UInt32(ICMPType.parameterProblem)),
      .reject,

      .label(.reply),
      .loadHalfAtX(4),
      .require(identifier),
    ] + sequenceAtX(6) + [
      .accept,

      .label(.error),
      .loadByteAtX(8 + 9),  // the quoted header's protocol
      .require(UInt32(IPProtocol.icmp.rawValue)),
      .loadByteAtX(8),
      .and(0xf),
      .shiftLeft(2),
      .addX,
      .copyToX,  // X is H + Q
      .loadByteAtX(8),
      .require(UInt32(ICMPType.echoRequest)),
      .loadHalfAtX(8 + 4),
      .require(identifier),
    ] + sequenceAtX(8 + 6) + [.accept]
  }

  // RFC 4443. Our requests have no extension headers, and nothing on the way may add one (RFC 8200 section 4), so the quoted
  // message is at a fixed place.
  //
  //      0        4         8                    48       52
  //     ┌────────┬─────────┬────────────────────┬────────┬─────────┐
  //     │ type … │ id, seq │ quoted IPv6 header │ type … │ id, seq │
  //     └────────┴─────────┴────────────────────┴────────┴─────────┘
  private static func ipv6(_ identifier: UInt32, _ sequence: UInt32?) -> [FilterStep] {
    let sequenceAt = { (offset: UInt32) in sequence.map { [FilterStep.loadHalf(offset), .require($0)] } ?? [] }
    return [
      .loadByte(0),
      .go(to: .reply, ifEqual: UInt32(ICMPv6Type.echoReply)),
      .go(to: .error, ifEqual: UInt32(ICMPv6Type.destinationUnreachable)),
      .go(to: .error, ifEqual: UInt32(ICMPv6Type.packetTooBig)),
      .go(to: .error, ifEqual: UInt32(ICMPv6Type.timeExceeded)),
      .go(to: .error, ifEqual: UInt32(ICMPv6Type.parameterProblem)),
      .reject,

      .label(.reply),
      .loadHalf(4),
      .require(identifier),
    ] + sequenceAt(6) + [
      .accept,

      .label(.error),
      .loadByte(8 + 6),  // the quoted header's next header
      .require(UInt32(IPProtocol.icmpv6.rawValue)),
      .loadByte(48),
      .require(UInt32(ICMPv6Type.echoRequest)),
      .loadHalf(52),
      .require(identifier),
    ] + sequenceAt(54) + [.accept]
  }
}
