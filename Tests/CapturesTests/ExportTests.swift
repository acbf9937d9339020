import Captures
import FoundationEssentials
import Glibc
import Packets
import Probing
import Results
import SystemIO
import TestSupport
import Testing
import Time
import Tracing

@Suite("Exporting packets")
struct ExportTests {
  /// One probe and its answer, as each kind of socket hands them out.
  private static func result(
    _ name: ProbeProtocolName, _ family: AddressFamily, _ form: ArrivalForm, sent: String, arrived: String
  ) throws -> TraceResult {
    let target = try #require(IPAddress(family == .ipv4 ? "203.0.113.80" : "2001:db8:4::80"))
    var request = TraceRequest(target: target, method: ProbeMethod(protocolName: name, socket: .ping, family: family))
    request.source = try #require(IPAddress(family == .ipv4 ? "192.0.2.5" : "2001:db8:1::5"))
    var result = TraceResult.sample(Trace(request: request, began: ProbeLines.beginning))
    let id = ProbeID(ttl: .first, attempt: 0)
    let began = ProbeLines.beginning
    var departure = PacketDeparture(
      probe: Probe(id: id, flow: .standard), method: request.method, source: request.source, destination: target,
      hopLimit: 1, queued: began, handedOver: began, departure: began, stamp: .kernel, settled: began,
      bytes: bytes(sent))
    departure.port = 33434
    result.packets.apply(PacketEvent.departed(departure))
    var arrival = PacketArrival(
      form: form, family: family, protocolName: name,
      source: try #require(IPAddress(family == .ipv4 ? "192.0.2.9" : "2001:db8:1::9")), stamp: began + .milliseconds(5),
      stampSource: .kernel, read: began + .milliseconds(6), match: .probe(id, by: .quote), bytes: bytes(arrived))
    arrival.errorType = family == .ipv4 ? 11 : 3
    arrival.quotedDestination = target
    arrival.quotedPort = 33434
    arrival.localIdentity = 50000
    result.packets.apply(PacketEvent.arrived(arrival))
    return result
  }

  private static let echo = "0800 0000 04d2 0007 f3b4 6674 7273"
  private static let echo6 = "8000 0000 04d2 0007 f3b4 6674 7273"
  private static let udp = "c350 829a 000e 0000 6674 0007 7273"

  static let cases: [(ProbeProtocolName, AddressFamily, ArrivalForm, String, String, String)] = [
    (.icmp, .ipv4, .icmpMessage, echo, "0000 0000 04d2 0007 f3b4 6674 7273", "IP header"),
    (.icmp, .ipv6, .icmpMessage, echo6, "8100 0000 04d2 0007 f3b4 6674 7273", "IP header"),
    (.icmp, .ipv4, .queuedError, echo, "0800 0000 04d2 0007 f3b4", "all but sender, type, code and the quote's end"),
    (.icmp, .ipv6, .queuedError, echo6, "8000 0000 04d2 0007 f3b4", "all but sender, type, code and the quote's end"),
    (.udp, .ipv4, .queuedError, udp, "6674 0007 7273", "all but sender, type, code and the quote's end"),
    (.udp, .ipv6, .queuedError, udp, "6674 0007 7273", "all but sender, type, code and the quote's end"),
    (.udp, .ipv4, .udpDatagram, udp, "", "all but sender and ports; its payload was not kept"),
  ]

