import CUring
import Glibc
import SystemIO
import Time

/// An io_uring: what is to be waited for goes in, what has happened comes out, and one call does both.
final class CompletionRing: @unchecked Sendable {
  // Unchecked because of the pointer: an engine makes the ring and hands it to its thread, which alone uses it then.

  /// Something that happened.
  struct Completion {
    /// As it was given in.
    let number: UInt64
    /// Of a poll: the ready events, or -ECANCELED.
    let result: Int32
  }

  /// Entries of the submission queue, which is emptied when it is full; the completion queue has twice as many, and
  /// what does not fit is kept by the kernel (IORING_FEAT_NODROP).
  private static let entries: UInt32 = 256
  /// Completions taken in one round.
  private static let mostCompletions = 64
  /// The number of what nobody asks after.
  private static let nobody: UInt64 = .max
  /// Times that a full queue is handed in, and what has happened taken, before the kernel is believed that it takes
  /// nothing: it refuses while more has completed than its queue holds, which one round or two mend, or without memory.
  private static let mostTries = 64
  /// Longest single wait; a deadline beyond it is waited for again.
  private static let longestWait: Duration = .seconds(3600)

  private let ring: UnsafeMutablePointer<io_uring>
  private let submitEntries: Submit
  /// Taken while room for entries was made.
  private var early: [Completion] = []
  /// A number that nothing given in so far has: what completes late is never taken for something else.
  var nextNumber: UInt64 = 0

  /// Hands in the entries of a ring; their number, or a negative errno.
  typealias Submit = @Sendable (UnsafeMutablePointer<io_uring>) -> Int32

  /// - Throws: ENOSYS where the kernel has none, EPERM where it refuses.
  convenience init() throws(SystemError) {
    try self.init { io_uring_submit($0) }
  }

  /// - Parameter submit: `io_uring_submit`, unless a test has the kernel refuse.
  init(submit: @escaping Submit) throws(SystemError) {
    let ring = UnsafeMutablePointer<io_uring>.allocate(capacity: 1)
    ring.initialize(to: io_uring())
    let result = io_uring_queue_init(Self.entries, ring, 0)
    guard result >= 0 else {
      ring.deallocate()
      throw SystemError(call: "io_uring_setup", errno: -result)
    }
    self.ring = ring
    submitEntries = submit
  }

  deinit {
    io_uring_queue_exit(ring)
    ring.deallocate()
  }

  /// Completes once when the descriptor can be read or has an error pending.
  ///
  /// - Throws: when the kernel takes nothing more.
  func poll(_ descriptor: Int32, number: UInt64) throws(SystemError) {
    let entry = try nextEntry()
    io_uring_prep_poll_add(entry, descriptor, UInt32(POLLIN))
    io_uring_sqe_set_data64(entry, number)
  }

  /// Completes a poll now, with -ECANCELED: it would keep the socket open behind its descriptor.
  ///
  /// - Throws: when the kernel takes nothing more.
  func cancel(number: UInt64) throws(SystemError) {
    let entry = try nextEntry()
    io_uring_prep_poll_remove(entry, number)
    io_uring_sqe_set_data64(entry, Self.nobody)
  }

  /// Hands in what was asked for, without waiting; what the kernel does not take now goes in the next time.
  func submit() { _ = submitEntries(ring) }

  /// Hands in what was asked for, and waits until something has happened or `deadline` has passed.
  func wait(until deadline: Instant) -> [Completion] {
    let left = early.isEmpty ? min(max(.zero, deadline - MonotonicClock.now), Self.longestWait).nanoseconds : 0
    var time = __kernel_timespec(tv_sec: left / 1_000_000_000, tv_nsec: left % 1_000_000_000)
    var first: UnsafeMutablePointer<io_uring_cqe>?
    let result = io_uring_submit_and_wait_timeout(ring, &first, 1, &time, nil)
    precondition(
      result >= 0 || [-ETIME, -EINTR, -EAGAIN, -EBUSY].contains(result),
      "io_uring_enter refuses only what a programmer got wrong.")
    defer { early = [] }
    return early + take()
  }

  private func take() -> [Completion] {
    var found = [UnsafeMutablePointer<io_uring_cqe>?](repeating: nil, count: Self.mostCompletions)
    let count = io_uring_peek_batch_cqe(ring, &found, UInt32(found.count))
    var completions: [Completion] = []
    for case let entry? in found.prefix(Int(count)) where entry.pointee.user_data != Self.nobody {
      completions.append(Completion(number: entry.pointee.user_data, result: entry.pointee.res))
    }
    io_uring_cq_advance(ring, count)
    return completions
  }

  /// Room for something to ask for.
  private func nextEntry() throws(SystemError) -> UnsafeMutablePointer<io_uring_sqe> {
    var refusal: Int32 = EBUSY
    for _ in 0..<Self.mostTries {
      if let entry = io_uring_get_sqe(ring) { return entry }
      let result = submitEntries(ring)
      guard result < 0 else { continue }
      refusal = -result
      early += take()
    }
    throw SystemError(call: "io_uring_enter", errno: refusal)
  }
}
