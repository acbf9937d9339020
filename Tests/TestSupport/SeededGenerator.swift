/// Random numbers that a seed repeats (SplitMix64).
package struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  /// The numbers of a seed.
  package init(seed: UInt64) {
    state = seed
  }

  /// Seeds for a random test: one that is the same in every run, one that is new and is printed.
  package static func seeds(for test: String) -> [UInt64] {
    let seed = UInt64.random(in: 0 ... .max)
    print("\(test): seed \(seed)")
    return [2026, seed]
  }

  /// The next 64 bits.
  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
