import Time

/// When the probes of a trace may leave, as far as the request alone tells.
package enum ProbeSchedule {
  /// The least time between the departure of one attempt and the launch of the next at the same TTL.
  ///
  /// The first six attempts may follow each other closely; a stock Linux router then answers one a second.
  /// - Parameter next: the attempt to come, counted from 0.
  package static func pause(before next: Int, in request: TraceRequest) -> Duration {
    next < TraceRequest.burstAttempts
      ? request.attemptInterval
      : max(request.attemptInterval, TraceRequest.attemptIntervalAfterBurst)
  }

  /// The longest that the request can take when nothing answers: what `overall auto` allows.
  ///
  /// The last probe leaves after every pause and every full window before it, and is then waited for.
  package static func longest(_ request: TraceRequest) -> Duration {
    let hops = Int(request.lastTTL.value) - Int(request.firstTTL.value) + 1
    let probes = max(1, hops) * max(1, request.queries)
    let fullWindows = (probes - 1) / max(1, request.window)
    var pauses = Duration.zero
    for attempt in stride(from: 1, to: request.queries, by: 1) {
      pauses += pause(before: attempt, in: request)
    }
    // Once more the timeout where a second round may follow the first: with a distance hint the TTLs behind it are
    // launched only after the first have settled, and UDP probes may have to go out again on sockets of their own.
    let mayRepeat = request.distanceHint != nil || request.method.protocolName == .udp
    let rounds = fullWindows + (mayRepeat ? 2 : 1)
    return request.timeout * rounds + pauses + request.interval * (probes - 1)
  }
}
