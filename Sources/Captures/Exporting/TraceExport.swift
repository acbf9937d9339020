import Packets
import Probing
import Results
import Time
import Tracing

/// The packets of a trace as a capture would have them: whole datagrams with IP headers.
///
/// What the kernel did not hand out is synthesised from what is known, and each packet's comment says what: the IP header of a
/// probe always; that of a reply where a socket gave the message without it; and of a queued error the whole message.
package struct TraceExport {
  /// In order of time.
  package private(set) var packets: [PcapngWriter.Packet] = []
  /// Packets that nothing whole could be made of: from an unknown sender, for a program that left no bytes, or of another
  /// family than the trace's, as only a file that somebody changed has them.
  package private(set) var leftOut = 0

  private let result: TraceResult
  private let family: AddressFamily
  private let local: IPAddress

  /// The packets of a result; none when it was not recorded.
  package init(_ result: TraceResult) {
    self.result = result
    family = result.method.family
    let family = family
    local =
      [result.packets.departures.first?.source, result.trace.request.source, result.localAddress].lazy
      .compactMap { $0 }.first { $0.family == family } ?? Self.stranger(family)
    for departure in result.packets.departures {
      if let packet = probe(departure) { packets.append(packet) } else { leftOut += 1 }
    }
    for arrival in result.packets.arrivals where arrival.form != .departureStamp {
      if let packet = answer(arrival) { packets.append(packet) } else { leftOut += 1 }
    }
    // A stable sort, so that a probe stands before its answer also where a clock of the lab gave both one moment.
    packets = packets.enumerated().sorted { ($0.element.stamp, $0.offset) < ($1.element.stamp, $1.offset) }
      .map(\.element)
  }

  /// The capture file.
  package func file(application: String) -> [UInt8] {
    PcapngWriter.file(
      packets, application: application,
      comment:
        "Trace to \(result.target) (\(result.address)) by \(application), \(result.network), result \(result.id). "
        + "What the kernel withheld is synthesised; each packet's comment says what.",
      interface: result.network)
  }

  /// Stands for this host where its address is not known: of the ranges for documentation.
  private static func stranger(_ family: AddressFamily) -> IPAddress {
    switch family {
    case .ipv4: IPAddress(192, 0, 2, 254)
    case .ipv6: IPAddress(high: 0x2001_0db8_0000_0000, low: 0xfe)
    }
  }

  private func stamp(_ instant: Instant) -> Int64 {
    let since = Int128(result.started.milliseconds) * 1_000_000 + Int128((instant - result.trace.began).nanoseconds)
    return Int64(clamping: since)
  }

  private func probe(_ departure: PacketDeparture) -> PcapngWriter.Packet? {
    let source = departure.source ?? local
    guard departure.destination.family == family, departure.method.family == family, source.family == family else {
      return nil
    }
    let bytes = Synthesis.datagram(
      of: departure.bytes, departure.ipProtocol, from: source, to: departure.destination, hopLimit: departure.hopLimit)
    return PcapngWriter.Packet(
      stamp: stamp(departure.departure), bytes: bytes, wireLength: Synthesis.wireLength(of: bytes),
      comment: "probe \(departure.probe.id); synthesised: IP header", isOutbound: true)
  }

  private func answer(_ arrival: PacketArrival) -> PcapngWriter.Packet? {
    let about = arrival.probe.map { "reply to probe \($0)" } ?? "reply to no probe that is known"
    guard let (bytes, synthesised) = datagram(arrival) else { return nil }
    let comment = synthesised.map { "\(about); synthesised: \($0)" } ?? about
    return PcapngWriter.Packet(
      stamp: stamp(arrival.stamp), bytes: bytes, wireLength: Synthesis.wireLength(of: bytes), comment: comment,
      isOutbound: false)
  }

  /// The whole datagram, and what of it was synthesised.
  private func datagram(_ arrival: PacketArrival) -> ([UInt8], String?)? {
    switch arrival.form {
    case .ipv4Datagram, .ipv6Datagram: return arrival.bytes.isEmpty ? nil : (arrival.bytes, nil)
    case .icmpMessage:
      guard let source = arrival.source, source.family == family, arrival.bytes.count >= ICMPMessage.headerLength else {
        return nil
      }
      let bytes = Synthesis.datagram(
        of: arrival.bytes, family == .ipv4 ? .icmp : .icmpv6, from: source, to: local,
        hopLimit: arrival.hopLimit ?? Synthesis.usualHopLimit)
      return (bytes, "IP header")
    case .queuedError: return queuedError(arrival).map { ($0, "all but sender, type, code and the quote's end") }
    case .udpDatagram:
      guard let source = arrival.source, source.family == family else { return nil }
      let header = UDPHeader(sourcePort: arrival.quotedPort, destinationPort: arrival.localIdentity, payloadLength: 0)
      var writer = ByteWriter(capacity: UDPHeader.length)
      header.write(into: &writer)
      let bytes = Synthesis.datagram(
        of: writer.bytes, .udp, from: source, to: local, hopLimit: arrival.hopLimit ?? Synthesis.usualHopLimit)
      return (bytes, "all but sender and ports; its payload was not kept")
    case .departureStamp: return nil
    }
  }

  /// The error as its sender will have written it: it quotes as much of the probe as the kernel handed out.
  private func queuedError(_ arrival: PacketArrival) -> [UInt8]? {
    guard let source = arrival.source, source.family == family,
      let destination = arrival.probe.flatMap({ result.packets.departure(of: $0)?.destination })
        ?? arrival.quotedDestination, destination.family == family
    else { return nil }
    let departure = arrival.probe.flatMap { result.packets.departure(of: $0) }
    let end = min(arrival.extensionOffset ?? arrival.bytes.count, arrival.bytes.count)
    if let departure, departure.method.family != family { return nil }
    let transport = departure?.bytes ?? Synthesis.transport(of: arrival, Array(arrival.bytes[..<end]))
    let quote = Synthesis.datagram(
      of: transport, departure?.ipProtocol ?? Synthesis.number(arrival.protocolName, family), from: local,
      to: destination,
      hopLimit: 1)
    // An error queue of UDP hands out what lies behind the UDP header.
    let header = family == .ipv4 ? IPv4Header.minimumLength : IPv6Header.length
    let known = header + (arrival.protocolName == .udp ? UDPHeader.length : 0) + end
    let quoted = Array(quote.prefix(min(known, Synthesis.longestQuote)))
    var objects: [ICMPExtensionObject] = []
    if let start = arrival.extensionOffset, start < arrival.bytes.count {
      objects = ICMPExtension.parse(arrival.bytes.span.bytes, in: start..<arrival.bytes.count).objects
    }
    var writer = ByteWriter(capacity: 256)
    ICMPMessage.writeError(
      family: family, type: arrival.errorType, code: arrival.errorCode, restOfHeader: arrival.errorInfo,
      quote: quoted.span.bytes, extensions: objects, checksum: .none, into: &writer)
    return Synthesis.datagram(
      of: writer.bytes, family == .ipv4 ? .icmp : .icmpv6, from: source, to: local,
      hopLimit: arrival.hopLimit ?? Synthesis.usualHopLimit)
  }
}

extension PacketDeparture {
  /// What its bytes are.
  fileprivate var ipProtocol: IPProtocol { Synthesis.number(method.protocolName, method.family) }
}
