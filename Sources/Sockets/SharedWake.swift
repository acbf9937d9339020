import SystemIO

/// The call by which a transport wakes its prober, shared with the callbacks of the event loop.
final class SharedWake: Sendable {
  private let body = Locked<(@Sendable () -> Void)?>(nil)

  /// Replaces the call; nil wakes nobody.
  func set(_ body: (@Sendable () -> Void)?) {
    self.body.withLock { $0 = body }
  }

  func call() {
    body.withLock { $0 }?()
  }
}
