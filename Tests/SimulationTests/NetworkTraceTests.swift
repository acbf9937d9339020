import FoundationEssentials
import Packets
import Probing
import Simulation
import Testing
import Time
import Tracing

/// Every target of every shipped network, traced in virtual time and written as text: what a lesson may rely on.
///
/// `FTRSH_TRANSCRIPTS=write swift test --filter NetworkTraceTests` writes the files anew.
@Suite("Traces of shipped networks")
struct NetworkTraceTests {
  private static let names = [
    "demo", "campus", "long", "ratelimit", "asymmetric", "balanced", "mpls", "nat", "mtu", "loop", "filtered",
    "slowdns", "lossy", "flap", "odd",
  ]

  @Test("a shipped network is traced as its file says", arguments: names)
  func trace(name: String) async throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent()
    let file = tests.appending(path: "../Transcripts/Networks/\(name).txt")
    let found = try await Self.text(of: name)
    if ProcessInfo.processInfo.environment["FTRSH_TRANSCRIPTS"] == "write" {
      try found.write(to: file, atomically: true, encoding: .utf8)
    } else {
      #expect(found == String(decoding: try Data(contentsOf: file), as: UTF8.self))
    }
  }

  @Test("every shipped network has a file")
  func complete() throws {
    #expect(try LabCatalog.shipped().names == Self.names)
  }

  private static func text(of name: String) async throws -> String {
    let catalog = try LabCatalog.shipped()
    let entry = try catalog.network(named: name)
    var lines: [String] = []
    for target in entry.topology.targets {
      for (protocolName, family) in [(.icmp, .ipv4), (.udp, .ipv4), (.icmp, .ipv6)] as [Way] {
        lines += try await Self.lines(to: target.name, protocolName, family, in: entry, of: catalog)
      }
    }
    return lines.joined(separator: "\n")
  }

  private typealias Way = (ProbeProtocolName, FamilyPreference)

  /// A new network for each trace, so that one does not use up what another's routers send.
  private static func lines(
    to name: String, _ protocolName: ProbeProtocolName, _ family: FamilyPreference, in entry: LabCatalog.Entry,
    of catalog: LabCatalog
  ) async throws -> [String] {
    let lab = LabNetwork(entry, of: catalog, clock: .virtual, seed: 1)
    let target = try await lab.resolve(name, family: family)
    var request = TraceRequest(
      target: target, method: try lab.method(for: target, protocolName: protocolName, socket: nil))
    request.queries = 2
    request.lastTTL = try #require(TTL(name.hasSuffix(".long.test") ? 32 : 14))
    request.keepsPackets = true
    let run = try #require(await lab.begin([request]).first)
    // Late replies are part of what a network does.
    await lab.sleep(for: .seconds(5))
    await lab.shutDown()
    var trace = Trace(request: request, began: .zero)
    var record = PacketRecord()
    for await batch in run.events {
      for event in batch {
        trace.apply(event)
        record.apply(event)
      }
    }
    // The same tracer, told the same again, makes the same of it.
    var again = try #require(RecordedRun(record, of: trace.request, from: trace.began)).trace
    again.apply(.observed(trace.evidence))
    #expect(again == trace, "\(name)")
    var lines = ["\(name) (\(target)) by \(protocolName.rawValue.uppercased()): \(text(of: trace.end))"]
    for hop in trace.path {
      lines += hop.probes.map { row(for: $0, at: hop.ttl) }
    }
    return lines + [""]
  }

  private static func row(for record: ProbeRecord, at ttl: TTL) -> String {
    var words = [ttl.value < 10 ? " \(ttl.value)" : "\(ttl.value)"]
    switch record.outcome {
    case .replied(let reply, let rtt): words += ["\(reply.responder)", milliseconds(rtt)] + marks(of: reply)
    case .late(let reply, _, let lateness):
      words += ["\(reply.responder)", "late by", milliseconds(lateness)] + marks(of: reply)
    case .timedOut: words.append("*")
    case .givenUp: words.append("* given up")
    case .pending: words.append("pending")
    case .unsendable: words.append("unsendable")
    }
    if record.duplicates > 0 { words.append("duplicates \(record.duplicates)") }
    if record.isSuperseded { words.append("superseded") }
    return words.joined(separator: " ")
  }

  private static func marks(of reply: Reply) -> [String] {
    var words: [String] = []
    switch reply.kind {
    case .timeExceeded: break
    case .echoReply: words.append("echo")
    case .unreachable(let code): words.append(code.marker)
    case .datagram, .reset, .synAck: words.append("\(reply.kind)")
    }
    if let ttl = reply.replyTTL { words.append("ttl \(ttl)") }
    if let quoted = reply.quotedTTL, quoted != 1 { words.append("quoted \(quoted)") }
    for case .mpls(let labels) in reply.extensions { words += labels.map { "label \($0.label)" } }
    return words
  }

  private static func text(of end: TraceEnd?) -> String {
    switch end {
    case .reached(let ttl): "reached at \(ttl.value)"
    case .unreachable(let ttl, let code): "\(code.meaning) at \(ttl.value)"
    case .loop(let ttl): "loop at \(ttl.value)"
    case .gapLimit: "gap limit"
    case .exhausted: "exhausted"
    case .cancelled, .overall, .failed, nil: "unfinished"
    }
  }

  /// Microseconds are enough, and the same on every machine.
  private static func milliseconds(_ duration: Duration) -> String {
    let microseconds = duration.nanoseconds / 1_000
    let digits = String(microseconds % 1_000 + 1_000).dropFirst()
    return "\(microseconds / 1_000).\(digits)"
  }
}
