import Packets
import Time

/// What a reply to a probe is, by its own header.
package enum ReplyKind: Hashable, Sendable {
  /// ICMP time exceeded in transit: a router at the probe's TTL (RFC 792, RFC 4443 section 3.3).
  case timeExceeded
  /// ICMP echo reply.
  case echoReply
  /// ICMP destination unreachable, packet too big, or parameter problem.
  case unreachable(UnreachableCode)
  /// A UDP datagram from the port that was probed: a program there has answered, instead of the port being unreachable.
  case datagram
  /// TCP reset.
  case reset
  /// TCP SYN with ACK.
  case synAck
}

/// An ICMP error that says a probe cannot go on, as type and code of its own family.
package struct UnreachableCode: Hashable, Sendable {
  package let family: AddressFamily
  package let type: UInt8
  package let code: UInt8
  /// Next-hop MTU in bytes, for fragmentation needed (RFC 1191) and packet too big (RFC 4443 section 3.2).
  package let mtu: UInt32?

  package init(family: AddressFamily, type: UInt8, code: UInt8, mtu: UInt32? = nil) {
    self.family = family
    self.type = type
    self.code = code
    self.mtu = mtu
  }

  /// Port unreachable: the probe arrived at a host that has no such port.
  package var isPort: Bool {
    switch family {
    case .ipv4: type == 3 && code == 3
    case .ipv6: type == 1 && code == 4
    }
  }

  /// The mark that traceroute prints behind the RTT: `!H`, `!X`, `!F-1400`; `!<13>` for codes without a letter.
  package var marker: String {
    switch family {
    case .ipv4: markerIPv4
    case .ipv6: markerIPv6
    }
  }

  private var markerIPv4: String {
    guard type == 3 else { return "!<\(type)-\(code)>" }
    switch code {
    case 0: return "!N"
    case 1: return "!H"
    case 2: return "!P"
    case 3: return "!p"
    case 4: return "!F-\(mtu ?? 0)"
    case 5: return "!S"
    case 6: return "!U"
    case 7: return "!W"
    case 8: return "!I"
    case 9: return "!A"
    case 10: return "!Z"
    case 11: return "!Q"
    case 12: return "!T"
    case 13: return "!X"
    case 14: return "!V"
    case 15: return "!C"
    default: return "!<\(code)>"
    }
  }

  private var markerIPv6: String {
    if type == 2 { return "!F-\(mtu ?? 0)" }
    guard type == 1 else { return "!<\(type)-\(code)>" }
    switch code {
    case 0: return "!N"
    case 1: return "!X"
    case 2: return "!S"
    case 3: return "!H"
    case 4: return "!p"
    default: return "!<\(code)>"
    }
  }

  /// In words: "host unreachable".
  package var meaning: String {
    switch family {
    case .ipv4: meaningIPv4
    case .ipv6: meaningIPv6
    }
  }

  private var meaningIPv4: String {
    guard type == 3 else { return "ICMP type \(type) code \(code)" }
    let meanings = [
      "network unreachable", "host unreachable", "protocol unreachable", "port unreachable", "fragmentation needed",
      "source route failed", "network unknown", "host unknown", "source host isolated",
      "network administratively prohibited", "host administratively prohibited",
      "network unreachable for this type of service", "host unreachable for this type of service",
      "administratively prohibited", "host precedence violation", "precedence cutoff in effect",
    ]
    return Int(code) < meanings.count ? meanings[Int(code)] : "unreachable, code \(code)"
  }

  private var meaningIPv6: String {
    if type == 2 { return "packet too big" }
    guard type == 1 else { return "ICMPv6 type \(type) code \(code)" }
    let meanings = [
      "no route to destination", "administratively prohibited", "beyond scope of source address",
      "address unreachable", "port unreachable", "source address failed ingress or egress policy",
      "reject route to destination",
    ]
    return Int(code) < meanings.count ? meanings[Int(code)] : "unreachable, code \(code)"
  }
}

/// What came back for one probe. Each field says which header it is from.
package struct Reply: Hashable, Sendable {
  /// Source address of the reply's IP header; of a queued error, its offender.
  package var responder: IPAddress
  package var kind: ReplyKind
  /// Type and code of the reply's ICMP header; nil for UDP and TCP.
  package var icmpType: UInt8?
  package var icmpCode: UInt8?
  /// TTL or hop limit of the reply's IP header.
  package var replyTTL: UInt8?
  /// TTL or hop limit of the IP header that the error quotes; 1 unless something on the way is unusual.
  package var quotedTTL: UInt8?
  /// RFC 4884 objects of the error, in order.
  package var extensions: [ICMPExtensionObject]
  /// When the reply reached this host.
  package var arrival: Instant
  /// Who took `arrival`.
  package var stamp: StampSource
  /// When the program read it; the difference to `arrival` is the program's own lag.
  package var read: Instant

  package init(
    responder: IPAddress, kind: ReplyKind, icmpType: UInt8? = nil, icmpCode: UInt8? = nil, replyTTL: UInt8? = nil,
    quotedTTL: UInt8? = nil, extensions: [ICMPExtensionObject] = [], arrival: Instant, stamp: StampSource,
    read: Instant
  ) {
    self.responder = responder
    self.kind = kind
    self.icmpType = icmpType
    self.icmpCode = icmpCode
    self.replyTTL = replyTTL
    self.quotedTTL = quotedTTL
    self.extensions = extensions
    self.arrival = arrival
    self.stamp = stamp
    self.read = read
  }

  /// Whether this reply shows that the probe arrived at `target`.
  ///
  /// Echo replies, datagrams, resets and SYN-ACKs count only from the target itself; a port unreachable counts from
  /// anyone, since a host behind translation or with several addresses may answer from another one.
  package func ends(atTarget target: IPAddress) -> Bool {
    switch kind {
    case .echoReply, .datagram, .reset, .synAck: responder == target
    case .unreachable(let code): code.isPort
    case .timeExceeded: false
    }
  }

  /// The unreachable code when this reply says that the path ends here without the target.
  package var pathEndCode: UnreachableCode? {
    guard case .unreachable(let code) = kind, !code.isPort else { return nil }
    return code
  }
}
