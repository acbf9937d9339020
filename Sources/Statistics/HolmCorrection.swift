/// Adjustment of several p values that are looked at together, so that one false alarm among all of them stays as rare
/// as the level says.
///
/// S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979) 65:
/// with the p values ascending, the i-th of k becomes max over j ≤ i of min(1, (k − j + 1)·pⱼ). It holds whatever the
/// values have to do with each other, which matters here: the hops of one path share their links.
package enum HolmCorrection {
  /// The adjusted values, in the order given.
  package static func adjust(_ values: [Double]) -> [Double] {
    var adjusted = values
    var largest = 0.0
    for (place, index) in values.indices.sorted(by: { values[$0] < values[$1] }).enumerated() {
      largest = max(largest, min(1, Double(values.count - place) * values[index]))
      adjusted[index] = largest
    }
    return adjusted
  }
}
