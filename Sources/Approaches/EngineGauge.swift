import Synchronization

/// Counts what an engine has running: threads and descriptors of its own, now and at most. From any thread.
///
/// Threads are those that the engine starts, and for `reactor` the event loop's, which is its thread; the others have
/// only a timer on that loop, and it is not counted for them. Descriptors are the sockets, whatever they are waited for
/// with, and, for as long as the engine is there, what the source of the sockets keeps beside them; a lab's other end of
/// a pair is the network's.
package final class EngineGauge: Sendable {
  private let threads = Counter()
  private let descriptors = Counter()

  /// Nothing is running.
  package init() {}

  /// What was counted.
  package struct Reading: Hashable, Sendable {
    /// Now.
    package let threads: Int
    /// Most at once since the last `reset`.
    package let peakThreads: Int
    /// Now.
    package let descriptors: Int
    /// Most at once since the last `reset`.
    package let peakDescriptors: Int
  }

  /// What is running now, and at most since the last `reset`.
  package var reading: Reading {
    Reading(
      threads: threads.now, peakThreads: threads.peak, descriptors: descriptors.now,
      peakDescriptors: descriptors.peak)
  }

  /// Begins anew to look for the most: what is running now is the most so far.
  package func reset() {
    threads.reset()
    descriptors.reset()
  }

  /// A thread has been started, or will be at once.
  package func threadStarted() { threads.add(1) }

  /// A thread has ended.
  package func threadEnded() { threads.add(-1) }

  /// Descriptors have been opened, or closed when negative.
  package func descriptorsOpened(_ count: Int) { descriptors.add(count) }

  private final class Counter: Sendable {
    private let value = Atomic(0)
    private let most = Atomic(0)

    var now: Int { value.load(ordering: .relaxed) }
    var peak: Int { most.load(ordering: .relaxed) }

    func add(_ difference: Int) {
      let new = value.add(difference, ordering: .relaxed).newValue
      _ = most.max(new, ordering: .relaxed)
    }

    func reset() {
      most.store(value.load(ordering: .relaxed), ordering: .relaxed)
    }
  }
}
