import Packets
import SystemIO
import Time

/// An `EnrichmentRehearsal` that is shared: by the commands of a session, one after the other.
package final class RehearsedAnnotator: Sendable {
  private let rehearsal: Locked<EnrichmentRehearsal>
  private let sourceName: String

  /// - Parameter name: of the source, in `show enrich`.
  package init(_ answers: some RehearsedAnswers, name: String) {
    rehearsal = Locked(EnrichmentRehearsal(answers))
    sourceName = name
  }

  /// Changes or steps the rehearsal.
  package func use<Result>(_ body: (inout EnrichmentRehearsal) -> Result) -> Result {
    rehearsal.withLock { body(&$0) }
  }

  package func report() -> EnrichmentReport {
    rehearsal.withLock { rehearsal in
      let enricher = rehearsal.enricher
      return EnrichmentReport(
        statistics: enricher.statistics, cachedCount: enricher.cachedCount, openCount: enricher.openCount,
        sources: [SourceReport(name: sourceName, state: "in virtual time")])
    }
  }
}
