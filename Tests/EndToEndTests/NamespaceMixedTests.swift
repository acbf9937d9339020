import FoundationEssentials
import Packets
import Testing
import Tracing

@Suite(
  "Many traces in one session", .serialized, .enabled(if: NamespaceChain.isPossible, NamespaceChain.reason),
  .enabled(if: Program.isBuilt, "the program is not built"))
struct NamespaceMixedTests {
  /// As much of the JSON form as the tests look at.
  private struct Document: Decodable {
    struct Trace: Decodable {
      struct Hop: Decodable { let address: String? }
      let target: String
      let reached: Bool
      let network: String
      let hops: [Hop]
    }
    let results: [Trace]
  }

  /// Targets of the lab and the addresses on the way there; silent hops are nil.
  private static let demo: [String?] = [
    "192.168.1.1", "100.64.12.1", "198.18.4.17", "198.18.0.9", "198.18.0.34", "192.0.2.61", nil, "198.19.0.14",
    "198.19.8.1", "198.19.8.26", "203.0.113.1", "203.0.113.80",
  ]
  private static let campus: [String?] = ["10.20.1.1", "10.20.0.1", "10.20.8.1", "10.20.8.80"]

  @Test("twenty targets over two networks, half on kernel routers, half in the lab: each its own hops, 100 times")
  func twentyTargets() async throws {
    try await NamespaceChain.with(routers: 5) { chain in
      let far = (1...5).map { "\(chain.furtherTarget($0, .ipv4))" }
      let near = (1...5).map { "\(chain.near($0, .ipv4))" }
      let lab = Array(repeating: ["demo.test", "web.campus.test"], count: 5).flatMap { $0 }
      // Interleaved, so that neighbours are on different networks.
      let targets = zip(far + near, lab).flatMap { [$0, $1] }
      let line = "trace \(targets.joined(separator: " ")) --patience off"
      let output = try await Program.with { program in
        try await program.run(
          "-c 'set format json; set lab.clock real; set timeout 150ms; repeat 100 { \(line) }'",
          in: chain.name(0), asUser: 0)
      }
      let path = chain.path(.ipv4).map { Optional("\($0)") }
      var expected: [String: [String?]] = ["demo.test": Self.demo, "web.campus.test": Self.campus]
      for (index, target) in near.enumerated() { expected[target] = Array(path.prefix(index + 1)) }
      for target in far { expected[target] = path.dropLast() + [target] }
      // What the session notes, of look-ups or of its store, is on standard error, and is read here too.
      let notes = output.split(separator: "\n").filter { !$0.hasPrefix("{") }
      if !notes.isEmpty { print("notes: \(notes)") }
      #expect(notes.allSatisfy { $0.hasPrefix("note: ") || $0.hasPrefix("  ") }, "\(notes)")
      let lines = output.split(separator: "\n").filter { $0.hasPrefix("{") }
      #expect(lines.count == 100)
      for line in lines {
        let document = try JSONDecoder().decode(Document.self, from: Data(line.utf8))
        #expect(document.results.map(\.target) == targets)
        for trace in document.results {
          #expect(trace.reached)
          #expect(trace.network.hasPrefix(trace.target.hasSuffix(".test") ? "lab " : "live"))
          #expect(trace.hops.map(\.address) == expected[trace.target], "\(trace.target)")
        }
      }
    }
  }

  @Test("fifty traces leave no descriptor and no thread behind")
  func noLeaks() async throws {
    try await NamespaceChain.with(routers: 2) { chain in
      let trace = "trace \(chain.target(.ipv4)) demo.test > /dev/null"
      let count = "version | ls /proc/$PPID/fd | wc -l\nversion | ls /proc/$PPID/task | wc -l"
      let output = try await Program.with { program in
        try await program.run(
          "-c 'set lab.clock real; repeat 3 { \(trace) }\n\(count)\nrepeat 50 { \(trace) }\n\(count)'",
          in: chain.name(0), asUser: 0)
      }
      let counts = output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
      try #require(counts.count == 4)
      // Fewer is possible: what the first traces needed may be closed by now. Swift's pool makes three of its own when
      // somebody first sleeps; a descriptor a trace would be fifty.
      #expect(counts[2] <= counts[0] + 5)
      // Swift's pool starts and ends threads as it likes; a thread a trace would be fifty.
      #expect(abs(counts[3] - counts[1]) <= 3)
    }
  }
}
