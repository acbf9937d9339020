import Statistics
import Time

/// A link's model in the numbers that a crossing needs, so that one costs a few nanoseconds.
struct LinkCrossing {
  private let delay: Int64
  private let jitter: Double
  private let loss: Double

  init(_ model: LinkModel) {
    delay = model.delay.nanoseconds
    jitter = Double(model.jitter.nanoseconds)
    loss = model.loss
  }

  /// How long one crossing takes; nil when the datagram is lost.
  func nanoseconds(using generator: inout SeededGenerator) -> Int64? {
    if loss > 0, generator.unit() < loss { return nil }
    guard jitter > 0 else { return delay }
    let share = generator.unit()
    return delay + Int64(jitter * share * share)
  }
}
