import Statistics
import Time

/// A link's model in the numbers that a crossing needs, so that one costs a few nanoseconds.
struct LinkCrossing {
  private let delay: DelayDistribution
  private let jitter: Double
  private let loss: Double
  /// Gilbert's model: the chances that a good link turns bad and a bad one good, with each datagram; nil when each is lost
  /// on its own account.
  private let turns: (bad: Double, good: Double)?
  /// Whether the link is bad just now, in either direction.
  private var isBad = (false, false)
  let mtu: Int?
  let dropsSilently: Bool

  init(_ model: LinkModel) {
    delay = model.delay
    jitter = Double(model.jitter.nanoseconds)
    loss = model.loss
    mtu = model.mtu
    dropsSilently = model.dropsSilently
    // The bad state lasts `burst` datagrams on average, and is as frequent as the loss says.
    turns =
      model.burst > 1 && model.loss > 0 && model.loss < 1
      ? (min(1, model.loss / ((1 - model.loss) * model.burst)), 1 / model.burst) : nil
  }

  /// How long one crossing takes; nil when the datagram is lost.
  ///
  /// - Parameter isBackward: against the direction in which the link was stated.
  mutating func nanoseconds(
    isBackward: Bool = false, using generator: inout SeededGenerator
  ) -> Int64? {
    if let turns {
      let wasBad = isBackward ? isBad.1 : isBad.0
      let turned = generator.unit() < (wasBad ? turns.good : turns.bad)
      let isBadNow = wasBad != turned
      if isBackward { isBad.1 = isBadNow } else { isBad.0 = isBadNow }
      if isBadNow { return nil }
    } else if loss > 0, generator.unit() < loss {
      return nil
    }
    let delay = delay.nanoseconds(using: &generator)
    guard jitter > 0 else { return delay }
    let share = generator.unit()
    return delay + Int64(jitter * share * share)
  }

  /// Takes over what the link was in the middle of.
  mutating func resume(_ before: LinkCrossing) {
    isBad = before.isBad
  }
}
