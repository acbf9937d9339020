import Glibc
import SystemIO
import Time

/// A value that several threads share, one at a time, and whose change they can wait for.
///
/// `Locked` of SystemIO with a POSIX condition beside it; the engines of the study wait as threads do, and not as a
/// reactor does.
struct Monitor<Value: Sendable>: ~Copyable, @unchecked Sendable {
  // Unchecked because of the pointers: all belong to this value alone, and `value` is touched only under `mutex`.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private let value: UnsafeMutablePointer<Value>

  init(_ initial: Value) {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    condition = .allocate(capacity: 1)
    condition.initialize(to: pthread_cond_t())
    var attributes = pthread_condattr_t()
    let failure =
      pthread_mutex_init(mutex, nil) | pthread_condattr_init(&attributes)
      | pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) | pthread_cond_init(condition, &attributes)
    precondition(failure == 0, "An ordinary mutex and condition need no resource that could be missing.")
    pthread_condattr_destroy(&attributes)
    value = .allocate(capacity: 1)
    value.initialize(to: initial)
  }

  deinit {
    pthread_cond_destroy(condition)
    condition.deallocate()
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
    value.deinitialize(count: 1)
    value.deallocate()
  }

  /// Runs `body` with the value, while no other thread does; it must be short and must not lock this monitor again.
  borrowing func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value.pointee)
  }

  /// Waits until `body` returns a value, and returns it; `body` is called with the value locked, at once and after each
  /// signal.
  borrowing func wait<Result>(_ body: (inout Value) -> Result?) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = body(&value.pointee) { return result }
      pthread_cond_wait(condition, mutex)
    }
  }

  /// As `wait`, until `deadline` at the latest; nil when that passed.
  borrowing func wait<Result>(until deadline: Instant, _ body: (inout Value) -> Result?) -> Result? {
    var time = timespec(
      tv_sec: Int(deadline.nanoseconds / 1_000_000_000), tv_nsec: Int(deadline.nanoseconds % 1_000_000_000))
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = body(&value.pointee) { return result }
      if pthread_cond_timedwait(condition, mutex, &time) == ETIMEDOUT { return body(&value.pointee) }
    }
  }

  /// Wakes one thread that waits.
  borrowing func signal() { pthread_cond_signal(condition) }

  /// Wakes every thread that waits.
  borrowing func broadcast() { pthread_cond_broadcast(condition) }
}
