/// The segment of one hop, and the rule of `SegmentClassifier` that gave it.
package struct SegmentJudgment: Hashable, Sendable {
  /// The segment.
  package let segment: Segment
  /// Why it is that.
  package let reason: SegmentReason

  init(_ segment: Segment, _ reason: SegmentReason) {
    self.segment = segment
    self.reason = reason
  }

  /// That of a hop outside the own network and the provider's while AS numbers are off.
  package static let systemsOff = SegmentJudgment(.unknown, .systemsOff)
}

/// The rules of `SegmentClassifier`, as reasons.
package enum SegmentReason: Hashable, Sendable {
  /// Nobody answered.
  case silent
  /// An IPv6 address on the own link.
  case onLink
  /// An address of a special-purpose range, which says where it is or that it is of no AS.
  case special(SpecialRange)
  /// Its AS is one of the provider's.
  case systemOfProvider(UInt32)
  /// Its AS is one of the target's.
  case systemOfTarget(UInt32)
  /// The target's own address.
  case target
  /// Its AS is neither the provider's nor the target's.
  case otherSystem
  /// No AS is known of it.
  case noSystem
  /// Its AS is not the target's, and a hop of the provider lies before it.
  case behindProvider
  /// Its AS is not the target's, and the provider's is not known.
  case providerUnknown
  /// AS numbers are not asked for, and nothing else tells.
  case systemsOff
  /// It lies between two hops of that segment.
  case between
}
