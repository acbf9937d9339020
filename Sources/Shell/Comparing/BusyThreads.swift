import Synchronization
import SystemIO

/// Threads that keep processors busy while something is measured (`compare engines --load`).
final class BusyThreads: Sendable {
  private let shared = Shared()
  private let threads = Locked<[Thread]>([])

  private final class Shared: Sendable {
    let isOver = Atomic(false)
    let meters = Locked<[ThreadMeter]>([])
  }

  /// Turns between two looks at whether it is over: some tens of microseconds.
  private static let turns = 10_000

  /// Starts them.
  ///
  /// - Throws: `SystemError` when there are too many threads; those that were started are ended.
  init(_ count: Int) throws(SystemError) {
    for _ in 0..<count {
      do throws(SystemError) {
        let thread = try Thread("busy") { [shared] in Self.work(shared) }
        threads.withLock { $0.append(thread) }
      } catch {
        end()
        throw error
      }
    }
  }

  private static func work(_ shared: Shared) {
    shared.meters.withLock { $0.append(ThreadMeter()) }
    var number: UInt64 = 1
    while !shared.isOver.load(ordering: .relaxed) {
      for _ in 0..<turns { number = number &* 6_364_136_223_846_793_005 &+ 1 }
      // Something must come of it, or it would be optimised away.
      if number == 0 { shared.isOver.store(true, ordering: .relaxed) }
    }
  }

  /// What they have taken so far.
  var usage: ThreadUsage {
    shared.meters.withLock { $0 }.compactMap(\.usage).reduce(ThreadUsage(), +)
  }

  /// Ends them, and waits until they have ended.
  func end() {
    shared.isOver.store(true, ordering: .relaxed)
    let threads = threads.withLock { threads in
      defer { threads = [] }
      return threads
    }
    for thread in threads { thread.join() }
  }
}
