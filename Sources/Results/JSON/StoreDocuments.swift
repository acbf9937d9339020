/// The JSON form of `results delete` and `results keep`.
package struct ResultsDeletedDocument: Codable, Hashable, Sendable {
  package var schema = ResultCoding.schema
  package var command = "results"
  package var version: String
  /// How many results went.
  package var deleted: Int
  /// What `results.keep` is now, as it is typed.
  package var keep: String

  package init(version: String, deleted: Int, keep: String) {
    self.version = version
    self.deleted = deleted
    self.keep = keep
  }
}

/// The JSON form of `save`.
package struct SaveDocument: Codable, Hashable, Sendable {
  package var schema = ResultCoding.schema
  package var command = "save"
  package var version: String
  package var file: String
  /// Ids of the results in the file, in its order.
  package var saved: [String]
  /// Results of the session that cannot be saved: pings.
  package var skipped: Int

  package init(version: String, file: String, saved: [ResultID], skipped: Int) {
    self.version = version
    self.file = file
    self.saved = saved.map(\.description)
    self.skipped = skipped
  }
}

/// The JSON form of `load`.
package struct LoadDocument: Codable, Hashable, Sendable {
  package var schema = ResultCoding.schema
  package var command = "load"
  package var version: String
  package var file: String
  /// In the order of the file.
  package var results: [ResultListDocument.Entry]
  /// Results of kinds that this version does not know.
  package var skipped: Int

  package init(version: String, file: String, results: [ResultListDocument.Entry], skipped: Int) {
    self.version = version
    self.file = file
    self.results = results
    self.skipped = skipped
  }
}
