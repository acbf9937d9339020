// TestSupport: what tests of several modules share. Traces as text, a console that remembers, a terminal to look at.

import Packets
import Time
import Tracing

/// A trace written as text, one probe a line:
///
///      1  192.0.2.1 0.412            time exceeded from there, RTT in ms
///      1  192.0.2.2 0.500 mpls=16001 the second attempt; an MPLS label
///      2  *                          timed out
///      3  gave-up
///      4  late 192.0.2.7 12.3        a reply that many ms after the timeout
///      5  unsent                     the network was unreachable
///      6  pending
///      7  192.0.2.9 30 !H            host unreachable; !N and !X too, and !p for port unreachable
///      8  203.0.113.80 46.2 echo     echo reply
///
/// Further words: `own` (on a socket of its own), `revised`, `duplicate`, `quoted=2` (the quoted TTL), `interface=eth0` (that the
/// probe came in by), `object=1/2` (an extension of that class and type), `#` and a comment.
package enum ProbeLines {
  /// When every trace of text begins; all its probes leave then.
  package static let beginning = Instant(nanoseconds: 1_000_000_000)
  package static let target = IPAddress(203, 0, 113, 80)

  /// ICMP in the lab to `target`, up to TTL 30.
  package static var request: TraceRequest {
    TraceRequest(target: target, method: ProbeMethod(protocolName: .icmp, socket: .lab, family: .ipv4))
  }

  /// The events of the probes, a line after the other.
  package static func events(_ text: String, _ request: TraceRequest = request) -> [TraceEvent] {
    var attempts: [TTL: UInt16] = [:]
    return text.split(separator: "\n").flatMap { line -> [TraceEvent] in
      let words = line.prefix { $0 != "#" }.split(separator: " ").map(String.init)
      guard let first = words.first else { return [] }
      guard words.count > 1, let number = Int(first), let ttl = TTL(number) else {
        preconditionFailure("A line of a trace begins with a TTL and an outcome: \(line)")
      }
      let id = ProbeID(ttl: ttl, attempt: attempts[ttl, default: 0])
      attempts[ttl] = id.attempt + 1
      return events(of: id, words.dropFirst(), request)
    }
  }

  /// A trace of these probes that ended in that way, 100 ms after its beginning unless said otherwise; nil for one that runs.
  package static func trace(
    _ text: String, _ request: TraceRequest = request, end: TraceEnd?, evidence: HostEvidence = HostEvidence()
  ) -> Trace {
    var trace = Trace(request: request, began: beginning)
    for event in events(text, request) { trace.apply(event) }
    trace.apply(.observed(evidence))
    if let end { trace.apply(.finished(end, at: beginning + .milliseconds(100))) }
    return trace
  }

  private static func events(of id: ProbeID, _ words: ArraySlice<String>, _ request: TraceRequest) -> [TraceEvent] {
    let probe = Probe(id: id, flow: request.flow, ownSocket: words.contains("own"))
    let sent = TraceEvent.sent(probe, departure: beginning, stamp: .kernel)
    let ended = beginning + request.timeout
    switch words.first {
    case "*": return [sent, .timedOut(id, at: ended)]
    case "gave-up": return [sent, .givenUp(id, at: ended)]
    case "pending": return [sent]
    case "unsent":
      return [.unsendable(id, SendFailure(call: "sendmmsg", errno: 101, reason: "Network is unreachable"))]
    case "late":
      let by = milliseconds(words.dropFirst(2).first)
      let reply = reply(from: words.dropFirst().first, rtt: request.timeout + by, words, request)
      return [sent, .timedOut(id, at: ended), .late(id, reply, rtt: request.timeout + by, by: by)]
    default:
      let rtt = milliseconds(words.dropFirst().first)
      let reply = reply(from: words.first, rtt: rtt, words, request)
      let duplicates: [TraceEvent] = words.contains("duplicate") ? [.duplicate(id, reply)] : []
      guard words.contains("revised") else { return [sent, .replied(id, reply, rtt: rtt)] + duplicates }
      return [sent, .timedOut(id, at: ended), .revised(id, reply, rtt: rtt)] + duplicates
    }
  }

  private static func reply(
    from address: String?, rtt: Duration, _ words: ArraySlice<String>, _ request: TraceRequest
  ) -> Reply {
    guard let address, let responder = IPAddress(address) else {
      preconditionFailure("A line of a trace names a responder: \(words)")
    }
    let family = request.target.family
    var reply = Reply(
      responder: responder, kind: .timeExceeded, icmpType: family == .ipv4 ? 11 : 3, icmpCode: 0, replyTTL: 60,
      quotedTTL: 1, arrival: beginning + rtt, stamp: .kernel, read: beginning + rtt)
    for word in words { apply(word, to: &reply, family) }
    return reply
  }

  private static func apply(_ word: String, to reply: inout Reply, _ family: AddressFamily) {
    let codes: [String: (UInt8, UInt8)] =
      switch family {
      case .ipv4: ["!N": (3, 0), "!H": (3, 1), "!p": (3, 3), "!X": (3, 13)]
      case .ipv6: ["!N": (1, 0), "!H": (1, 3), "!p": (1, 4), "!X": (1, 1)]
      }
    if let (type, code) = codes[word] {
      reply.kind = .unreachable(UnreachableCode(family: family, type: type, code: code))
      reply.icmpType = type
      reply.icmpCode = code
    } else if word == "echo" {
      reply.kind = .echoReply
      reply.icmpType = family == .ipv4 ? 0 : 129
      reply.quotedTTL = nil
    } else if word.hasPrefix("quoted=") {
      reply.quotedTTL = UInt8(word.dropFirst(7))
    } else if word.hasPrefix("mpls="), let label = UInt32(word.dropFirst(5)) {
      reply.extensions.append(.mpls([MPLSLabel(label: label, bottomOfStack: true, timeToLive: 1)]))
    } else if word.hasPrefix("interface=") {
      reply.extensions.append(.interfaceInformation(.init(role: .incoming, name: String(word.dropFirst(10)))))
    } else if word.hasPrefix("object=") {
      let numbers = word.dropFirst(7).split(separator: "/").compactMap { UInt8($0) }
      reply.extensions.append(.unknown(classNumber: numbers[0], type: numbers[1], bytes: [0]))
    }
  }

  private static func milliseconds(_ word: String?) -> Duration {
    guard let word, let number = Double(word) else {
      preconditionFailure("A line of a trace has a time: \(word ?? "")")
    }
    return Duration(nanoseconds: Int64((number * 1_000_000).rounded()))
  }
}
