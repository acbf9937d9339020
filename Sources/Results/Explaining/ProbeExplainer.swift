import Packets
import Probing
import Time
import Tracing

/// Explains one probe: what left, what came back, what told them to belong together, and how the time was made.
struct ProbeExplainer {
  let hop: HopExplainer
  let record: ProbeRecord

  private var method: ProbeMethod { hop.request.method }
  private var departure: PacketDeparture? { hop.result.packets.departure(of: record.probe.id) }
  private var arrivals: [PacketArrival] { hop.result.packets.arrivals(for: record.probe.id) }

  /// - Parameter prefix: before each title, where several probes are explained.
  func sections(named prefix: String) -> [ExplanationSection] {
    var sections = [sent]
    if let reply = record.outcome.reply {
      sections.append(cameBack(reply))
      sections += further
      sections.append(time(reply))
    } else {
      sections.append(ExplanationSection("Came back", [nothingCame]))
    }
    guard !prefix.isEmpty else { return sections }
    return sections.map { section in
      var section = section
      section.title = prefix + section.title.prefix(1).lowercased() + section.title.dropFirst()
      return section
    }
  }

  private var protocolText: String {
    switch method.protocolName {
    case .icmp: hop.isIPv4 ? "An ICMP echo request" : "An ICMPv6 echo request"
    case .udp: "A UDP datagram to port \(departure?.port ?? hop.request.port)"
    case .tcp: "A TCP SYN to port \(departure?.port ?? hop.request.port)"
    }
  }

  private var sent: ExplanationSection {
    if case .unsendable(let failure) = record.outcome {
      var sentences = ["It could not be sent: \(failure)."]
      if let advice = failure.advice { sentences.append("To do about it: \(advice).") }
      return ExplanationSection("Sent", sentences)
    }
    var sentences = [
      "\(protocolText) for \(hop.request.target) left at \(hop.moment(record.departure)) with a \(hop.ttlName) of "
        + "\(hop.hop.ttl): each router takes 1 off, and the one that takes the last has to say so."
    ]
    if record.probe.ownSocket {
      sentences.append("It left from a port of its own, because the answer to the shared one could not be told apart.")
    }
    guard let departure else {
      sentences.append(missingBytes)
      return ExplanationSection("Sent", sentences)
    }
    if method.socket == .capture {
      sentences.append("Another program sent it; these are its bytes behind the IP header, as the capture has them.")
    } else if method.socket != .lab {
      let source = departure.source ?? hop.result.localAddress
      sentences.append(
        "Before these bytes stood an \(hop.isIPv4 ? "IPv4" : "IPv6") header of the kernel's"
          + (source.map { ", from \($0)" } ?? "") + " to \(departure.destination).")
    }
    var anatomy = PacketAnatomy(departure.bytes, about: PacketAnatomy.Probe(departure, marking: false))
    anatomy.isBeforeKernel = method.socket != .capture
    anatomy.readTransport(departure.ipProtocol, at: 0)
    return ExplanationSection("Sent", sentences, packet: anatomy.packet)
  }

  private var missingBytes: String {
    if hop.result.hypothesis != nil { return "No packet was sent for it: 'explain' the trace that it was made from." }
    return hop.result.packets.isEmpty
      ? "Its bytes were not kept ('set record on' keeps them)."
      : "Its bytes were not kept: there were too many packets."
  }

  private var nothingCame: String {
    switch record.outcome {
    case .pending: "Nothing yet: the trace was stopped while this probe was waited for."
    case .timedOut: "Nothing within the timeout of \(Milliseconds(hop.request.timeout).exact), and nothing since."
    case .givenUp where method.socket == .capture:
      "Nothing in the capture, which ends before the probe has had its time."
    case .givenUp: "Nothing by the time at which waiting longer seemed useless, and nothing since."
    case .unsendable: "Nothing: nothing was sent."
    case .replied, .late: ""
    }
  }

  private func cameBack(_ reply: Reply) -> ExplanationSection {
    var sentences = [ReplyWords(reply, hop).sentence]
    guard let arrival = arrivals.first else {
      sentences.append(missingBytes)
      return ExplanationSection("Came back", sentences)
    }
    sentences.append(how(arrival))
    sentences += match(arrival)
    sentences += translation(arrival)
    return ExplanationSection("Came back", sentences, packet: packet(of: arrival))
  }

