import Lexing
import Time

/// A bound on the ICMP errors that a node sends: `ratelimit 1/s burst 6`, the values of a stock Linux router.
///
/// It bounds errors only (RFC 1812 section 4.3.2.8, RFC 4443 section 2.4 f); echo replies are answers, not errors.
package struct RateLimit: Behavior {
  package static let word = "ratelimit"
  package static let usage = "ratelimit COUNT/s [burst COUNT]"
  package static let summary = "most ICMP errors the node sends a second, after a first burst (6 unless told)"
  package static let places = [BehaviorPlace.node]

  /// What Linux allows at once (net/ipv4/route.c: `XRLIM_BURST_FACTOR`).
  package static let usualBurst = 6

  private let perSecond: Int
  private let burst: Int

  package init(reading words: inout WordReader) throws(Diagnostic) {
    perSecond = try words.rate()
    burst = try words.take("burst") ? words.count(what: "a burst", in: 1...1_000_000) : Self.usualBurst
  }

  package func shape(_ node: inout NodeModel) {
    node.errorBucket = TokenBucket(perSecond: perSecond, burst: burst)
  }

  package var description: String { "\(Self.word) \(perSecond)/s burst \(burst)" }
}

/// A bucket that holds up to `burst` tokens and gains one every 1/`perSecond` seconds; full at first.
///
/// Counts in nanoseconds of credit, so that not even a long run loses a fraction of a token.
package struct TokenBucket: Hashable, Sendable {
  private let cost: Int64
  private let most: Int64
  private var credit: Int64
  private var filledAt: Instant?

  /// - Precondition: both counts are at least 1.
  package init(perSecond: Int, burst: Int) {
    precondition(perSecond >= 1 && burst >= 1, "a token bucket needs a rate and a burst of at least 1")
    cost = max(1, 1_000_000_000 / Int64(perSecond))
    most = cost * Int64(burst)
    credit = most
  }

  /// Whether another bucket has the same rate and size.
  func isAlike(_ other: TokenBucket) -> Bool { cost == other.cost && most == other.most }

  /// Takes a token out, when there is one at this moment.
  ///
  /// - Parameter now: a moment before that of an earlier call counts as that one.
  package mutating func take(at now: Instant) -> Bool {
    if let filledAt, now > filledAt {
      let gained = (now - filledAt).nanoseconds
      credit = gained >= most - credit ? most : credit + gained
    }
    filledAt = max(filledAt ?? now, now)
    guard credit >= cost else { return false }
    credit -= cost
    return true
  }
}
