import Packets
import Statistics
import Time
import Tracing

extension Hop {
  /// The replies that came within a time, by attempt: those of a trace that waited longer count only so far, and those
  /// that a trace was too impatient for count.
  func replies(within timeout: Duration) -> [(responder: IPAddress, rtt: Duration)] {
    probes.compactMap { record in
      switch record.outcome {
      case .replied(let reply, let rtt), .late(let reply, let rtt, _): rtt <= timeout ? (reply.responder, rtt) : nil
      case .pending, .timedOut, .givenUp, .unsendable: nil
      }
    }
  }

  /// The round-trip times of those replies, in milliseconds.
  func times(within timeout: Duration) -> Sample {
    Sample(replies(within: timeout).map { Double($0.rtt.nanoseconds) / 1_000_000 })
  }
}

extension Milliseconds {
  /// Rounds a number of milliseconds to whole microseconds.
  init(rounding milliseconds: Double) {
    self.init(microseconds: Int64((milliseconds * 1000).rounded()))
  }
}
