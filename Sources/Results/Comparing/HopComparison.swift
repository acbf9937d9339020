import Statistics

/// One row of a comparison: a hop of one path, and what it is on the other.
package struct HopComparison: Codable, Hashable, Sendable {
  package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    /// A responder in common.
    case same
    /// Silent on both.
    case silent
    /// Silent, or not probed, on the first path only.
    case silentFirst = "silent_first"
    /// Silent, or not probed, on the second path only.
    case silentSecond = "silent_second"
    /// Different responders in the same place.
    case replaced
    /// Only on the first path.
    case removed
    /// Only on the second path.
    case inserted
    /// A silent hop just before the target on one path only: the target's own answers may have been lost there.
    case unclear
  }

  package var kind: Kind
  /// nil when it is only on the second path, or was not probed on the first.
  @ExplicitNull package var first: PathHop? = nil
  @ExplicitNull package var second: PathHop? = nil
  /// nil unless the same router answered on both paths.
  @ExplicitNull package var shift: RTTShift? = nil
  /// nil where no loss can be compared: another router, or no probe on one side.
  @ExplicitNull package var loss: LossChange? = nil

  enum CodingKeys: String, CodingKey {
    case kind, first, second, shift, loss
  }

  init(kind: Kind, first: PathHop? = nil, second: PathHop? = nil) {
    self.kind = kind
    self.first = first
    self.second = second
  }

  /// Whether somebody else answers, or the path is longer or shorter here.
  package var isOtherPath: Bool {
    switch kind {
    case .same, .silent, .silentFirst, .silentSecond, .unclear: false
    case .replaced, .removed, .inserted: true
    }
  }

  /// Whether something at this hop differs beyond chance.
  package var isDifferent: Bool { isOtherPath || shift?.isSignificant == true || loss?.isSignificant == true }

  /// The TTL on the second path, or else on the first.
  package var ttl: Int { second?.ttl ?? first?.ttl ?? 0 }
}

/// How much later the replies of one router come on the second path.
package struct RTTShift: Codable, Hashable, Sendable {
  /// Median of the second less that of the first.
  package var difference: Milliseconds
  /// The bootstrap interval of the difference, at 95 %.
  package var lower: Milliseconds
  package var upper: Milliseconds
  /// Of the rank sum test.
  package var p: Double
  /// `p` after Holm's correction over all tests of the comparison; nil when so few probes could not have differed at
  /// all.
  @ExplicitNull package var adjustedP: Double? = nil

  enum CodingKeys: String, CodingKey {
    case p
    case difference = "difference_ms"
    case lower = "lower_ms"
    case upper = "upper_ms"
    case adjustedP = "p_adjusted"
  }

  init(difference: Milliseconds, interval: ConfidenceInterval, p: Double) {
    self.difference = difference
    lower = Milliseconds(rounding: interval.lower)
    upper = Milliseconds(rounding: interval.upper)
    self.p = p
  }

  package var isSignificant: Bool { adjustedP.map { $0 <= PathComparison.testLevel } ?? false }
}

extension RTTShift {
  /// The end of the interval that is farther from zero.
  package var largest: Milliseconds {
    lower.microseconds.magnitude > upper.microseconds.magnitude ? lower : upper
  }

  /// All three in milliseconds, with as many decimals as the larger end wants: `+0.2`, `-0.1`, `+0.3`.
  package var texts: (difference: String, lower: String, upper: String) {
    (difference.signedDigits(like: largest), lower.signedDigits(like: largest), upper.signedDigits(like: largest))
  }
}

/// How the share of unanswered probes at one hop differs.
package struct LossChange: Codable, Hashable, Sendable {
  /// Unanswered shares with their Wilson intervals, at 95 %.
  package var first: Loss
  package var second: Loss
  /// Newcombe's interval of the difference, second less first, −1…1.
  package var difference: ConfidenceInterval
  /// Of Fisher's exact test.
  package var p: Double
  /// `p` after Holm's correction over all tests of the comparison; nil when so few losses could not have differed at
  /// all.
  @ExplicitNull package var adjustedP: Double? = nil

  enum CodingKeys: String, CodingKey {
    case first, second, difference, p
    case adjustedP = "p_adjusted"
  }

  /// Unanswered probes on one side.
  package struct Loss: Codable, Hashable, Sendable {
    package var lost: Int
    package var sent: Int
    /// Of the share, 0…1.
    package var interval: WilsonInterval

    init(_ hop: PathHop) {
      sent = hop.sent
      lost = max(0, hop.sent - hop.answered)
      interval = WilsonInterval(successes: lost, of: sent)
    }

    /// Ends of `interval`.
    package var lowerShare: Double { interval.lower }
    package var upperShare: Double { interval.upper }

    /// 0…100; 0 when nothing was sent.
    package var percent: Double { sent == 0 ? 0 : Double(lost) * 100 / Double(sent) }
  }

  init(_ first: Loss, _ second: Loss, p: Double) {
    self.first = first
    self.second = second
    self.p = p
    difference =
      ProportionDifference((second.lost, second.sent), minus: (first.lost, first.sent)).interval
  }

  package var isSignificant: Bool { adjustedP.map { $0 <= PathComparison.testLevel } ?? false }
}