  /// What the quote tells of a translation of the probe's source on its way.
  private func translation(_ arrival: PacketArrival) -> [String] {
    guard arrival.form == .ipv4Datagram, arrival.bytes.count > IPv4Header.minimumLength else { return [] }
    let bytes = arrival.bytes.span.bytes
    let quote = Int(bytes.uint8(at: 0) & 0xf) * 4 + ICMPMessage.headerLength
    guard let type = record.outcome.reply?.icmpType, type != ICMPType.echoReply,
      bytes.byteCount >= quote + IPv4Header.minimumLength
    else { return [] }
    let receiver = IPAddress(ipv4: bytes.uint32(at: 16))
    let quoted = IPAddress(ipv4: bytes.uint32(at: quote + 12))
    guard quoted != receiver else { return [] }
    return [
      "It quotes \(quoted) as the probe's source, and came to \(receiver): something on the way to this hop translates "
        + "addresses (NAT), and does not turn quotes back (RFC 5508 section 4.2 asks for that)."
    ]
  }

  /// What arrived for the same probe behind its first answer.
  private var further: [ExplanationSection] {
    let others = arrivals.dropFirst()
    guard let second = others.first else { return [] }
    let count = others.count == 1 ? "One more answer" : "\(others.count) more answers"
    return [
      ExplanationSection(
        "Again",
        [
          "\(count) came for the same probe, the first at \(hop.moment(second.stamp))"
            + "\(second.source.map { " from \($0)" } ?? ""): duplicates do not count."
        ], packet: packet(of: second))
    ]
  }

  private func how(_ arrival: PacketArrival) -> String {
    let local = hop.result.localAddress.map { " at \($0)" } ?? ""
    let whole = isWhole(arrival) ? "whole" : "in part, as far as its bytes were kept"
    if method.socket == .capture { return "The capture has it \(whole), with its IP header." }
    return switch arrival.form {
    case .ipv4Datagram: "It reached this host\(local), and is here \(whole), with its IP header."
    case .icmpMessage:
      "The kernel gave the message without its IP header"
        + (arrival.hopLimit.map { ", and said that it arrived with a \(hop.ttlName) of \($0)" } ?? "") + "."
    case .queuedError:
      "The kernel gave it by the socket's error queue: not the message itself, but its sender, type \(arrival.errorType), "
        + "code \(arrival.errorCode), and what it quotes of the probe "
        + (method.protocolName == .icmp ? "from the ICMP header on." : "behind the UDP header.")
    case .ipv6Datagram: "It reached this host\(local), and is here \(whole), with its IPv6 header."
    case .udpDatagram: "The socket that sent the probe got it."
    case .departureStamp: ""
    }
  }

  /// Whether as many bytes of a datagram are there as its header says.
  private func isWhole(_ arrival: PacketArrival) -> Bool {
    let bytes = arrival.bytes
    switch arrival.form {
    case .ipv4Datagram: return bytes.count >= 4 && Int(bytes[2]) << 8 | Int(bytes[3]) <= bytes.count
    case .ipv6Datagram:
      return bytes.count >= 6 && IPv6Header.length + (Int(bytes[4]) << 8 | Int(bytes[5])) <= bytes.count
    case .icmpMessage, .queuedError, .udpDatagram, .departureStamp: return true
    }
  }

  private func match(_ arrival: PacketArrival) -> [String] {
    guard case .probe(_, by: let key) = arrival.match else { return [] }
    let marked = arrival.bytes.isEmpty ? "" : " (marked '=')"
    let names =
      switch method.protocolName {
      case .icmp: "destination, identifier and sequence number"
      case .udp: method.socket == .capture ? "destination and ports" : "destination, ports and number"
      case .tcp: "destination, ports and sequence number"
      }
    return switch key {
    case .quote: ["It quotes the probe: \(names)\(marked) are those of this probe and of no other."]
    case .echo where method.protocolName == .tcp:
      [
        "It quotes nothing: its sender, its ports, turned round, and the number that it acknowledges\(marked) tell the probe."
      ]
    case .echo: ["An echo reply quotes nothing: its sender, identifier and sequence number\(marked) tell the probe."]
    case .echoElsewhere:
      [
        "Identifier and sequence number\(marked) tell the probe, though another host answered than the one that was asked."
      ]
    case .socket: ["It came by the socket that only this probe used."]
    case .onlyOutstanding:
      ["It does not say for which probe it is; only this one was waited for on that socket, so it is this one's."]
    }
  }

