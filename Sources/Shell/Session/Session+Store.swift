import Enrichment
import History
import Lexing
import Results

// What a session and the store of results have to do with each other.

extension Session {
  /// As many results are stored anew in the background of one command; what comes further is stored with the next one. A flood of
  /// duplicates must not become a flood of commits.
  private static let mostLateWrites = 64

  /// Stores a result that has ended.
  ///
  /// - Returns: the result, with another id when its own was taken by a stored one.
  func store(_ result: TraceResult, _ call: Invocation) -> TraceResult {
    storeChanges()
    var result = result
    let ids = store?.keep([StoredRecord(result)], settings.retention) { _ in drawResultID() }
    if let id = ids?.first { result.id = id }
    tellStoreNotes(on: call.console)
    return result
  }

  /// Stores a comparison.
  ///
  /// - Returns: the comparison, with another id when its own was taken by a stored result.
  func store(_ result: ComparisonResult, _ call: Invocation) -> ComparisonResult {
    storeChanges()
    var result = result
    let ids = store?.keep([StoredRecord(result)], settings.retention) { _ in drawResultID() }
    if let id = ids?.first { result.id = id }
    tellStoreNotes(on: call.console)
    return result
  }

  /// More has come of a result behind its end.
  func storeChange(of number: Int) {
    changedResults.insert(number)
    guard lateWrites < Self.mostLateWrites else { return }
    lateWrites += 1
    storeChanges()
  }

  /// Stores what has come of results behind their end; to be called once more when nothing more will come.
  package func storeChanges() {
    guard !changedResults.isEmpty else { return }
    defer { changedResults = [] }
    guard let store, settings.retention != .nothing else { return }
    for entry in results.entries where changedResults.contains(entry.number) {
      if case .trace(let result) = entry.content { store.update(StoredRecord(result)) }
    }
  }

  /// Says what the store has to say, each thing once a session.
  func tellStoreNotes(on console: any Console) {
    for note in store?.takeNotes() ?? [] { tellOnce(note, on: console) }
  }

  /// The result that a word stands for: `%1`, `%last`, `%name` of this session, `@k7f3` of any.
  ///
  /// - Parameter isMeant: what `%last` may be.
  /// - Throws: a diagnostic, still without a place.
  package func result(
    _ reference: String, last isMeant: (SessionResults.Content) -> Bool = { _ in true }
  ) throws(Diagnostic) -> SessionResults.Content {
    guard reference.hasPrefix("@") else { return try results.find(reference, last: isMeant).content }
    guard let id = ResultID(reference) else {
      throw Diagnostic(
        "'\(reference)' is not the id of a result",
        why:
          "an id has \(ResultID.shortest) to \(ResultID.longest) digits and small letters, but none of i, l, o and u",
        try: "'results --all' lists them")
    }
    if let entry = results.entries.last(where: { $0.content.id == id }) { return entry.content }
    guard let record = store?.find(id) else {
      let ids = store?.list(ResultFilter(limit: Self.mostCompared))?.summaries.map(\.id.description) ?? []
      let meant = Spelling.nearest(to: reference, among: ids)
      throw Diagnostic(
        "there is no result \(reference)", why: store == nil ? "results are not stored in this session" : nil,
        try: meant.map { "'\($0)'" } ?? "'results --all' lists them")
    }
    do throws(StoreFormError) {
      switch record.summary.kind {
      case .trace:
        var result = try StoreForm.decodeTrace(record.document)
        result.id = id
        return .trace(result)
      case .comparison:
        var result = try StoreForm.decodeComparison(record.document)
        result.id = id
        return .comparison(result)
      }
    } catch {
      throw Diagnostic("cannot read result \(reference)", why: error.reason)
    }
  }

  /// Ids that a mistyped one is compared with.
  private static let mostCompared = 1_000
}
