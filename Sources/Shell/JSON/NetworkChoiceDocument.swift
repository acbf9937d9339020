import Results

/// The JSON form of `use` without words: the network in use.
struct NetworkChoiceDocument: Codable, Hashable, Sendable {
  var schema = ResultCoding.schema
  var command = "use"
  var version = Version.number
  /// "live", or "lab" and its name.
  var network: String
}
