import Enrichment

/// What a resolver did since it was made, for `show enrich`.
package struct ResolverStatistics: Hashable, Sendable {
  /// Questions that were sent to name servers, each counted once however often it was repeated.
  package internal(set) var asked = 0
  /// Questions that were already being asked, and cost nothing.
  package internal(set) var joined = 0
  /// Answers with records.
  package internal(set) var answered = 0
  /// Answers that there is none.
  package internal(set) var absent = 0
  /// Failures by kind; a full queue counts as `unusable`.
  package internal(set) var failed: [LookupFailure.Kind: Int] = [:]
  /// Times that a server was waited for in vain, also where another try succeeded.
  package internal(set) var silences = 0
  /// Questions in flight now.
  package internal(set) var inFlight = 0
  /// Questions that wait for the window now.
  package internal(set) var queued = 0

  mutating func count(_ result: Result<NameAnswer, LookupFailure>) {
    switch result {
    case .success(let answer) where answer.isAbsent: absent += 1
    case .success: answered += 1
    case .failure(let failure): failed[failure.kind, default: 0] += 1
    }
  }
}
