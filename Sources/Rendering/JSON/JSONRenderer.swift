import Enrichment
import Results
import Time
import Tracing

/// Exactly one JSON document a command, on one line of standard output, when the command has ended.
///
/// One target gives a `TraceDocument`, several give a `TraceListDocument` with theirs in the order of the arguments. A target that came to
/// nothing leaves a `FailureDocument` in its place, and so does a command that ends without a word.
package final class JSONRenderer: Renderer {
  private enum Slot {
    case empty
    case running(TraceResult)
    case finished(TraceResult)
    case failed(FailureDocument)
  }

  private let heading: CommandHeading
  private let console: any Console
  private var slots: [Slot]
  private var ping: PingResult?
  private var failure: FailureDocument?
  private var hasEnded = false

  package init(for heading: CommandHeading, on console: any Console) {
    self.heading = heading
    self.console = console
    slots = Array(repeating: .empty, count: heading.targetCount)
  }

  package var nextTick: Instant? { nil }

  package func handle(_ event: OutputEvent, at now: Instant) {
    switch event {
    case .waiting, .line, .tick: break
    case .warning(let line): console.diagnose(line)
    case .began(let slot, let result): slots[slot] = .running(result)
    case .events(let slot, let events):
      guard case .running(var result) = slots[slot] else { return }
      for event in events { result.trace.apply(event) }
      slots[slot] = .running(result)
    case .annotated(let slot, let events):
      guard case .running(var result) = slots[slot] else { return }
      for event in events { result.enrichment.apply(event) }
      slots[slot] = .running(result)
    case .finished(let slot, let result): slots[slot] = .finished(result)
    case .failed(let slot, let target, let error):
      let document = failureDocument(target, error)
      if let slot { slots[slot] = .failed(document) } else { failure = document }
    case .pinged(let result): ping = result
    case .ended:
      guard !hasEnded else { return }
      hasEnded = true
      console.print(StyledLine(document()))
    }
  }

  private func document() -> String {
    if let failure { return ResultCoding.encode(failure) }
    if let ping { return ResultCoding.encode(PingDocument(ping, version: heading.version)) }
    let entries = slots.map(entry)
    guard entries.count == 1 else {
      return entries.isEmpty
        ? ResultCoding.encode(nothing())
        : ResultCoding.encode(TraceListDocument(version: heading.version, results: entries))
    }
    return ResultCoding.encode(entries[0])
  }

  private func entry(of slot: Slot) -> TraceListDocument.Entry {
    switch slot {
    case .empty: .failure(nothing())
    case .running(let result), .finished(let result): .trace(TraceDocument(result))
    case .failed(let document): .failure(document)
    }
  }

  private func nothing() -> FailureDocument {
    failureDocument(nil, CommandFailure(problem: "the command ended before it had a result"))
  }

  private func failureDocument(_ target: String?, _ error: CommandFailure) -> FailureDocument {
    FailureDocument(command: heading.command, version: heading.version, target: target, error: error)
  }
}
