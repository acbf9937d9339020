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

  /// How long the request of that number, counted from 1, is waited for before the next is sent; nil when there is no next.
  package func wait(afterRequest number: Int) -> Duration? {
    guard (1..<Self.mostRequests).contains(number) else { return nil }
    return interval * (1 << (number - 1))
  }
}
