import Enrichment
import Results

/// The JSON form of `show enrich`.
struct EnrichmentDocument: Codable, Hashable, Sendable {
  var schema = ResultCoding.schema
  var command = "show"
  var version = Version.number
  /// "live", or "lab" and its name.
  var network: String
  var kinds: [Kind]
  /// Answers at hand in memory.
  var cached: Int
  /// Questions that wait for an answer.
  var open: Int
  var lookups: [Topic]
  var sources: [Source]

  struct Kind: Codable, Hashable, Sendable {
    var name: String
    var on: Bool
  }

  struct Source: Codable, Hashable, Sendable {
    var name: String
    var state: String
  }

  /// How it went with one kind of question.
  struct Topic: Codable, Hashable, Sendable {
    var name: String
    var wanted: Int
    var hits: Int
    @ExplicitNull var hitRate: Double? = nil
    var asked: Int
    var known: Int
    var absent: Int
    var skipped: Int
    var failures: [String: Int]

    enum CodingKeys: String, CodingKey {
      case name, wanted, hits, asked, known, absent, skipped, failures
      case hitRate = "hit_rate"
    }
  }

  init(network: String, kinds on: Set<EnrichmentKind>, _ report: EnrichmentReport) {
    self.network = network
    kinds = EnrichmentKind.allCases.map { Kind(name: $0.rawValue, on: on.contains($0)) }
    cached = report.cachedCount
    open = report.openCount
    lookups = EnrichmentStatistics.Topic.allCases.map { topic in
      let counts = report.statistics[topic]
      var entry = Topic(
        name: topic.rawValue, wanted: counts.wanted, hits: counts.hits, asked: counts.asked, known: counts.known,
        absent: counts.absent, skipped: counts.skipped,
        failures: Dictionary(uniqueKeysWithValues: counts.failures.map { ($0.key.rawValue, $0.value) }))
      entry.hitRate = counts.hitRate
      return entry
    }
    sources = report.sources.map { Source(name: $0.name, state: $0.state) }
  }
}
