import Results

/// Which results are meant; nil asks for nothing.
package struct ResultFilter: Hashable, Sendable {
  /// The target as it was typed, or its address.
  package var target: String?
  /// Started then or later.
  package var since: WallTime?
  package var isReached: Bool?
  /// As `Network.name` gives it.
  package var network: String?
  /// The newest so many.
  package var limit: Int?

  /// Means all results, or the newest so many.
  package init(limit: Int? = nil) { self.limit = limit }
}
