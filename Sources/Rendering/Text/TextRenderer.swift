import Enrichment
import Results
import Time
import Tracing

/// Traces as text for people, one block of rows a target, in the order of the arguments.
///
/// # Theory of operation
///
/// All traces run at once, but only one is *in front*: the first in the order of arguments whose block is not complete. Events
/// of the others are folded and shown when their turn comes, at once if they have ended by then.
///
/// On a terminal the block in front is the console's live block: the rows so far and one row for what is waited for, drawn
/// again at most `framesPerSecond` times a second, on an event or on a tick. While others run behind it, one more row says how far they
/// are. When the trace ends, the final rows and the closing line take the block's place and it is closed.
///
/// Anywhere else a row is written once and for ever, as soon as nothing can change it (`SettledRows`).
package final class TextRenderer: Renderer {
  /// More is not seen; fewer looks like waiting.
  static let framesPerSecond = 30
  private static let frame = Duration.seconds(1) / framesPerSecond
  /// How often the waiting time in the last row is brought up to date.
  private static let progressInterval = Duration.milliseconds(100)

  private enum Slot {
    case empty
    case running(TraceResult, since: Instant)
    case finished(TraceResult)
    case failed
  }

  private let console: any Console
  /// One a target.
  private var slots: [Slot]
  /// The slot in front; `slots.count` when all are complete.
  private var front = 0
  private var hasShownHeading = false
  private var hasShownBlock = false
  private var settled = SettledRows()
  private var screen = Screen()

  /// What the live block needs to know.
  private struct Screen {
    var isOpen = false
    var lastDraw: Instant?
    /// Something happened since `lastDraw`.
    var isStale = false
    /// What the command waits for before it can begin, and since when.
    var waiting: (text: String, since: Instant)?
  }

  package init(on console: any Console, targetCount: Int) {
    self.console = console
    slots = Array(repeating: .empty, count: targetCount)
  }

  private var isLive: Bool { console.size != nil }

  package func handle(_ event: OutputEvent, at now: Instant) {
    switch event {
    case .waiting(let text):
      screen.waiting = (text, screen.waiting?.since ?? now)
    case .began(let slot, let result):
      screen.waiting = nil
      slots[slot] = .running(result, since: now)
    case .events(let slot, let events):
      // Packets are not shown.
      guard case .running(var result, let since) = slots[slot], !events.allSatisfy(\.isPacket) else { return }
      // Out of its slot the result is changed in place.
      slots[slot] = .empty
      for event in events { result.trace.apply(event) }
      slots[slot] = .running(result, since: since)
    case .annotated(let slot, let events):
      guard case .running(var result, let since) = slots[slot] else { return }
      slots[slot] = .empty
      for event in events { result.enrichment.apply(event) }
      slots[slot] = .running(result, since: since)
    case .finished(let slot, let result):
      slots[slot] = .finished(result)
    case .failed(let slot, target: _, _):
      if let slot { slots[slot] = .failed }
    case .pinged(let result):
      for line in PingText.summary(result) { console.print(line) }
    case .line(let line): console.print(line)
    case .warning(let line): console.diagnose(line)
    case .tick: break
    case .ended:
      screen.waiting = nil
      front = slots.count
      closeBlock()
      return
    }
    screen.isStale = true
    advance(at: now)
  }

  package var nextTick: Instant? {
    guard isLive else { return nil }
    if let waiting = screen.waiting {
      return max(waiting.since + TraceText.longWait, next(Self.progressInterval))
    }
    guard front < slots.count, case .running(_, let since) = slots[front] else { return nil }
    return screen.isStale ? next(Self.frame) : max(since + TraceText.longWait, next(Self.progressInterval))
  }

  private func next(_ interval: Duration) -> Instant { screen.lastDraw.map { $0 + interval } ?? .zero }

  /// Shows what can be shown, and puts the next trace in front while the one there is complete.
  private func advance(at now: Instant) {
    if let waiting = screen.waiting { return drawWaiting(waiting.text, since: waiting.since, at: now) }
    while front < slots.count {
      switch slots[front] {
      case .empty: return
      case .running(let result, let since):
        show(result, since: since, at: now)
        return
      case .finished(let result): complete(result)
      case .failed: break
      }
      front += 1
      hasShownHeading = false
      settled = SettledRows()
    }
  }

  private func show(_ result: TraceResult, since: Instant, at now: Instant) {
    showHeading(result)
    // The rows are made only where some are to be shown: events are many more than rows.
    guard isLive ? now >= next(Self.frame) || !screen.isOpen : !settled.isWaiting(in: result) else { return }
    let text = TraceText(result, columns: console.size?.columns)
    guard isLive else {
      for line in settled.take(from: text) { console.print(line) }
      return
    }
    draw(text.runningRows(elapsed: now - since) + progressOfOthers(since: since, at: now), at: now)
  }

  private func complete(_ result: TraceResult) {
    showHeading(result)
    let text = TraceText(result, columns: console.size?.columns)
    let closing = settled.news(in: text) + ClosingText(result: result).lines
    if screen.isOpen {
      // The block cuts its rows to the width; what is said in sentences is printed below, where it may take two rows.
      console.showLive(text.finalRows + closing.prefix(1))
      closeBlock()
      for line in closing.dropFirst() { console.print(line) }
    } else {
      for line in settled.takeRest(from: text) + closing { console.print(line) }
    }
  }

  private func showHeading(_ result: TraceResult) {
    guard !hasShownHeading else { return }
    clearWaiting()
    if hasShownBlock { console.print("") }
    console.print(HeadingText.line(result))
    hasShownHeading = true
    hasShownBlock = true
  }

  private func draw(_ rows: [StyledLine], at now: Instant) {
    console.showLive(rows)
    screen.isOpen = true
    screen.lastDraw = now
    screen.isStale = false
  }

  private func closeBlock() {
    if screen.isOpen { console.endLive() }
    screen.isOpen = false
  }

  private func drawWaiting(_ text: String, since: Instant, at now: Instant) {
    let elapsed = now - since
    guard isLive, elapsed > TraceText.longWait, now >= next(Self.frame) else { return }
    draw([StyledLine("\(text) …  \(Milliseconds(elapsed).seconds)", .dim)], at: now)
  }

  /// Takes the row of a wait that is over off the screen.
  private func clearWaiting() {
    guard screen.isOpen else { return }
    console.showLive([])
    closeBlock()
  }

  /// One row about the traces behind the one in front; none when there are none or the wait is short.
  private func progressOfOthers(since: Instant, at now: Instant) -> [StyledLine] {
    guard now - since > TraceText.longWait else { return [] }
    let states = slots.dropFirst(front + 1).compactMap(Self.state)
    guard !states.isEmpty else { return [] }
    return [StyledLine("then: \(states.joined(separator: ", "))", .dim)]
  }

  private static func state(of slot: Slot) -> String? {
    switch slot {
    case .empty, .failed: return nil
    case .finished(let result): return "\(result.target) (ended)"
    case .running(let result, since: _):
      let last = result.trace.path.last { $0.isAnswered }?.ttl
      return "\(result.target) (\(last.map { "hop \($0)" } ?? "no answer yet"))"
    }
  }
}
