import Rendering
import SystemIO
import Time

/// What happens while a command waits, one after the other, with the ticks that its renderer asked for in between.
///
/// Used by one command on the session's actor; tasks of the command add what happens through `happenings`.
final class RendererFeed<Happening: Sendable> {
  fileprivate enum Item: Sendable {
    case happening(Happening)
    case tick
    /// A pause is over.
    case wake
  }

  /// Where tasks add what happens.
  struct Entrance: Sendable {
    fileprivate let items: AsyncStream<Item>.Continuation

    func add(_ happening: Happening) { items.yield(.happening(happening)) }
    /// A pause is over.
    fileprivate func wake() { items.yield(.wake) }
    /// Nothing more will happen.
    func close() { items.finish() }
  }

  let entrance: Entrance
  private let renderer: any Renderer
  private let items: AsyncStream<Item>
  private var tick: (at: Instant, task: Task<Void, Never>)?

  init(_ renderer: any Renderer) {
    self.renderer = renderer
    let (items, continuation) = AsyncStream.makeStream(of: Item.self)
    self.items = items
    entrance = Entrance(items: continuation)
  }

  /// Tells the renderer, and arranges for the tick it then wants.
  func show(_ event: OutputEvent) {
    renderer.handle(event, at: MonotonicClock.now)
    guard let wanted = renderer.nextTick else {
      tick?.task.cancel()
      tick = nil
      return
    }
    if let tick, tick.at <= wanted { return }
    tick?.task.cancel()
    let delay = max(.zero, wanted - MonotonicClock.now)
    let continuation = entrance.items
    let task = Task {
      // A cancelled tick is not wanted any more.
      do { try await Task.sleep(for: delay) } catch { return }
      continuation.yield(.tick)
    }
    tick = (wanted, task)
  }

  /// The next thing that happens; nil when the feed is closed and empty.
  func next() async -> Happening? {
    for await item in items {
      switch item {
      case .happening(let happening): return happening
      case .tick:
        tick = nil
        show(.tick)
      case .wake: break
      }
    }
    return nil
  }

  /// Waits for the end of a pause, with the ticks that come before it.
  fileprivate func awaitWake() async {
    for await item in items {
      switch item {
      case .happening: break
      case .tick:
        tick = nil
        show(.tick)
      case .wake: return
      }
    }
  }

  /// Ends the ticks. What happens from now on can be read by `body`, on a task of its own, until the feed is closed.
  func handOver(to body: @escaping @Sendable (Happening) async -> Void) {
    tick?.task.cancel()
    tick = nil
    let items = items
    Task {
      for await item in items {
        if case .happening(let happening) = item { await body(happening) }
      }
    }
  }
}

extension RendererFeed {
  /// Lets time pass, with the ticks that fall due in it.
  ///
  /// - Throws: `interrupted` when it is.
  func pause(for duration: Duration, in session: isolated Session) async throws(ShellError) {
    let pause = Task { [entrance] in
      // Cancelled by Ctrl-C: then the wait is over too.
      do { try await Task.sleep(for: duration) } catch {}
      entrance.wake()
    }
    let outer = session.beginWaiting(stop: { pause.cancel() })
    if session.isInterrupted { pause.cancel() }
    await awaitWake()
    session.endWaiting(outer)
    if session.isInterrupted { throw .interrupted }
  }
}
