/// An ICMP or ICMPv6 message, RFC 792 and RFC 4443, as far as a tracer needs it: a flat value of numbers.
///
///      0      | type
///      1      | code
///      2…3    | checksum
///      4…7    | echo: identifier, sequence · errors: length of the quote (IPv4 byte 5, IPv6 byte 4), MTU, pointer
///      8…     | echo: payload · errors: the quoted datagram, then the extension structure if there is one
package struct ICMPMessage: Hashable, Sendable {
  /// What a message is, in the words that both versions share.
  package enum Kind: Hashable, Sendable {
    case echoRequest
    case echoReply
    case timeExceeded
    /// IPv4 type 3 with any code, so also "fragmentation needed"; IPv6 type 1.
    case destinationUnreachable
    /// IPv6 type 2: the next hop's MTU in bytes, as claimed.
    case packetTooBig(mtu: UInt32)
    case parameterProblem
    /// Any other type: not about probes.
    case other
  }

  /// The length of the header, in bytes.
  package static let headerLength = 8

  /// Which of the two protocols it belongs to, ICMP or ICMPv6; the types differ.
  package var family: AddressFamily
  /// What it is, as a number of its own family; see `kind`.
  package var type: UInt8
  /// The type in more detail, such as the reason of an unreachable.
  package var code: UInt8
  /// As received; verified only where `parse` was asked to.
  package var checksum: UInt16
  /// Bytes 4…7, whose meaning depends on the type.
  package var restOfHeader: UInt32
  /// Where what follows the header lies in the span: the payload of an echo, the quote and extensions of an error.
  package var body: Range<Int>
  /// The datagram that an error quotes; nil for a message that is no error.
  package var quoted: QuotedDatagram?
  /// Where an extension structure lies in the span, for `ICMPExtension.parse`; nil when there is none.
  package var extensions: Range<Int>?

  /// What the message is.
  package var kind: Kind {
    Self.kind(family, type: type, restOfHeader: restOfHeader)
  }

  @inline(__always)
  static func kind(_ family: AddressFamily, type: UInt8, restOfHeader: UInt32) -> Kind {
    switch family {
    case .ipv4:
      switch type {
      case ICMPType.echoReply: .echoReply
      case ICMPType.destinationUnreachable: .destinationUnreachable
      case ICMPType.echoRequest: .echoRequest
      case ICMPType.timeExceeded: .timeExceeded
      case ICMPType.parameterProblem: .parameterProblem
      default: .other
      }
    case .ipv6:
      switch type {
      case ICMPv6Type.destinationUnreachable: .destinationUnreachable
      case ICMPv6Type.packetTooBig: .packetTooBig(mtu: restOfHeader)
      case ICMPv6Type.timeExceeded: .timeExceeded
      case ICMPv6Type.parameterProblem: .parameterProblem
      case ICMPv6Type.echoRequest: .echoRequest
      case ICMPv6Type.echoReply: .echoReply
      default: .other
      }
    }
  }

  /// The identifier of an echo message; meaningless in others.
  package var identifier: UInt16 {
    UInt16(truncatingIfNeeded: restOfHeader >> 16)
  }

  /// The sequence number of an echo message; meaningless in others.
  package var sequence: UInt16 {
    UInt16(truncatingIfNeeded: restOfHeader)
  }

  /// The MTU in bytes that "fragmentation needed" (RFC 1191 section 4) or "packet too big" claims; nil in other messages, and
  /// when a router of before 1990 left it 0.
  package var nextHopMTU: UInt32? {
    Self.nextHopMTU(family, type: type, code: code, restOfHeader: restOfHeader)
  }

  @inline(__always)
  static func nextHopMTU(_ family: AddressFamily, type: UInt8, code: UInt8, restOfHeader: UInt32) -> UInt32? {
    let mtu: UInt32 =
      switch (family, type, code) {
      case (.ipv4, ICMPType.destinationUnreachable, 4): restOfHeader & 0xffff
      case (.ipv6, ICMPv6Type.packetTooBig, _): restOfHeader
      default: 0
      }
    return mtu == 0 ? nil : mtu
  }
}

/// The ICMP types that concern probes, RFC 792.
package enum ICMPType {
  /// Answers an echo request.
  package static let echoReply: UInt8 = 0
  /// The datagram cannot go on; the code says why.
  package static let destinationUnreachable: UInt8 = 3
  /// Asks for an echo reply.
  package static let echoRequest: UInt8 = 8
  /// The TTL ran out at a router (code 0), or a fragment was missed (code 1).
  package static let timeExceeded: UInt8 = 11
  /// A field of the header cannot be processed.
  package static let parameterProblem: UInt8 = 12
}

/// The ICMPv6 types that concern probes, RFC 4443.
package enum ICMPv6Type {
  /// The datagram cannot go on; the code says why.
  package static let destinationUnreachable: UInt8 = 1
  /// The datagram does not fit into the next hop's MTU, which bytes 4…7 give.
  package static let packetTooBig: UInt8 = 2
  /// The hop limit ran out at a router (code 0), or a fragment was missed (code 1).
  package static let timeExceeded: UInt8 = 3
  /// A field of a header cannot be processed.
  package static let parameterProblem: UInt8 = 4
  /// Asks for an echo reply.
  package static let echoRequest: UInt8 = 128
  /// Answers an echo request.
  package static let echoReply: UInt8 = 129
}

/// What an ICMP checksum covers.
package enum ICMPChecksum: Hashable, Sendable {
  /// It is somebody else's to make or to verify: the kernel's, which does both for ICMPv6.
  case none
  /// The message alone, as in ICMP.
  case message
  /// A pseudo header and the message, as in ICMPv6 (RFC 4443 section 2.3).
  case pseudoHeader(source: IPAddress, destination: IPAddress)
}
