import Results
import SQLite

extension StoreConnection {
  /// The rows that a filter means, the newest first, and how many are of kinds that this version does not know.
  func list(_ filter: ResultFilter) throws(SQLiteError) -> ResultStore.Listing {
    let select = try database.prepare(
      """
      SELECT id, kind, name, target, address, network, started, reached, ending, hops, outcome FROM results
      WHERE (?1 IS NULL OR target = ?1 COLLATE NOCASE OR address = ?1) AND (?2 IS NULL OR started >= ?2)
        AND (?3 IS NULL OR reached = ?3) AND (?4 IS NULL OR network = ?4)
      ORDER BY started DESC, seq DESC LIMIT ?5
      """)
    try select.bind(filter.target, at: 1)
    try select.bind(filter.since?.milliseconds, at: 2)
    try select.bind(filter.isReached.map { $0 ? 1 : 0 }, at: 3)
    try select.bind(filter.network, at: 4)
    try select.bind(Int64(filter.limit ?? Retention.most), at: 5)
    var listing = ResultStore.Listing()
    while try select.step() {
      if let summary = StoredSummary(select) { listing.summaries.append(summary) } else { listing.unknownCount += 1 }
    }
    return listing
  }

  /// A stored result as it lies in the file; nil when there is none of that id.
  func find(_ id: ResultID) throws(SQLiteError) -> StoredRecord? {
    let select = try database.prepare(
      """
      SELECT id, kind, name, target, address, network, started, reached, ending, hops, outcome, document
      FROM results JOIN documents USING (seq) WHERE id = ?1
      """)
    try select.bind(id.text, at: 1)
    return try select.first { row in
      guard let summary = StoredSummary(row), let document = row.text(at: 11) else { return nil }
      return StoredRecord(summary, document: document)
    }
  }

  /// The ids of the newest results, the newest first.
  func latestIDs(_ count: Int) throws(SQLiteError) -> [ResultID] {
    let select = try database.prepare("SELECT id FROM results ORDER BY seq DESC LIMIT ?1")
    try select.bind(Int64(count), at: 1)
    var ids: [ResultID] = []
    while try select.step() {
      if let id = select.text(at: 0).flatMap({ ResultID($0) }) { ids.append(id) }
    }
    return ids
  }
}

extension StoredSummary {
  /// Nil for a row of nobody's making, or of a kind that is not known.
  fileprivate init?(_ row: Statement) {
    guard let id = row.text(at: 0).flatMap({ ResultID($0) }),
      let kind = row.text(at: 1).flatMap({ StoreForm.Kind(rawValue: $0) }), let target = row.text(at: 3),
      let address = row.text(at: 4), let network = row.text(at: 5), let started = row.integer(at: 6),
      let outcome = row.text(at: 10)
    else { return nil }
    self.init(
      id: id, kind: kind, name: row.text(at: 2), target: target, address: address, network: network,
      started: WallTime(milliseconds: started), isReached: row.integer(at: 7).map { $0 != 0 }, outcome: outcome)
    end = row.text(at: 8).flatMap { TraceDocument.EndReason(rawValue: $0) }
    hops = row.integer(at: 9).map { Int(max(0, min(255, $0))) }
  }
}
