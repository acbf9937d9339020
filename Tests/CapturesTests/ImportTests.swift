import Captures
import FoundationEssentials
import Packets
import Probing
import Results
import Testing
import Tracing

/// A file of `Tests/Captures`, found from where this file was compiled.
func sample(_ name: String) throws -> [UInt8] {
  let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
  return Array(try Data(contentsOf: URL(filePath: parts.joined(separator: "/") + "/Captures/\(name).pcap")))
}

extension [Int64] {
  /// These, over and over.
  fileprivate func cycled() -> some Sequence<Int64> { (0...).lazy.map { self[$0 % count] } }
}

/// The one trace of a sample, as a result.
func imported(_ name: String) throws -> TraceResult {
  let traces = TraceFinder.traces(in: try CaptureFile.read(try sample(name)))
  let trace = try #require(traces.first)
  return trace.result(
    id: try #require(ResultID("@k7f3")), commandLine: "import \(name).pcap", name: nil, file: "\(name).pcap",
    version: "test")
}

@Suite("Importing other programs' traces")
struct ImportTests {
  private static let path4 = ["192.0.2.1", "198.51.100.2", "198.51.100.10", "203.0.113.9"]
  private static let path6 = ["2001:db8:1::1", "2001:db8:2::2", "2001:db8:3::10", "2001:db8:4::9"]

  @Test(
    "the capture of each tool, protocol and family is one trace with its hops, and the tool is known by its probes",
    arguments: [
      ("traceroute-udp", "traceroute", ProbeProtocolName.udp, 2), ("traceroute-icmp6", "traceroute", .icmp, 1),
      ("traceroute-tcp", nil, .tcp, 1), ("traceroute-udp6", "traceroute", .udp, 1), ("mtr-icmp", "mtr", .icmp, 2),
      ("mtr-udp6", "mtr", .udp, 1), ("mtr-tcp", "mtr", .tcp, 1), ("scamper-udp-paris", "scamper", .udp, 1),
      ("scamper-icmp-paris", "scamper", .icmp, 1), ("scamper-tcp6", nil, .tcp, 1),
    ] as [(String, String?, ProbeProtocolName, Int)])
  func tools(name: String, tool: String?, protocolName: ProbeProtocolName, queries: Int) throws {
    let traces = TraceFinder.traces(in: try CaptureFile.read(try sample(name)))
    #expect(traces.count == 1)
    #expect(traces.first?.tool == tool)
    let result = try imported(name)
    let trace = result.trace
    #expect(trace.end == .reached(try #require(TTL(4))))
    #expect(trace.path.map { $0.firstResponder?.description } == (name.contains("6") ? Self.path6 : Self.path4))
    #expect(trace.path.allSatisfy { hop in hop.probes.count >= 1 && hop.probes.allSatisfy { $0.rtt != nil } })
    #expect(trace.path.first?.probes.count == queries)
    #expect(result.method == ProbeMethod(protocolName: protocolName, socket: .capture, family: result.address.family))
    for hop in trace.path {
      for record in hop.probes {
        #expect(record.departureStamp == .kernel && record.rtt.map { $0 > .zero && $0 < .milliseconds(5) } == true)
      }
    }
  }

  @Test("each answer is kept with the probe that it quotes, and every hop can be explained from its bytes")
  func evidence() throws {
    for name in ["traceroute-udp", "traceroute-tcp", "scamper-tcp6", "mtr-icmp"] {
      let result = try imported(name)
      for hop in result.trace.path {
        let explanation = try #require(Explanation(hop: hop.ttl, of: result))
        let answer = try #require(explanation.sections.first { $0.title.lowercased().hasSuffix("came back") }?.packet)
        #expect(answer.fields.contains { $0.isMatched }, "\(name) \(hop.ttl)")
      }
      #expect(result.packets.isComplete)
      #expect(result.packets.departures.count == result.trace.hops.flatMap(\.probes).count)
      // What 'whatif' computes again is what was imported.
      let run = RecordedRun(result.packets, of: result.trace.request, from: result.trace.began)
      #expect(run?.trace == result.trace)
      // And the store keeps it.
      #expect(try StoreForm.decodeTrace(StoreForm.encode(result)) == result)
    }
  }

