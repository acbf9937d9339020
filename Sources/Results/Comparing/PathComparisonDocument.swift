/// A comparison of two paths in its JSON form.
package struct PathComparisonDocument: Codable, Hashable, Sendable {
  /// The command that makes these documents.
  package static let command = "compare"

  package var schema = ResultCoding.schema
  package var command = Self.command
  package var version: String
  package var id: String
  package var kind = "paths"
  package var comparison: PathComparison

  package init(_ comparison: PathComparison, id: ResultID, version: String) {
    self.id = id.description
    self.comparison = comparison
    self.version = version
  }
}
