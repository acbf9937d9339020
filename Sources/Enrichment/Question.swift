import Packets
import Time

/// A source of origin AS numbers, as `set as.source` names them.
package enum OriginSource: Hashable, Sendable {
  /// Team Cymru's service, over DNS.
  case cymru
  /// A MaxMind database with the layout of GeoLite2-ASN, at that path.
  case maxMind(String)
  /// A prefix table (iptoasn TSV or pfx2as), at that path.
  case table(String)
}

/// One thing to find out. Equal questions have one answer, so they are asked once.
package enum Question: Hashable, Sendable {
  /// The name of an address.
  case name(IPAddress)
  /// The origin of an address, from one source.
  case origin(IPAddress, OriginSource)
  /// The name of an AS, which Team Cymru keeps apart from its origins.
  case asName(UInt32)
  /// City and country of an address, from the MaxMind database at that path.
  case place(IPAddress, database: String)
  /// This host's public address.
  case publicAddress(AddressFamily)
}

/// What came of a question.
package struct Answer: Hashable, Sendable {
  package enum Content: Hashable, Sendable {
    case name(String)
    /// From Team Cymru the name is missing: it is a question of its own (`asName`).
    case origin(Origin)
    case asName(String)
    case place(Place)
    case publicAddress(IPAddress)
    /// There is none.
    case absent
    case failed(LookupFailure)
  }

  package var content: Content
  package var source: FactSource
  /// How old it is: zero when it was asked just now, more when it comes from a cache.
  package var age: Duration
  /// How long from now on it holds. Already within the bounds that its source sets.
  package var lifetime: Duration

  package init(_ content: Content, from source: FactSource, age: Duration = .zero, lifetime: Duration) {
    self.content = content
    self.source = source
    self.age = age
    self.lifetime = lifetime
  }
}

/// How long answers are kept.
package enum Lifetime {
  /// A name holds as long as its record says, within these bounds: below, a busy path would ask again with every trace;
  /// above, a renumbered network would keep its old names for days.
  package static let ofNames: ClosedRange<Duration> = .seconds(60)...(.seconds(86_400))
  /// An origin, by its prefix.
  package static let ofOrigins: Duration = .seconds(86_400)
  /// That there is no name or no origin.
  package static let ofAbsence: Duration = .seconds(300)
  /// That a source failed: long enough that one trace does not ask a dead server once a hop and once again.
  package static let ofFailure: Duration = .seconds(5)
}
