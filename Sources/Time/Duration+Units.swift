extension Duration {
  private static let attosecondsPerNanosecond: Int64 = 1_000_000_000

  /// A duration of that many nanoseconds.
  package init(nanoseconds: Int64) {
    self.init(attoseconds: Int128(nanoseconds) * Int128(Self.attosecondsPerNanosecond))
  }

  /// Whole nanoseconds, rounded toward zero, saturating at about 292 years.
  ///
  /// Up to 9 s, which is nearly every duration here, it is a division of 64 bits by a constant; beyond it one of 128 bits.
  package var nanoseconds: Int64 {
    if let short = Int64(exactly: attoseconds) { return short / Self.attosecondsPerNanosecond }
    return Int64(clamping: attoseconds / Int128(Self.attosecondsPerNanosecond))
  }

  /// Milliseconds with their fraction, to the nanosecond.
  package var milliseconds: Double {
    Double(nanoseconds) / 1_000_000
  }
}
