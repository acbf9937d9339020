/// The JSON form of `version`: the fields that every document has, and no more.
package struct VersionDocument: Codable, Hashable, Sendable {
  package var schema = ResultCoding.schema
  package var command = "version"
  package var version: String

  package init(version: String) { self.version = version }
}
