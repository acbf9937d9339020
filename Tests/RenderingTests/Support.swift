import Enrichment
import Rendering
import Results
import TestSupport
import Time
import Tracing

/// Plays traces to a renderer, and gives what its console saw.
struct Performance {
  let console: RecordingConsole
  let renderer: any Renderer

  init(_ format: OutputFormat = .text, size: ConsoleSize? = nil, command: String = "trace", targets: Int = 1) {
    console = RecordingConsole(size: size)
    renderer = format.makeRenderer(
      for: CommandHeading(command: command, version: "1.0", targetCount: targets), on: console)
  }

  /// A moment of the renderer's clock, in ms.
  static func moment(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

  func tell(_ event: OutputEvent, at milliseconds: Int64 = 0) {
    renderer.handle(event, at: Self.moment(milliseconds))
  }

  func begin(
    _ slot: Int = 0, _ target: String = "demo.test", request: TraceRequest = ProbeLines.request,
    kinds: Set<EnrichmentKind> = [], at: Int64 = 0
  ) {
    let trace = Trace(request: request, began: ProbeLines.beginning)
    tell(.began(slot: slot, .sample(trace, target: target, kinds: kinds)), at: at)
  }

  /// What has become known of addresses, as `KnowledgeLines` reads it.
  func know(_ lines: String, in slot: Int = 0, at: Int64 = 0) {
    tell(.annotated(slot: slot, KnowledgeLines.events(lines)), at: at)
  }

  func probes(_ lines: String, in slot: Int = 0, request: TraceRequest = ProbeLines.request, at: Int64 = 0) {
    tell(.events(slot: slot, ProbeLines.events(lines, request)), at: at)
  }

  func finish(
    _ trace: Trace, _ target: String = "demo.test", in slot: Int = 0, kinds: Set<EnrichmentKind> = [],
    knowledge: String = "", at: Int64 = 0
  ) {
    tell(.finished(slot: slot, .sample(trace, target: target, kinds: kinds, knowledge: knowledge)), at: at)
  }

  /// What a pipe shows of a whole trace, without its heading.
  static func text(
    _ lines: String, _ request: TraceRequest = ProbeLines.request, end: TraceEnd,
    evidence: HostEvidence = HostEvidence()
  ) -> String {
    let performance = Performance()
    performance.begin(request: request)
    performance.probes(lines, request: request)
    performance.finish(ProbeLines.trace(lines, request, end: end, evidence: evidence))
    performance.tell(.ended)
    return performance.console.output.dropFirst().joined(separator: "\n")
  }
}
