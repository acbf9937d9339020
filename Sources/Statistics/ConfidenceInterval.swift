/// The values of a quantity that a measurement leaves possible, at a confidence its maker states.
package struct ConfidenceInterval: Hashable, Sendable, Codable {
  package let lower: Double
  /// At least `lower`.
  package let upper: Double

  package init(lower: Double, upper: Double) {
    self.lower = min(lower, upper)
    self.upper = max(lower, upper)
  }

  package func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}
