import Captures
import Packets
import Results
import Tracing

/// Capture files: what is in them, the traces that are found, and the explanation of every hop.
enum CaptureFuzzing {
  private static let datagrams: [[UInt8]] = [
    // A UDP probe with a TTL of 1, and the time exceeded that quotes it.
    [
      0x45, 0, 0, 0x20, 0, 1, 0, 0, 1, 17, 0, 0, 192, 0, 2, 2, 203, 0, 113, 9, 0x82, 0x35, 0x82, 0x9a, 0, 12, 0, 0, 1,
      2, 3, 4,
    ],
    [0x45, 0, 0, 0x3c, 0, 1, 0, 0, 64, 1, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2, 11, 0, 0, 0, 0, 0, 0, 0] + [
      0x45, 0, 0, 0x20, 0, 1, 0, 0, 1, 17, 0, 0, 192, 0, 2, 2, 203, 0, 113, 9, 0x82, 0x35, 0x82, 0x9a, 0, 12, 0, 0, 1,
      2, 3, 4,
    ],
  ]

  static var seeds: [[UInt8]] {
    let packets = datagrams.enumerated().map { index, bytes in
      PcapngWriter.Packet(stamp: Int64(index) * 1_000_000, bytes: bytes, comment: "seed", isOutbound: index == 0)
    }
    let records = datagrams.flatMap { bytes -> [UInt8] in
      [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, UInt8(bytes.count), 0, 0, 0, UInt8(bytes.count)] + bytes
    }
    let header: [UInt8] = [0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 101]
    return [PcapngWriter.file(packets, application: "fuzz", comment: "", interface: "any"), header + records]
  }

  static func run(_ bytes: [UInt8]) {
    do throws(CaptureError) {
      let file = try CaptureFile.read(bytes)
      for trace in TraceFinder.traces(in: file) { check(trace) }
    } catch {
      precondition((0...bytes.count).contains(error.offset), "A fault lies in the file.")
      precondition(!error.description.isEmpty, "A fault has words.")
    }
  }

  private static func check(_ trace: ForeignTrace) {
    guard let id = ResultID("@k7f3") else { preconditionFailure("The id is well formed.") }
    let result = trace.result(id: id, commandLine: "import", name: nil, file: "fuzz", version: "0")
    precondition(result.trace.end != nil, "An imported trace has ended.")
    for hop in result.trace.path {
      let explanation = Explanation(hop: hop.ttl, of: result)
      precondition((explanation == nil) == hop.probes.isEmpty, "A hop that was probed can be explained.")
    }
    _ = TraceExport(result).file(application: "fuzz")
  }
}
