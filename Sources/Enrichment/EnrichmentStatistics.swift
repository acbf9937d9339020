/// What an enricher has done, counted by kind of question, for `show enrich`.
package struct EnrichmentStatistics: Hashable, Sendable {
  /// The kinds of questions, as they are counted.
  package enum Topic: String, Hashable, Sendable, CaseIterable {
    case names
    case origins
    case asNames = "as_names"
    case places
    case publicAddresses = "public_addresses"
  }

  package struct Counts: Hashable, Sendable {
    /// Wanted by a command.
    package var wanted = 0
    /// Answered from memory.
    package var hits = 0
    /// Asked of a source.
    package var asked = 0
    package var known = 0
    package var absent = 0
    /// Not asked because too many questions were open.
    package var skipped = 0
    package var failures: [LookupFailure.Kind: Int] = [:]

    /// The part of what was wanted that was at hand, 0…1; nil when nothing was wanted.
    package var hitRate: Double? { wanted > 0 ? Double(hits) / Double(wanted) : nil }
  }

  private var counts: [Topic: Counts] = [:]

  package init() {}

  package subscript(topic: Topic) -> Counts {
    get { counts[topic] ?? Counts() }
    set { counts[topic] = newValue }
  }
}

extension Question {
  /// Under what it is counted.
  package var topic: EnrichmentStatistics.Topic {
    switch self {
    case .name: .names
    case .origin: .origins
    case .asName: .asNames
    case .place: .places
    case .publicAddress: .publicAddresses
    }
  }
}
