import Enrichment
import Packets
import Probing
import Results
import TestSupport
import Testing
import Time
import Tracing

@testable import Rendering

/// Whatever the renderer prints, `explain` knows: each text here is made by the code that prints it.
@Suite("Signs that are explained")
struct ExplainedSignsTests {
  /// Why a path ended, for each name that there is.
  private static func end(_ reason: TraceDocument.EndReason) -> TraceEnd {
    switch reason {
    case .reached: .reached(.first)
    case .unreachable: .unreachable(.first, UnreachableCode(family: .ipv4, type: 3, code: 1))
    case .loop: .loop(.first)
    case .exhausted: .exhausted
    case .cancelled: .cancelled
    case .overall: .overall
    case .failed: .failed(SendFailure(call: "sendmmsg", errno: 101, reason: "Network is unreachable"))
    case .gapLimit: .gapLimit
    }
  }

  private func check(_ text: some StringProtocol) {
    #expect(Explanation(sign: String(text)) != nil, "\(text)")
  }

  @Test("each ending, by its name and as the closing line has it", arguments: TraceDocument.EndReason.allCases)
  func endings(reason: TraceDocument.EndReason) {
    check(reason.rawValue)
    check(reason.rawValue.replacing("_", with: "-"))
    for probes in ["1 10.0.0.1 1", "1 203.0.113.80 1 echo", "1 *", "1 10.0.0.1 1 !H"] {
      let trace = ProbeLines.trace(probes, end: Self.end(reason))
      let closing = ClosingText(result: .sample(trace)).lines[0].text
      check(closing)
      for part in closing.split(separator: "; ").prefix(2).dropLast() { check(part) }
    }
  }

  @Test("each count of the closing line")
  func counts() throws {
    let probes = """
      1 10.0.0.1 1 duplicate
      1 10.0.0.1 1 revised
      2 *
      3 gave-up
      4 late 10.0.0.4 12
      5 pending
      6 unsent
      7 *
      7 10.0.0.7 7 own  # sent again
      """
    let trace = ProbeLines.trace(probes, end: .cancelled, evidence: HostEvidence(dropped: 2))
    let closing = ClosingText(result: .sample(trace)).lines[0].text
    let counts = try #require(closing.split(separator: "; ").last).split(separator: ", ")
    #expect(counts.count == 11, "\(closing)")
    for count in counts { check(count) }
    for count in ["1 probe", "1 reply", "2 duplicates", "1 sent again"] { check(count) }
  }

  @Test("each part of the heading")
  func heading() {
    for engine in EngineName.allCases {
      for socket in SocketName.allCases {
        for name in ProbeProtocolName.allCases {
          let method = ProbeMethod(protocolName: name, socket: socket, family: .ipv4)
          var request = TraceRequest(target: ProbeLines.target, method: method)
          request.queries = 3
          request.size = 100
          request.dontFragment = false
          request.flow = FlowID(7)
          request.variesFlow = true
          var result = TraceResult.sample(Trace(request: request, began: ProbeLines.beginning))
          result.engineSettings.name = engine
          result.hasShortTimeout = true
          result.hypothesis = Hypothesis(of: result.id, rules: ["timeout 50ms"], untold: [])
          let parts = HeadingText.line(result).text.split(separator: ", ").filter { $0 != "lab demo" }
          #expect(parts.count > 7)
          for part in parts { check(part) }
        }
      }
    }
  }

  @Test("each mark of the rows, with its values")
  func rows() {
    let probes = """
      1 10.0.0.1 1 mpls=16001 quoted=2
      2 10.0.0.1 2 interface=eth0 object=1/2
      3 10.0.0.3 3 own
      4 late 10.0.0.4 12.3
      5 unsent
      6 gave-up
      7 10.0.0.7 7
      8 10.0.0.3 8
      9 203.0.113.80 9
      10 *
      """
    let result = TraceResult.sample(ProbeLines.trace(probes, end: .exhausted))
    var marks: Set<String> = []
    for line in TraceText(result, columns: nil).finalRows {
      for part in line.text.split(separator: "  ").map({ $0.drop { $0 == " " } }) {
        guard let first = part.first, !first.isNumber, first != "(" else { continue }
        marks.insert(String(part))
      }
    }
    #expect(marks.count >= 10, "\(marks)")
    for mark in marks { check(mark) }
  }

  @Test("each extension object's mark")
  func extensions() {
    for role in InterfaceInformation.Role.allCases {
      check(ICMPExtensionObject.interfaceInformation(.init(role: role, index: 3, name: "eth0", mtu: 1500)).mark)
    }
    for number in UInt8.min...UInt8.max {
      check(ICMPExtensionObject.unknown(classNumber: number, type: number, bytes: [0]).mark)
    }
    check(ICMPExtensionObject.mpls([MPLSLabel(label: 1, bottomOfStack: true, timeToLive: 1)]).mark)
  }

  @Test("each mark of an unreachable says what its type and code mean")
  func markers() {
    let types: [(AddressFamily, [UInt8])] = [(.ipv4, [3, 4, 12]), (.ipv6, [1, 2, 4])]
    for (family, numbers) in types {
      for type in numbers {
        for number in UInt8.min...UInt8.max where (family, type) != (.ipv6, 2) || number == 0 {
          let code = UnreachableCode(family: family, type: type, code: number)
          let sentences = Explanation(sign: "marker \(code.marker)")?.sections.flatMap(\.sentences) ?? []
          #expect(sentences.contains { $0.contains(code.meaning) }, "\(code.marker) \(code.meaning)")
          check(code.marker)
        }
      }
    }
    #expect(
      Explanation(sign: "!<300>") == nil && Explanation(sign: "!<1-2-3>") == nil && Explanation(sign: "!<>") == nil)
    // It has a letter in both families.
    #expect(Explanation(sign: "!<1>") == nil)
  }

  @Test("each finding, by the names that conditions and JSON have for it", arguments: Finding.Kind.allCases)
  func findings(kind: Finding.Kind) {
    check(kind.rawValue)
    check(kind.rawValue.replacing("_", with: "-"))
  }

  @Test(
    "what stands in brackets, below a trace, in comparisons and in timelines",
    arguments: [
      "[AS64500 EXAMPLE-NET, IE]", "[private network]", "[Dublin, IE]", "late 20 ms", "late 20 ms from 10.0.0.4",
      "timeout 50 ms!", "timeout 1 s", "loop at hop 9", "later: 10.0.0.1", "warning: anything", "note: hop 3: anything",
      "evidence: no late reply", "public address 198.51.100.7", "destination AS64510 EXAMPLE-DC, CA", "!", "?", "+",
      "-",
      "●", "○", "×", "│", "─", "differs:", "cannot be told:", "verdict: same path", "then: demo.test (ended)",
      "waiting for hop 3, 1.5 s",
    ] + Segment.allCases.map { "[\($0.rawValue)]" })
  func others(text: String) { check(text) }

  @Test("what only begins as a sign does is not taken for one")
  func unknown() {
    for text in ["lately", "startle", "loops", "nothing", "7", "7 nothing", ":", ""] {
      #expect(Explanation(sign: text) == nil, "\(text)")
    }
  }
}
