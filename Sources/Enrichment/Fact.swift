import Time

/// Where something known about an address comes from; the raw value is its name in JSON and in messages.
package enum FactSource: String, Hashable, Sendable, CaseIterable {
  /// A name server.
  case dns
  /// Team Cymru's service, over DNS.
  case cymru
  /// A MaxMind database on this machine.
  case maxMind = "mmdb"
  /// A prefix table on this machine.
  case table
  /// A STUN server (RFC 8489).
  case stun
  /// The user, by a setting.
  case setting
  /// The network of the lab, which knows itself.
  case lab
  /// The registry of special-purpose addresses (RFC 6890).
  case special
}

/// One thing that may be known about an address.
package enum Fact<Value: Hashable & Sendable>: Hashable, Sendable {
  /// Not asked.
  case skipped(SkipReason)
  /// Asked, and not answered yet.
  case pending
  /// - Parameter age: how old the knowledge was when it was used; zero for an answer to this very question.
  case known(Value, source: FactSource, age: Duration)
  /// Asked, and there is none.
  case absent(source: FactSource, age: Duration)
  /// Asked, and no usable answer came.
  case failed(LookupFailure)

  /// The value when it is known.
  package var value: Value? {
    guard case .known(let value, source: _, age: _) = self else { return nil }
    return value
  }

  /// Whether an answer may still come.
  package var isPending: Bool {
    if case .pending = self { true } else { false }
  }
}

/// Why a question was not asked.
package enum SkipReason: String, Hashable, Sendable {
  /// Its kind is off.
  case off
  /// It was offered when the queue of the look-ups was full.
  case queueFull = "queue_full"
  /// No source can tell, for instance because no database is set.
  case noSource = "no_source"
  /// An address that means something in one place only, so that nobody elsewhere can know it.
  case special
}

/// Why a question has no usable answer.
package struct LookupFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// What went wrong, coarsely: what statistics count.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Nothing came in time.
    case timedOut = "timed_out"
    /// No server could be asked.
    case unreachable
    /// The server refused to answer.
    case refused
    /// The server says that it failed (SERVFAIL, RFC 1035 section 4.1.1).
    case serverFailed = "server_failed"
    /// What came is not an answer to the question, or not well formed.
    case malformed
    /// The source itself cannot be used: a file that is missing or damaged.
    case unusable
    /// The program stopped asking.
    case cancelled
  }

  package let kind: Kind
  /// A phrase for people, without a full stop: "no answer within 2.5 s".
  package let reason: String

  package init(_ kind: Kind, _ reason: String) {
    self.kind = kind
    self.reason = reason
  }

  package var description: String { reason }
}
