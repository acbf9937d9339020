// Theory of operation
//
// The lab in real time, as the kernel and the network behind it would serve sockets: one thread, which owns the
// simulation, and a pair of sockets for each probe or for many. The engines' threads open and close pairs, and never
// wait for the lab's.
//
// A turn of the thread: take in what has been sent, hand out what is due, sleep until the next of either
// (`Punctuality`).
//
//   taken in    at the kernel's stamp of its receipt, which it took inside the engine's call of `send`; so a round trip
//               is as long as the network makes it, even when this thread comes late to read
//   handed out  to the pair that the probe came from, when it is due: the kernel's stamp of that moment is its arrival.
//               How late that was is counted, since the engine cannot know it: also when the engine has closed the
//               socket meanwhile, and also of what is still to be handed out when somebody asks
//
// A pair is known by a token that is never used again, so an answer to a socket that has been closed finds nobody.

import CSystemIO
import Glibc
import Packets
import Probing
import SystemIO
import Time
import Tracing

/// How late the lab was with its answers: from the moment that the network says to the moment at which the kernel had
/// them.
package struct LabLateness: Hashable, Sendable {
  /// How many there were, whether or not their sockets were still open; and one for those that were overdue when it
  /// was asked.
  package var answers = 0
  /// The largest.
  package var largest = Duration.zero
  /// How many came more than 1 ms late.
  package var overOneMillisecond = 0

  mutating func add(_ lateness: Duration) {
    answers += 1
    largest = max(largest, lateness)
    if lateness > .milliseconds(1) { overOneMillisecond += 1 }
  }
}

/// What the lab's thread waits on.
final class LabPoll: Sendable {
  let epoll: FileDescriptor
  let wake: FileDescriptor
  let timer: FileDescriptor

  static let wakeToken: UInt64 = 0
  static let timerToken: UInt64 = 1

  /// - Throws: `SystemError` of `epoll_create1`, `eventfd`, `timerfd_create`, `epoll_ctl`.
  init() throws(SystemError) {
    epoll = FileDescriptor(owning: try checked(csio_epoll_create(), "epoll_create1"))
    wake = FileDescriptor(owning: try checked(csio_eventfd(), "eventfd"))
    timer = FileDescriptor(owning: try checked(csio_timer(), "timerfd_create"))
    try checked(csio_epoll_add(epoll.raw, wake.raw, 1, 0, Self.wakeToken), "epoll_ctl")
    try checked(csio_epoll_add(epoll.raw, timer.raw, 1, 0, Self.timerToken), "epoll_ctl")
  }
}

/// What the lab's thread and the engines' share.
final class LabServer: Sendable {
  private struct State: Sendable {
    /// nil when the thread is to end.
    var poll: LabPoll?
    var pairs: [UInt64: LabPair] = [:]
    var lastToken = LabPoll.timerToken
    var meter: ThreadMeter?
    /// Of the thread, when it has ended.
    var finalUsage: ThreadUsage?
    var lateness = LabLateness()
    /// When the next answer is to be handed out.
    var nextAnswer: Instant?
  }

  /// Four times the engines' largest number of threads.
  private static let mostPairs = 4_096

  private let addresses: HostAddresses
  /// Families in which the host has a link.
  private let families: Set<AddressFamily>
  private let state: Locked<State>

  init(_ topology: Topology, _ poll: LabPoll) {
    addresses = HostAddresses(topology)
    let routes = RouteTable(topology)
    families = Set(
      AddressFamily.allCases.filter { family in
        topology.nodes.indices.dropFirst().contains { routes.reaches($0, family) }
      })
    state = Locked(State(poll: poll))
  }

  /// Opens a pair.
  ///
  /// - Throws: when there are too many, or the lab is being shut down.
  func open(isShared: Bool) throws(SendFailure) -> (pair: LabPair, token: UInt64) {
    let pair: LabPair
    do throws(SystemError) {
      pair = try LabPair(isShared: isShared)
    } catch {
      throw SendFailure(error)
    }
    let (poll, token) = try state.withLock { state throws(SendFailure) in
      guard let poll = state.poll else { throw SendFailure.labIsShutDown }
      guard state.pairs.count < Self.mostPairs else {
        throw SendFailure(lab: EMFILE, "\(Self.mostPairs) sockets are open already")
      }
      state.lastToken += 1
      state.pairs[state.lastToken] = pair
      return (poll, state.lastToken)
    }
    guard let end = pair.labEnd else { throw .labIsShutDown }
    do throws(SystemError) {
      try checked(csio_epoll_add(poll.epoll.raw, end.descriptor.raw, 1, 0, token), "epoll_ctl")
    } catch {
      forget(token)
      throw SendFailure(error)
    }
    return (pair, token)
  }

  /// The pair is about to be closed; with that it leaves the epoll, too.
  func forget(_ token: UInt64) {
    // Released outside the lock: the last reference may close descriptors.
    let pair = state.withLock { $0.pairs.removeValue(forKey: token) }
    withExtendedLifetime(pair) {}
  }

  /// Checks a probe as a kernel would before it takes it.
  ///
  /// - Throws: what it would refuse.
  func admit(_ record: DepartureBatch.Record) throws(SendFailure) {
    _ = try addresses.source(of: record)
    guard families.contains(record.destination.family) else {
      throw SendFailure(lab: ENETUNREACH, "the lab's host has no \(record.destination.family) link")
    }
  }

  /// nil when the socket has been closed.
  func pair(_ token: UInt64) -> LabPair? { state.withLock { $0.pairs[token] } }

  var isStopped: Bool { state.withLock { $0.poll == nil } }

  /// Ends the thread, and closes every pair.
  func stop() {
    let (poll, pairs) = state.withLock { state in
      let before = (state.poll, state.pairs)
      state.poll = nil
      state.pairs = [:]
      return before
    }
    for pair in pairs.values { pair.close() }
    guard let poll else { return }
    var one: UInt64 = 1
    _ = Glibc.write(poll.wake.raw, &one, MemoryLayout<UInt64>.size)
  }

  /// The thread begins or ends.
  func note(_ meter: ThreadMeter, hasEnded: Bool) {
    let usage = hasEnded ? meter.usage : nil
    state.withLock { state in
      state.meter = meter
      state.finalUsage = usage
    }
  }

  var usage: ThreadUsage {
    let (meter, final) = state.withLock { ($0.meter, $0.finalUsage) }
    // Between the two looks the thread may have ended, and left its last usage.
    return final ?? meter?.usage ?? state.withLock { $0.finalUsage } ?? ThreadUsage()
  }

  /// An answer has been handed out that late.
  ///
  /// - Parameter next: when the next is to be.
  func note(lateness: Duration, next: Instant?) {
    state.withLock { state in
      state.lateness.add(lateness)
      state.nextAnswer = next
    }
  }

  func note(nextAnswer: Instant?) { state.withLock { $0.nextAnswer = nextAnswer } }

  func takeLateness() -> LabLateness {
    state.withLock { state in
      var lateness = state.lateness
      // The longest overdue of those that wait; a lab that has ended owes nobody anything.
      if let next = state.nextAnswer, state.poll != nil {
        let now = MonotonicClock.now
        if next < now { lateness.add(now - next) }
      }
      state.lateness = LabLateness()
      return lateness
    }
  }
}
