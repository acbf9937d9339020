import Tracing

extension TraceEvent {
  /// What it says that a tracer made of a reply; nil for other events.
  var verdict: PacketVerdict? {
    switch self {
    case .replied: .counted
    case .revised: .revised
    case .late: .late
    case .duplicate: .duplicate
    case .beyond: .beyond
    case .began, .sent, .restamped, .timedOut, .givenUp, .unsendable, .observed, .finished, .packet: nil
    }
  }
}
