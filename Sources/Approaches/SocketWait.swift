import Glibc
import SystemIO
import Time

/// Waiting on descriptors with `poll`, as far as engines need it.
enum SocketWait {
  /// How a wait for one socket ended.
  enum End {
    case ready
    case timedOut
    /// The stop signal is set, or the socket has been closed.
    case stopped
  }

  /// Blocks the calling thread until the socket has something, `deadline` has passed, or the stop signal is set.
  static func block(on descriptor: Int32, until deadline: Instant, _ stop: StopSignal?) -> End {
    var entries = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
    if let stop { entries.append(pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0)) }
    poll(&entries, until: deadline)
    if entries.count > 1, entries[1].revents != 0 { return .stopped }
    switch entries[0].revents {
    case 0: return .timedOut
    case let events: return events & Int16(POLLNVAL) == 0 ? .ready : .stopped
    }
  }

  /// Blocks the calling thread until a descriptor has something or `deadline` has passed, by less than a millisecond.
  static func poll(_ entries: inout [pollfd], until deadline: Instant) {
    while true {
      let time = milliseconds(until: deadline)
      if Glibc.poll(&entries, nfds_t(entries.count), time) >= 0 { return }
      precondition(errno == EINTR || errno == ENOMEM, "poll refuses only what a programmer got wrong.")
      if time == 0 { return }
    }
  }

  /// What is left until a deadline, for calls that count in milliseconds.
  ///
  /// Rounded up: a wait that ends before its deadline would be repeated without waiting.
  static func milliseconds(until deadline: Instant) -> Int32 {
    Int32(clamping: (max(0, (deadline - MonotonicClock.now).nanoseconds) + 999_999) / 1_000_000)
  }
}
