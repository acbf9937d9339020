/// Adjustment of several p values that are looked at together, so that one false alarm among all of them stays as rare
/// as the level says.
///
/// S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979) 65,
/// sections 2 and 4: with p/w ascending, the i-th of k becomes max over j ≤ i of min(1, (wⱼ + … + wₖ)/wⱼ·pⱼ); with
/// equal weights the factor is k − j + 1. It holds whatever the values have to do with each other, which matters here:
/// the hops of one path share their links.
package enum HolmCorrection {
  /// The adjusted values, in the order given.
  ///
  /// - Parameter weights: one a value, above 0: which part of the level a question gets that matters more than others.
  ///   They must not follow from the values. Equal when left out.
  package static func adjust(_ values: [Double], weights: [Double]? = nil) -> [Double] {
    let weights = weights ?? Array(repeating: 1, count: values.count)
    precondition(weights.count == values.count && weights.allSatisfy { $0 > 0 }, "Each value has a weight above 0.")
    var adjusted = values
    var largest = 0.0
    var rest = weights.reduce(0, +)
    for index in values.indices.sorted(by: { values[$0] / weights[$0] < values[$1] / weights[$1] }) {
      largest = max(largest, min(1, rest / weights[index] * values[index]))
      adjusted[index] = largest
      rest -= weights[index]
    }
    return adjusted
  }
}
