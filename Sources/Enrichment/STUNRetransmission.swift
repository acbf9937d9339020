/// When a request over UDP is sent again, and given up: RFC 8489 section 6.2.1.
///
///     0      500 ms     1.5 s                 3.5 s             after the first request
///     |------|----------|---------------------|--------- …      until the bound
package struct STUNRetransmission: Hashable, Sendable {
  /// RTO: how long the first request is waited for; each further one twice as long as the one before.
  package let interval: Duration
  /// When no further answer is waited for, counted from the first request.
  package let bound: Duration

  /// - Parameters:
  ///   - interval: above zero; RFC 8489 asks for 500 ms where nothing is known of the path.
  ///   - bound: above zero. The standard's own is 39.5 s, long after anybody who waits for a trace has gone.
  package init(interval: Duration = .milliseconds(500), bound: Duration = .seconds(3)) {
    precondition(interval > .zero && bound > .zero, "Waiting takes time.")
    self.interval = interval
    self.bound = bound
  }

  /// The standard's Rc: the most requests, whatever the bound.
  package static let mostRequests = 7

  /// When the request number `count` leaves, counted from the first, whose number is 0; nil when there is none.
  package func departure(_ count: Int) -> Duration? {
    guard (0..<Self.mostRequests).contains(count) else { return nil }
    let offset = interval * ((1 << count) - 1)
    return offset < bound ? offset : nil
  }
}
