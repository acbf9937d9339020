import Packets
import Time

/// What the bytes of an arrival are.
package enum ArrivalForm: UInt8, Hashable, Sendable, CaseIterable {
  /// An IPv4 datagram from its IP header on (raw IPv4 socket).
  case ipv4Datagram
  /// An ICMP or ICMPv6 message; source and hop limit came beside it (ping socket, raw IPv6 socket).
  case icmpMessage
  /// An error from a socket's error queue. The bytes are the quoted transport message as the kernel hands it out:
  /// from the ICMP header on for a ping socket, from the UDP payload on for a UDP socket.
  case queuedError
  /// A datagram for a UDP socket, which may be the answer of a program on the probed port. Its bytes are of no use,
  /// and are left out.
  case udpDatagram
  /// The kernel's stamp of a departure; no bytes.
  case departureStamp
  /// An IPv6 datagram from its IP header on, with its extension headers (out of a capture).
  case ipv6Datagram
}

/// By what an arrival was found to be about a probe.
package enum PacketKey: String, Hashable, Sendable, CaseIterable {
  /// By what it quotes: destination, identifier or ports, and number are those of the probe alone.
  case quote
  /// By its sender, identifier and sequence number: an echo reply, which quotes nothing.
  case echo
  /// By identifier and sequence number: an echo reply of another host than the one that was asked.
  case echoElsewhere = "echo_elsewhere"
  /// By the socket, which was the probe's own.
  case socket
  /// As the only probe that waited for an answer: the arrival itself says only where a probe had gone.
  case onlyOutstanding = "only_outstanding"
}

/// Which probe of a trace an arrival was for.
package enum PacketMatch: Hashable, Sendable {
  case probe(ProbeID, by: PacketKey)
  /// Several were outstanding that it may have been for.
  case ambiguous
  /// It reads like a reply, but to no probe of ours that is known.
  case unknown
  /// Malformed, or no reply: other programs' traffic.
  case unreadable
}

/// What a tracer made of an arrival that was for one of its probes.
package enum PacketVerdict: String, Hashable, Sendable, CaseIterable {
  /// In time: the probe's outcome.
  case counted
  /// In time, and read behind the end of its probe: the probe's outcome after all.
  case revised
  case late
  case duplicate
  /// From behind the target.
  case beyond
}

/// What arrived while a trace ran, as received.
package struct PacketArrival: Hashable, Sendable {
  package var form: ArrivalForm
  package var family: AddressFamily
  /// Which protocol the receiving socket speaks.
  package var protocolName: ProbeProtocolName
  /// Who sent it; of a queued error, its offender. nil when the kernel did not say.
  package var source: IPAddress?
  /// Of a queued error: where the probe had been sent.
  package var quotedDestination: IPAddress?
  /// Of a queued error on a UDP socket: the probe's destination port, in host order. Of a UDP datagram: the port that
  /// it came from.
  package var quotedPort: UInt16 = 0
  /// Of a queued error or a UDP datagram: the receiving socket's own end (UDP source port, ICMP identifier).
  package var localIdentity: UInt16 = 0
  /// TTL or hop limit of the arriving packet, when the kernel gave it beside the bytes.
  package var hopLimit: UInt8?
  /// Of a queued error: ICMP type, code and `ee_info` (the next-hop MTU).
  package var errorType: UInt8 = 0
  package var errorCode: UInt8 = 0
  package var errorInfo: UInt32 = 0
  /// Of a queued error: where in the bytes the RFC 4884 extension structure begins.
  package var extensionOffset: Int?
  /// Whether it came by a socket of its probe's own.
  package var isOnOwnSocket = false
  /// When it arrived, as it was judged, and who took that time.
  package var stamp: Instant
  package var stampSource: StampSource
  /// When the program read it, and the tracer was told if it was for a probe.
  package var read: Instant
  package var match: PacketMatch
  /// What the tracer made of it; nil when it was for no probe.
  package var verdict: PacketVerdict?
  package var bytes: [UInt8]

  package init(
    form: ArrivalForm, family: AddressFamily, protocolName: ProbeProtocolName, source: IPAddress?, stamp: Instant,
    stampSource: StampSource, read: Instant, match: PacketMatch, bytes: [UInt8]
  ) {
    self.form = form
    self.family = family
    self.protocolName = protocolName
    self.source = source
    self.stamp = stamp
    self.stampSource = stampSource
    self.read = read
    self.match = match
    self.bytes = bytes
  }

  /// The probe that it was for; nil when it was for none of this trace.
  package var probe: ProbeID? {
    guard case .probe(let id, by: _) = match else { return nil }
    return id
  }
}
