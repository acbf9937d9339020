import SystemIO

/// The call by which a transport wakes its prober, shared with the callbacks of the event loop.
package final class SharedWake: Sendable {
  /// A function that is the value of a generic type itself is wrapped twice each time it passes through `inout`: after
  /// 10,000 wake-ups a call went through 20,000 wrappers. One that is a member of the value is left alone.
  private struct Call {
    var body: (@Sendable () -> Void)?
  }

  private let state = Locked(Call())

  /// Wakes nobody yet.
  package init() {}

  /// Replaces the call; nil wakes nobody.
  package func set(_ body: (@Sendable () -> Void)?) {
    state.withLock { $0.body = body }
  }

  /// Makes the call, if there is one.
  package func call() {
    state.withLock { $0.body }?()
  }
}
