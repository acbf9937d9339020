import Enrichment
import Packets
import Probing
import TestSupport
import Testing
import Time
import Tracing

@testable import Results

/// Bytes from hex digits; a `#` begins a remark that runs to the end of the line.
private func bytes(_ hex: String) -> [UInt8] {
  let digits = hex.split(separator: "\n").flatMap { line in line.prefix { $0 != "#" }.compactMap(\.hexDigitValue) }
  return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

@Suite("Explanations")
struct ExplanationTests {
  private static let probe = "0800 6674 04d2 0007 f3b4 6674 7273"

  /// A time exceeded that quotes the probe in 128 bytes, and a label behind.
  private static let exceeded = """
    45c0 00b8 0001 0000 3e01 0000 c0000209 c0000205   # IPv4: TTL 62, from 192.0.2.9 to 192.0.2.5
    0b00 1234 0020 0000                               # ICMP: time exceeded, quote of 32 words
    4500 0022 0102 0000 0101 0000 c0000205 cb007150   # IPv4: TTL 1, to 203.0.113.80
    \(probe)
    \(String(repeating: "00", count: 94))             # padded to 128 bytes
    2000 0000 0008 0101 03e81 1 40                    # RFC 4884, RFC 4950: label 16001, bottom, TTL 64
    """

  /// A result whose hop 1 was answered by `reply`.
  private static func result(
    _ line: String = "1 192.0.2.9 5", sent: String = probe, _ form: ArrivalForm = .ipv4Datagram, reply: String,
    by key: PacketKey = .quote
  ) -> TraceResult {
    let trace = ProbeLines.trace(line, end: .exhausted)
    var result = TraceResult.sample(trace)
    let id = ProbeID(ttl: .first, attempt: 0)
    let began = ProbeLines.beginning
    result.packets.apply(
      PacketEvent.departed(
        PacketDeparture(
          probe: Probe(id: id, flow: .standard), method: ProbeLines.request.method, source: IPAddress(192, 0, 2, 5),
          destination: ProbeLines.target, hopLimit: 1, queued: began, handedOver: began, departure: began,
          stamp: .kernel,
          settled: began, bytes: bytes(sent))))
    guard !reply.isEmpty else { return result }
    var arrival = PacketArrival(
      form: form, family: .ipv4, protocolName: .icmp, source: IPAddress(192, 0, 2, 9), stamp: began + .milliseconds(5),
      stampSource: .kernel, read: began + .milliseconds(6), match: .probe(id, by: key), bytes: bytes(reply))
    arrival.errorType = 11
    arrival.hopLimit = 62
    result.packets.apply(PacketEvent.arrived(arrival))
    return result
  }

  private func explanation(_ result: TraceResult) throws -> Explanation {
    try #require(Explanation(hop: .first, of: result))
  }

  private func texts(_ packet: ExplainedPacket?) -> [String] {
    (packet?.fields ?? []).map { "\($0.range.lowerBound)+\($0.range.count) \($0.text)\($0.isMatched ? " =" : "")" }
  }

  @Test("every byte of a reply is told once, and the fields that matched are marked")
  func anatomy() throws {
    let explained = try explanation(Self.result(reply: Self.exceeded))
    let packet = explained.sections.first { $0.title == "Came back" }?.packet
    #expect(
      texts(packet) == [
        "0+1 version 4, header of 20 bytes", "1+1 DSCP 48, ECN 0", "2+2 total length 184 bytes", "4+2 identification 1",
        "6+2 no flags", "8+1 TTL 62", "9+1 protocol 1", "10+2 header checksum", "12+4 source 192.0.2.9",
        "16+4 destination 192.0.2.5", "20+1 type 11", "21+1 code 0", "22+2 checksum 0x1234", "24+4 quote of 128 bytes",
        "28+1 > version 4, header of 20 bytes", "29+1 > DSCP 0, ECN 0", "30+2 > total length 34 bytes",
        "32+2 > identification 258", "34+2 > no flags", "36+1 > TTL 1", "37+1 > protocol 1 =", "38+2 > header checksum",
        "40+4 > source 192.0.2.5", "44+4 > destination 203.0.113.80 =", "48+1 > type 8", "49+1 > code 0",
        "50+2 > checksum 0x6674", "52+2 > identifier 1234 =", "54+2 > sequence number 7 =", "56+2 > compensation",
        "58+98 > payload", "156+4 extensions, version 2", "160+8 MPLS: label 16001, class 0, bottom, TTL 64",
      ])
    let sent = explained.sections.first { $0.title == "Sent" }?.packet
    #expect(
      texts(sent) == [
        "0+1 type 8", "1+1 code 0", "2+2 checksum 0x6674", "4+2 identifier 1234", "6+2 sequence number 7",
        "8+2 compensation", "10+4 payload",
      ])
  }

  @Test("the TTL that is quoted was spent only for a time exceeded; another error came with what was left")
  func quotedTTL() throws {
    func words(type: String) throws -> [String] {
      let reply = Self.exceeded.replacing("0b00 1234", with: "\(type) 1234")
      let packet = try explanation(Self.result(reply: reply)).sections.first { $0.title == "Came back" }?.packet
      return (packet?.fields ?? []).filter { $0.range == 36..<37 }.compactMap(\.meaning)
    }
    #expect(try words(type: "0b00").first?.contains("spent") == true)
    let arrived = try words(type: "0303")
    #expect(arrived.first?.contains("when it came there") == true)
    #expect(arrived.first?.contains("spent") == false)
  }

  @Test("a datagram that was not kept whole is not called whole")
  func inPart() throws {
    let length = String(bytes(Self.exceeded).count, radix: 16)
    let exact = Self.exceeded.replacing("45c0 00b8", with: "45c0 00\(length)")
    let whole = try explanation(Self.result(reply: exact)).sections.first { $0.title == "Came back" }
    #expect(whole?.sentences.contains { $0.contains("is here whole") } == true)
    // The header tells of more bytes than there are.
    let part = try explanation(Self.result(reply: Self.exceeded)).sections.first { $0.title == "Came back" }
    #expect(part?.sentences.contains { $0.contains("in part") } == true)
  }

  @Test("a hop that answered the first attempts alone is not told that a limit would have answered the first alone")
  func firstAttempts() throws {
    let lines = "1 192.0.2.1 1\n2 192.0.2.2 1\n2 192.0.2.2 1\n2 *\n2 *"
    let trace = ProbeLines.trace(lines, end: .exhausted)
    let second = try #require(TTL(2))
    let explained = try #require(Explanation(hop: second, of: .sample(trace)))
    let limit = try #require(explained.causes.first { $0.kind == .rateLimited })
    #expect(!limit.counterEvidence.contains { $0.contains("not just the first") })
    #expect(limit.evidence.contains { $0.contains("the first") })
  }

  @Test("an echo reply is matched by its sender, identifier and number; an error queue gives the quote alone")
  func otherForms() throws {
    let echo = try explanation(
      Self.result("1 203.0.113.80 5 echo", .icmpMessage, reply: "0000 6e74 04d2 0007 f3b4", by: .echo))
    let packet = echo.sections.first { $0.title == "Came back" }?.packet
    #expect(texts(packet).contains("4+2 identifier 1234 =") && texts(packet).contains("6+2 sequence number 7 ="))
    let queued = try explanation(Self.result("1 192.0.2.9 5", .queuedError, reply: Self.probe))
    let section = try #require(queued.sections.first { $0.title == "Came back" })
    #expect(texts(section.packet).contains("4+2 > identifier 1234 ="))
    #expect(section.sentences.contains { $0.contains("error queue") })
  }

  @Test("bytes that are cut off or damaged in any place are explained as far as they go, each once")
  func hostile() throws {
    let whole = bytes(Self.exceeded)
    for length in 0...whole.count {
      for flip in [0, 20, 21, 25, 28, 36, 160, 161] where flip < length {
        var damaged = Array(whole.prefix(length))
        damaged[flip] ^= 0xff
        let hex = damaged.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let explained = try explanation(Self.result(reply: hex))
        let fields = explained.sections.first { $0.title == "Came back" }?.packet?.fields ?? []
        var next = 0
        for field in fields {
          #expect(field.range.lowerBound == next, "length \(length), byte \(flip): \(field)")
          next = field.range.upperBound
        }
        #expect(next == length)
      }
    }
  }

  @Test(
    "the causes of silence are ranked by what speaks for them",
    arguments: [
      ("1 192.0.2.1 1\n2 *\n3 192.0.2.3 2", 0, ["likely silent_router"], ["excluded filtered", "excluded lost_here"]),
      ("1 192.0.2.1 1\n2 *\n3 *", 0, ["likely filtered"], ["possible silent_router", "excluded mtu"]),
      ("1 192.0.2.1 1\n2 *\n3 192.0.2.3 2", 7, ["likely lost_here", "likely silent_router"], []),
      ("1 192.0.2.1 900\n2 *\n3 192.0.2.3 950", 0, ["likely short_timeout", "likely silent_router"], []),
      ("1 192.0.2.1 1\n2 late 192.0.2.2 30\n3 192.0.2.3 2", 0, ["certain late_reply"], []),
      ("1 192.0.2.1 1\n2 unsent\n3 192.0.2.3 2", 0, ["certain not_sent"], []),
      ("1 192.0.2.1 1\n2 pending\n3 192.0.2.3 2", 0, ["certain stopped"], []),
      ("1 192.0.2.1 1\n2 gave-up\n3 192.0.2.3 2", 0, ["likely silent_router", "possible given_up"], []),
      (
        "1 192.0.2.1 1\n1 192.0.2.1 1\n1 192.0.2.1 1\n2 192.0.2.2 1\n2 *\n2 *\n3 192.0.2.3 2\n3 192.0.2.3 2\n3 192.0.2.3 2",
        0,
        ["likely rate_limited"], ["possible lost"]
      ),
      ("1 192.0.2.1 1\n2 *\n3 192.0.2.3 2 mpls=16001", 0, ["likely silent_router"], ["possible mpls"]),
    ])
  func causes(lines: String, dropped: Int, first: [String], others: [String]) throws {
    let trace = ProbeLines.trace(lines, end: .exhausted, evidence: HostEvidence(dropped: dropped))
    let second = try #require(TTL(2))
    let explained = try #require(Explanation(hop: second, of: .sample(trace)))
    let found = explained.causes.map { "\($0.likelihood) \($0.kind.rawValue)" }
    #expect(Array(found.prefix(first.count)) == first)
    for other in others { #expect(found.contains(other), "\(found)") }
  }

  @Test("each finding of a hop is in its explanation, and its place with who says so")
  func findings() throws {
    let trace = ProbeLines.trace("1 192.0.2.9 5 quoted=3 mpls=16001\n1 192.0.2.8 6 own", end: .exhausted)
    let result = TraceResult.sample(
      trace, kinds: [.names, .autonomousSystems, .segments], knowledge: "192.0.2.9 r1.test 64500=EXAMPLE,ZZ")
    let explained = try explanation(result)
    let sentences = explained.sections.flatMap(\.sentences)
    for finding in result.findings[.first] { #expect(sentences.contains(finding.sentence + ".")) }
    #expect(sentences.contains { $0.hasPrefix("AS: AS64500 EXAMPLE") })
    #expect(sentences.contains { $0.hasPrefix("Name: r1.test") })
    #expect(explained.sections.contains { $0.title.hasPrefix("attempt 2: ") })
  }

  @Test("a hop that was not probed has no explanation")
  func unprobed() throws {
    let result = TraceResult.sample(ProbeLines.trace("1 192.0.2.9 5", end: .exhausted))
    let ninth = try #require(TTL(9))
    #expect(Explanation(hop: ninth, of: result) == nil)
  }

  @Test("everything that stands in the rows is explained, and every mark of an unreachable")
  func signs() {
    for sign in Sign.all {
      for word in [sign.sign] + sign.words { #expect(Explanation(sign: word) != nil, "\(word)") }
    }
    for code in 0...15 as ClosedRange<UInt8> {
      let marker = UnreachableCode(family: .ipv4, type: 3, code: code).marker
      #expect(Explanation(sign: "marker \(marker)")?.subject.contains(marker.prefix(2)) == true, "\(marker)")
    }
    #expect(Explanation(sign: "nothing") == nil)
  }
}