  @Test(
    "what the kernel withheld is synthesised and said to be, with every length and checksum right", arguments: cases)
  func synthesis(
    name: ProbeProtocolName, family: AddressFamily, form: ArrivalForm, sent: String, arrived: String, words: String
  ) throws {
    let export = TraceExport(try Self.result(name, family, form, sent: sent, arrived: arrived))
    #expect(
      export.packets.map(\.comment) == [
        "probe 1#0; synthesised: IP header", "reply to probe 1#0; synthesised: \(words)",
      ])
    #expect(export.packets.map(\.isOutbound) == [true, false])
    for packet in export.packets { try Self.check(packet.bytes, family) }
    let written = try CaptureFile.read(export.file(application: "test"))
    #expect(written.packets.map(\.bytes) == export.packets.map(\.bytes))
    #expect(written.packets.compactMap(\.stamp) == [1_795_479_443_042_000_000, 1_795_479_443_047_000_000])
  }

  /// Holds a datagram against its own lengths and checksums.
  private static func check(_ bytes: [UInt8], _ family: AddressFamily) throws {
    let span = bytes.span.bytes
    let (number, offset, source, destination): (IPProtocol, Int, IPAddress, IPAddress)
    switch family {
    case .ipv4:
      let header = try IPv4Header.parse(span)
      let holds = header.checksumHolds(in: span)
      #expect(holds && header.totalLength == bytes.count)
      (number, offset, source, destination) = (
        header.protocolNumber, header.headerLength, header.source, header.destination
      )
    case .ipv6:
      let header = try IPv6Header.parse(span)
      #expect(header.payloadLength + IPv6Header.length == bytes.count)
      (number, offset, source, destination) = (header.nextHeader, IPv6Header.length, header.source, header.destination)
    }
    var sum = InternetChecksum()
    if number != .icmp {
      sum.addPseudoHeader(source: source, destination: destination, protocol: number, length: bytes.count - offset)
    }
    sum.add(span, in: offset..<bytes.count)
    #expect(sum.holds)
    if number == .udp { #expect(try UDPHeader.parse(span, at: offset).length == bytes.count - offset) }
  }

  @Test(
    "an imported trace, exported and imported again, is the same trace",
    arguments: [
      "traceroute-udp", "traceroute-icmp6", "mtr-tcp", "scamper-udp-paris", "scamper-tcp6",
    ])
  func roundTrip(name: String) throws {
    let first = try imported(name)
    let file = TraceExport(first).file(application: "test")
    let again = try #require(TraceFinder.traces(in: try CaptureFile.read(file)).first)
    let second = again.result(id: first.id, commandLine: first.commandLine, name: nil, file: "again", version: "test")
    func hops(_ trace: Trace) -> [String] {
      trace.path.flatMap(\.probes).map {
        "\($0.probe.id) \($0.outcome.reply?.responder.description ?? "*") \($0.rtt ?? .zero)"
      }
    }
    #expect(hops(second.trace) == hops(first.trace))
  }

  @Test("what a changed file may hold is exported as far as it fits: another family, the end of all time")
  func changed() throws {
    let other = try #require(IPAddress("2001:db8:1::5"))
    let sample = try #require(Self.cases.first)
    var result = try Self.result(sample.0, sample.1, sample.2, sent: sample.3, arrived: sample.4)
    var request = result.trace.request
    request.source = other
    let packets = result.packets
    result = .sample(Trace(request: request, began: result.trace.began))
    result.packets = packets
    result.localAddress = other
    #expect(TraceExport(result).packets.count == 2)
    result.started = WallTime(milliseconds: 253_402_300_799_999)
    let late = TraceExport(result)
    #expect(late.packets.map(\.stamp) == [.max, .max])
    #expect(try CaptureFile.read(late.file(application: "test")).packets.count == 2)
    var mixed = try #require(result.packets.departures.first)
    mixed.destination = other
    result.packets = PacketRecord()
    result.packets.apply(PacketEvent.departed(mixed))
    #expect(TraceExport(result).packets.isEmpty)
    #expect(TraceExport(result).leftOut == 1)
  }

  @Test("a packet of which only the beginning was kept says how long it was, and its checksum stays")
  func cut() throws {
    // A UDP probe of 256 bytes.
    let result = try Self.result(.udp, .ipv4, .queuedError, sent: "c350 829a 0100 1234 6674 0007", arrived: "")
    let probe = try #require(TraceExport(result).packets.first)
    #expect(probe.bytes.count == IPv4Header.minimumLength + 12)
    #expect(probe.wireLength == IPv4Header.minimumLength + 256)
    #expect(Array(probe.bytes.suffix(6).prefix(2)) == [0x12, 0x34])
    let read = try #require(try CaptureFile.read(TraceExport(result).file(application: "test")).packets.first)
    #expect(read.isCut && read.wireLength == probe.wireLength)
  }

  @Test(
    "tshark finds no malformed packet and no wrong checksum",
    .enabled(if: access("/usr/bin/tshark", X_OK) == 0, "tshark is not installed"))
  func tshark() async throws {
    let directory = try TemporaryDirectory()
    for (index, sample) in Self.cases.enumerated() {
      let result = try Self.result(sample.0, sample.1, sample.2, sent: sample.3, arrived: sample.4)
      let path = "\(directory.path)/\(index).pcapng"
      let number = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
      let file = FileDescriptor(owning: try #require(number >= 0 ? number : nil))
      _ = try writeAll(file.raw, TraceExport(result).file(application: "test"))
    }
    let bad = ["ip", "udp", "tcp", "icmp", "icmpv6"].map { "\($0).checksum.status == \"Bad\"" }.joined(
      separator: " or ")
    // Its status is that of `test`: 0 when all files have both packets, and none of them one that is bad.
    let command = """
      cd '\(directory.path)' && for file in *.pcapng; do
        test "$(tshark -r $file -T fields -e frame.number | wc -l)" = 2 || exit 1
        test -z "$(tshark -r $file -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -Y '_ws.malformed or \(bad)')" || exit 2
      done 2>/dev/null
      """
    var process = try Subprocess(shell: command)
    try process.start()
    #expect(try await process.wait() == .exited(status: 0))
  }

  @Test(
    "tshark sees the same hops",
    .enabled(if: access("/usr/bin/tshark", X_OK) == 0, "tshark is not installed"),
    arguments: ["traceroute-udp", "traceroute-icmp6", "mtr-tcp", "scamper-udp-paris"])
  func hops(name: String) async throws {
    let directory = try TemporaryDirectory()
    let result = try imported(name)
    let number = open("\(directory.path)/trace.pcapng", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    let file = FileDescriptor(owning: try #require(number >= 0 ? number : nil))
    _ = try writeAll(file.raw, TraceExport(result).file(application: "test"))
    // The outer source of each time exceeded.
    var process = try Subprocess(
      shell: "cd '\(directory.path)' && tshark -r trace.pcapng -Y 'icmp.type == 11 or icmpv6.type == 3' "
        + "-T fields -E occurrence=f -e ip.src -e ipv6.src 2>/dev/null | tr -d '\\t' >seen")
    try process.start()
    #expect(try await process.wait() == .exited(status: 0))
    let seen = Set(
      String(decoding: try Data(contentsOf: URL(filePath: "\(directory.path)/seen")), as: UTF8.self).split(
        separator: "\n"))
    let ours = result.trace.path.flatMap(\.probes).compactMap(\.outcome.reply).filter { $0.kind == .timeExceeded }
    #expect(seen.count >= 2)
    #expect(seen == Set(ours.map { Substring($0.responder.description) }))
  }
}
