/// What `expect` and `if` may ask about a result, as plain facts.
package struct ResultFacts: Hashable, Sendable {
  /// One TTL of the path.
  package struct HopFacts: Hashable, Sendable {
    package var ttl: Int
    /// Who answered in time, in the order of first answers.
    package var addresses: [String] = []
    package var sent: Int
    /// Replies in time.
    package var answered: Int
    /// The largest round-trip time of those; nil when there is none.
    package var slowest: Duration?
    /// What is known of each address and said by its replies, in the order of `addresses`.
    package var responders: [ResponderFacts] = []
    /// The names of the findings, as they are typed: `rate-limited`.
    package var findings: [String] = []

    package init(ttl: Int, addresses: [String] = [], sent: Int = 1, answered: Int = 0, slowest: Duration? = nil) {
      self.ttl = ttl
      self.addresses = addresses
      self.sent = sent
      self.answered = answered
      self.slowest = slowest
    }

    package var isSilent: Bool { answered == 0 }

    /// Probes without a reply in time, as a share of a hundred of those sent; 0 when none was sent.
    package var lossPercent: Double { sent == 0 ? 0 : Double(sent - answered) * 100 / Double(sent) }
  }

  /// One who answered at a TTL.
  package struct ResponderFacts: Hashable, Sendable {
    package var address: String
    package var name: String?
    /// Origin AS numbers.
    package var systems: [UInt32] = []
    /// As it is shown: `ISP`.
    package var segment: String?
    /// What stands behind its times: `!H`, `!X`.
    package var markers: [String] = []
    /// MPLS labels that the probe arrived with, as the first such reply tells (RFC 4950).
    package var labels: [UInt32] = []
    /// The TTL that its first reply arrived with; nil when the socket does not tell.
    package var replyTTL: Int?
    /// The TTL that its first error quotes.
    package var quotedTTL: Int?

    package init(address: String) {
      self.address = address
    }
  }

  /// As it was typed.
  package var target: String
  package var isReached: Bool
  /// False for a ping, which has one hop only in form.
  package var hasPath = true
  /// By TTL; the last one is where the path ended.
  package var hops: [HopFacts] = []
  /// Why the path ended, in one word of `endings`.
  package var end: String
  /// From the first departure to the end.
  package var elapsed: Duration = .zero
  /// What the user was warned of.
  package var warnings: [String] = []
  /// Whether names and AS numbers were asked for.
  package var asksNames = false
  package var asksSystems = false

  package init(target: String, isReached: Bool, hops: [HopFacts], end: String, elapsed: Duration = .zero) {
    self.target = target
    self.isReached = isReached
    self.hops = hops
    self.end = end
    self.elapsed = elapsed
  }

  /// The TTL at which the path ended: what people call its hops.
  package var length: Int { hops.last?.ttl ?? 0 }

  /// The words for why a path ended.
  package static let endings = [
    "reached", "unreachable", "loop", "gap-limit", "exhausted", "cancelled", "overall", "failed",
  ]

  /// All probes of the path, and how many of them have no reply in time.
  package var probes: (sent: Int, lost: Int) {
    let sent = hops.reduce(0) { $0 + $1.sent }
    return (sent, sent - hops.reduce(0) { $0 + $1.answered })
  }

  /// Probes without a reply in time, as a share of a hundred of those sent; 0 when none was sent.
  package var lossPercent: Double {
    let (sent, lost) = probes
    return sent == 0 ? 0 : Double(lost) * 100 / Double(sent)
  }
}
