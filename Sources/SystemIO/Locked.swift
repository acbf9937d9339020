import Glibc

/// A value that several threads share, one at a time.
///
/// Like `Mutex` of the Synchronization module, but made of a POSIX mutex, which ThreadSanitizer can see: the standard library's
/// is a futex that it cannot, so that every value behind one is reported as a race (23 reports for our own tests, none real).
package struct Locked<Value: Sendable>: ~Copyable, @unchecked Sendable {
  // Unchecked because of the pointers: both belong to this value alone, and `value` is touched only under `mutex`.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let value: UnsafeMutablePointer<Value>

  /// Shares a value.
  package init(_ initial: Value) {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    let failure = pthread_mutex_init(mutex, nil)
    precondition(failure == 0, "An ordinary mutex needs no resource that could be missing.")
    value = .allocate(capacity: 1)
    value.initialize(to: initial)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
    value.deinitialize(count: 1)
    value.deallocate()
  }

  /// Runs `body` with the value, while no other thread does; it must be short and must not lock again.
  package borrowing func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value.pointee)
  }
}
