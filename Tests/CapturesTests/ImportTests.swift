import Captures
import FoundationEssentials
import Packets
import Results
import Testing
import Tracing

/// A file of `Tests/Captures`, found from where this file was compiled.
func sample(_ name: String) throws -> [UInt8] {
  let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
  return Array(try Data(contentsOf: URL(filePath: parts.joined(separator: "/") + "/Captures/\(name).pcap")))
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
}