  private func packet(of arrival: PacketArrival) -> ExplainedPacket? {
    guard !arrival.bytes.isEmpty else { return nil }
    var anatomy = PacketAnatomy(arrival.bytes, about: departure.map { PacketAnatomy.Probe($0, marking: true) })
    if case .probe(_, by: .echo) = arrival.match { anatomy.marksSender = true }
    switch arrival.form {
    case .ipv4Datagram:
      if let (number, offset) = anatomy.readIPHeader(.ipv4, at: 0, isQuoted: false) {
        if number == .icmp {
          anatomy.readMessage(at: offset, family: .ipv4)
        } else {
          anatomy.readTransport(number, at: offset)
        }
      }
    case .ipv6Datagram:
      if let (number, offset) = anatomy.readIPHeader(.ipv6, at: 0, isQuoted: false) {
        if number == .icmpv6 {
          anatomy.readMessage(at: offset, family: .ipv6)
        } else {
          anatomy.readTransport(number, at: offset)
        }
      }
    case .icmpMessage: anatomy.readMessage(at: 0, family: arrival.family)
    case .queuedError:
      let end = min(arrival.extensionOffset ?? arrival.bytes.count, arrival.bytes.count)
      var quote = PacketAnatomy(Array(arrival.bytes[..<end]), about: departure.map { .init($0, marking: true) })
      switch arrival.protocolName {
      case .icmp: quote.readEcho(at: 0, family: arrival.family)
      case .udp, .tcp: quote.readUDPPayload(at: 0)
      }
      for field in quote.packet.fields {
        anatomy.add(field.range, "> " + field.text, field.meaning, source: field.source, matches: field.isMatched)
      }
      if let start = arrival.extensionOffset, start < arrival.bytes.count {
        anatomy.readExtensions(in: start..<arrival.bytes.count)
      }
    case .udpDatagram, .departureStamp: break
    }
    return anatomy.packet
  }

  private func time(_ reply: Reply) -> ExplanationSection {
    let rtt: Duration
    var judgment: [String] = []
    switch record.outcome {
    case .replied(_, let time):
      rtt = time
      judgment.append(
        "It is inside the timeout of \(Milliseconds(hop.request.timeout).exact), so it counts"
          + (record.wasRevised
            ? "; it was read after the probe had been ended, and so the outcome was revised: the arrival decides, not the reading."
            : "."))
    case .late(_, let time, let by):
      rtt = time
      judgment.append(
        "That is \(Milliseconds(by).brief) behind the timeout of \(Milliseconds(hop.request.timeout).exact): late, so it "
          + "does not count. A timeout of \(Milliseconds(time).brief) or more would have taken it.")
    case .pending, .timedOut, .givenUp, .unsendable: return ExplanationSection("Round-trip time", [])
    }
    var sentences = [
      "\(Milliseconds(rtt)) ms = arrival \(hop.moment(reply.arrival)) (stamped by \(hop.taker(reply.stamp))) less "
        + "departure \(hop.moment(record.departure)) (stamped by \(hop.taker(record.departureStamp)))."
    ]
    let lag = reply.read - reply.arrival
    if hop.request.method.socket != .capture, hop.request.method.socket != .lab || lag > .zero {
      sentences.append(
        "The program read it \(Milliseconds(lag)) ms after that; this lag is not in the time"
          + (reply.stamp == .kernel ? "." : ", as far as the program can tell."))
    }
    sentences += judgment
    sentences.append(
      "It holds the way there, the router's own time to answer, and the way back, which may be another: it is no "
        + "measure of this router's forwarding.")
    return ExplanationSection("Round-trip time", sentences)
  }
}

extension PacketDeparture {
  /// What its bytes are.
  var ipProtocol: IPProtocol {
    switch method.protocolName {
    case .icmp: method.family == .ipv4 ? .icmp : .icmpv6
    case .udp: .udp
    case .tcp: .tcp
    }
  }
}

extension PacketAnatomy.Probe {
  /// What a packet about this probe says.
  ///
  /// - Parameter marking: whether fields of these values are to be marked; those of the probe itself are not.
  init(_ departure: PacketDeparture, marking: Bool) {
    let isOurs = departure.method.socket != .capture
    self.init(destination: departure.destination, local: nil, other: nil, number: nil, isOurs: isOurs)
    let bytes = departure.bytes
    guard marking, bytes.count >= 8 else { return }
    let words = (0..<4).map { UInt16(bytes[2 * $0]) << 8 | UInt16(bytes[2 * $0 + 1]) }
    switch departure.method.protocolName {
    case .icmp: (local, other) = (words[2], words[3])
    case .udp:
      (local, other) = (words[0], words[1])
      if isOurs, bytes.count >= 12 { number = UInt32(bytes[10]) << 8 | UInt32(bytes[11]) }
    case .tcp:
      (local, other) = (words[0], words[1])
      number = UInt32(words[2]) << 16 | UInt32(words[3])
    }
  }
}