  @Test("two tools in one capture are two traces; what no tool made is none")
  func several() throws {
    let both = try sample("traceroute-udp") + sample("mtr-icmp").dropFirst(24)
    let traces = TraceFinder.traces(in: try CaptureFile.read(both))
    #expect(traces.map(\.protocolName) == [.udp, .icmp])
    #expect(traces.map(\.answeredCount).allSatisfy { $0 > 0 })
    // A plain UDP datagram with a TTL of 64, and its answer.
    let ordinary = """
      a1b2c3d4 0002 0004 00000000 00000000 00040000 00000065
      00000001 00000000 0000001c 0000001c 4500001c 00010000 40110000 c0000201 c0000209 c0000035 00080000
      00000001 00000100 0000001c 0000001c 4500001c 00010000 40110000 c0000209 c0000201 0035c000 00080000
      """
    #expect(TraceFinder.traces(in: try CaptureFile.read(bytes(ordinary))) == [])
  }

  @Test("a probe without an answer is silent, and the trace goes on")
  func silence() throws {
    var file = try CaptureFile.read(try sample("traceroute-udp"))
    // All that the second router says is missing.
    file.packets.removeAll { packet in
      packet.datagram.map { Array($0.dropFirst(12).prefix(4)) == [198, 51, 100, 2] } ?? false
    }
    let trace = try #require(TraceFinder.traces(in: file).first).result(
      id: try #require(ResultID("@k7f3")), commandLine: "import", name: nil, file: "f", version: "test"
    ).trace
    #expect(trace.path.map(\.isAnswered) == [true, false, true, true])
    // The capture ends before the timeout of five seconds: nobody knows whether they would have been late.
    #expect(trace.path.dropFirst().first?.probes.map(\.outcome) == [.givenUp, .givenUp])
    #expect(trace.end == .reached(try #require(TTL(4))))
  }

  @Test(
    "stamps out of any time leave their packet out, and those that go back keep their order in the file",
    arguments: ["traceroute-udp", "scamper-tcp6"])
  func stamps(name: String) throws {
    let whole = try CaptureFile.read(try sample(name))
    let id = try #require(ResultID("@k7f3"))
    let count = try #require(TraceFinder.traces(in: whole).first).answeredCount
    for stamp in [Int64.min, .min + 1, -(1 << 62), 1 << 62, .max] {
      for place in whole.packets.indices {
        var file = whole
        file.packets[place].stamp = stamp
        for trace in TraceFinder.traces(in: file) {
          #expect(trace.answeredCount < count)
          #expect(trace.result(id: id, commandLine: "", name: nil, file: "f", version: "test").trace.end != nil)
        }
      }
    }
    // The clock of the machine that captured was set back on the way.
    for (place, step) in zip(whole.packets.indices, [1_000_000, 1_000_000_000, 3_600_000_000_000].cycled()) {
      var file = whole
      for later in whole.packets.indices[place...] { file.packets[later].stamp? -= step }
      for trace in TraceFinder.traces(in: file) {
        let result = trace.result(id: id, commandLine: "", name: nil, file: "f", version: "test")
        let run = RecordedRun(result.packets, of: result.trace.request, from: result.trace.began)
        #expect(run?.trace == result.trace)
      }
    }
  }

  @Test("a damaged capture gives what it still holds, and never more than was there")
  func hostile() throws {
    for name in ["traceroute-udp", "scamper-tcp6", "traceroute-icmp6"] {
      let whole = try sample(name)
      let id = try #require(ResultID("@k7f3"))
      for place in stride(from: 0, to: whole.count, by: 11) {
        var damaged = whole
        damaged[place] ^= 0xff
        do throws(CaptureError) {
          for trace in TraceFinder.traces(in: try CaptureFile.read(damaged)) {
            let result = trace.result(id: id, commandLine: "import", name: nil, file: "f", version: "test")
            #expect(result.trace.end != nil)
            for hop in result.trace.path {
              #expect((Explanation(hop: hop.ttl, of: result) == nil) == hop.probes.isEmpty)
            }
          }
        } catch {
          #expect(error.offset <= damaged.count)
        }
      }
    }
  }
}
