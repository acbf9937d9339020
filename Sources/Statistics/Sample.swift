/// Numbers measured under the same circumstances, in ascending order.
package struct Sample: Hashable, Sendable {
  /// Ascending.
  package let values: [Double]

  /// Sorts the numbers. Every one of them is finite.
  package init(_ values: some Sequence<Double>) {
    self.values = values.sorted()
    precondition(self.values.allSatisfy(\.isFinite), "A sample holds finite numbers.")
  }

  package var count: Int { values.count }

  package var isEmpty: Bool { values.isEmpty }

  /// nil when empty.
  package var mean: Double? { isEmpty ? nil : values.reduce(0, +) / Double(count) }

  /// The middle value, or the mean of the two in the middle; nil when empty.
  package var median: Double? { quantile(0.5) }

  /// The value below which a share of the sample lies; nil when empty.
  ///
  /// Type 7 of R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", The American Statistician 50
  /// (1996) 361, the usual one of R and NumPy: with h = (n − 1)·p, x[⌊h⌋] + (h − ⌊h⌋)·(x[⌊h⌋ + 1] − x[⌊h⌋]), counted
  /// from 0.
  ///
  /// - Parameter share: 0…1.
  package func quantile(_ share: Double) -> Double? {
    precondition((0...1).contains(share), "A quantile is of a share between 0 and 1.")
    guard !isEmpty else { return nil }
    let place = Double(count - 1) * share
    let below = Int(place)
    guard below + 1 < count else { return values[count - 1] }
    return values[below] + (place - Double(below)) * (values[below + 1] - values[below])
  }
}
