import Statistics
import Time
import Tracing

extension Hop {
  /// The round-trip times of the replies that count, in milliseconds.
  var times: Sample {
    Sample(probes.compactMap { $0.rtt.map { Double($0.nanoseconds) / 1_000_000 } })
  }
}

extension Milliseconds {
  /// Rounds a number of milliseconds to whole microseconds.
  init(rounding milliseconds: Double) {
    self.init(microseconds: Int64((milliseconds * 1000).rounded()))
  }
}
