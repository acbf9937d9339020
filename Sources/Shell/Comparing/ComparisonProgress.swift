import Rendering
import Results
import Time
import Tracing

/// What is shown while the sides of a comparison are traced: a row a target on a terminal, and nothing elsewhere.
///
///     tracing web.campus.test: 3 hops answered
///     traced far.demo.test: 14 hops answered
final class ComparisonProgress: Renderer {
  private struct Row {
    let name: String
    var trace: Trace?
    var isDone = false
  }

  private let console: any Console
  private var rows: [Row]
  /// Why a target came to nothing.
  private(set) var failure: CommandFailure?
  /// The target that did; nil when it was the whole command.
  private(set) var failedTarget: String?

  /// - Parameter names: of the targets, as typed.
  init(on console: any Console, names: [String]) {
    self.console = console
    rows = names.map { Row(name: $0) }
  }

  var nextTick: Instant? { nil }

  func handle(_ event: OutputEvent, at now: Instant) {
    switch event {
    case .began(let slot, let result):
      rows[slot].trace = result.trace
      draw()
    case .events(let slot, let events):
      for event in events { rows[slot].trace?.apply(event) }
      draw()
    case .finished(let slot, let result):
      rows[slot].trace = result.trace
      rows[slot].isDone = true
      draw()
    case .failed(_, let target, let problem):
      guard failure == nil else { return }
      failure = problem
      failedTarget = target
    case .warning(let line): console.diagnose(line)
    case .ended: if console.size != nil { console.endLive() }
    case .waiting, .annotated, .pinged, .line, .tick: break
    }
  }

  private func draw() {
    guard console.size != nil else { return }
    console.showLive(
      rows.map { row in
        let answered = row.trace?.path.count { $0.isAnswered } ?? 0
        let state = "\(row.isDone ? "traced" : "tracing") \(row.name): "
        return StyledLine(state + "\(answered) hop\(answered == 1 ? "" : "s") answered", .dim)
      })
  }
}
