import FoundationEssentials
import Glibc
import SystemIO
import TestSupport
import Testing

/// The promise of FINDINGS with a tenth of the counts of `scripts/soak promise`: twelve hops, the last at 45 ms, a timeout of 70 ms.
@Suite(
  "Whatever becomes of look-ups, a trace is complete", .serialized,
  .enabled(if: TunnelNamespace.isPossible, TunnelNamespace.reason),
  .enabled(if: ShellSession.isBuilt, "the program is not built"))
struct TunnelPromiseTests {
  private static let traces = 100

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// What the network's resolver does, in words of `lab resolver`.
    let resolver: String
    var isBusy = false
    let target: String
  }

  static let cases = [
    Case(
      testDescription: "answers after 20 to 150 ms, 5 % lost, 5 % failed",
      resolver: "delay 19500us jitter 130ms loss 5% servfail 5%", target: "203.0.113.80"),
    Case(
      testDescription: "the same over IPv6", resolver: "delay 19500us jitter 130ms loss 5% servfail 5%",
      target: "2001:db8:30::80"),
    Case(testDescription: "no answer ever", resolver: "silent", target: "203.0.113.80"),
    Case(testDescription: "every question refused", resolver: "refuse", target: "203.0.113.80"),
    Case(
      testDescription: "two endless loops on the processors",
      resolver: "delay 19500us jitter 130ms loss 5% servfail 5%", isBusy: true, target: "203.0.113.80"),
  ]

  /// As much of the JSON form as the test looks at.
  private struct Document: Decodable {
    struct Hop: Decodable {
      let segment: String?
      let rtt_ms: Double?
    }
    let reached: Bool
    let hops: [Hop]

    /// Every hop answered in time.
    var isComplete: Bool { reached && hops.count == 12 && hops.allSatisfy { $0.rtt_ms != nil } }
    /// No hop answered sooner than its links allow: the stamps are real.
    var hasRightTimes: Bool {
      zip(hops, [0.5, 4, 5, 7, 8, 9, 11, 31, 41, 43, 44, 45]).allSatisfy { ($0.rtt_ms ?? 0) >= $1 }
    }
    var isEnriched: Bool { hops.contains { $0.segment != nil } }
  }

  @Test("at a timeout of 70 ms, a hundred times", arguments: cases)
  func complete(_ trouble: Case) async throws {
    let directory = try TemporaryDirectory()
    let file = "\(directory.path)/promise.ftr"
    try Self.network(resolver: trouble.resolver).write(toFile: file, atomically: false, encoding: .utf8)
    try await TunnelNamespace.with(file) { namespace in
      let script = """
        set special-addresses lookup; set public-ip 198.18.128.77; set warnings off; set timeout 70ms; set enrich.wait 30ms
        repeat \(Self.traces) { enrich clear; trace \(trouble.target) --json; trace \(trouble.target) --enrich off --json }
        """
      let loops = trouble.isBusy ? "for i in 1 2; do (timeout 120 sh -c \"while :; do :; done\") & done; " : ""
      let written = try await namespace.run(
        "sh -c '\(loops)XDG_STATE_HOME=\(directory.path) \"\(ShellSession.binary)\" --no-rc -c \"$1\"; "
          + "for job in $(jobs -p); do kill $job; done' sh '\(script)'")
      let documents = try written.split(separator: "\n").map {
        try JSONDecoder().decode(Document.self, from: Data($0.utf8))
      }
      let complete = documents.filter(\.isComplete)
      #expect(complete.filter(\.isEnriched).count == Self.traces)
      #expect(complete.count == 2 * Self.traces)
      #expect(documents.filter { !$0.hasRightTimes }.isEmpty)
    }
  }

  /// The network that `scripts/soak promise` uses, with another resolver.
  private static func network(resolver: String) throws -> String {
    let tests = URL(filePath: #filePath).deletingLastPathComponent()
    let text = try String(contentsOf: tests.appending(path: "../../scripts/soak.d/promise.ftr"), encoding: .utf8)
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.hasPrefix("lab resolver ") ? "lab resolver 192.168.1.1 2001:db8:10:1::1 \(resolver)" : String(line)
    }.joined(separator: "\n")
  }
}
