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
  /// - Returns: the result, with another id when its own was taken by a stored one, and whether it is stored.
  func store(_ result: TraceResult, _ call: Invocation) -> (TraceResult, isStored: Bool) {
    let id = store(StoredRecord(result), call)
    var result = result
    result.id = id ?? result.id
    return (result, id != nil)
  }

  /// Stores a comparison.
  ///
  /// - Returns: the comparison, with another id when its own was taken by a stored result, and whether it is stored.
  func store(_ result: ComparisonResult, _ call: Invocation) -> (ComparisonResult, isStored: Bool) {
    let id = store(StoredRecord(result), call)
    var result = result
    result.id = id ?? result.id
    return (result, id != nil)
  }

  /// - Returns: the id that it is stored under; nil when it is not.
  private func store(_ record: StoredRecord, _ call: Invocation) -> ResultID? {
    storeChanges()
    let ids = store?.keep([record], settings.retention) { _ in drawResultID() }
    tellStoreNotes(on: call.console)
    return ids?.first
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
    lateRecords.formUnion(changedResults)
    guard let store, settings.retention != .nothing else { return }
    for entry in results.entries where changedResults.contains(entry.number) {
      guard case .trace(var result) = entry.content else { continue }
      if entry.hasLostPackets {
        guard case .trace(let stored)? = stored(entry) else { continue }
        result.packets = stored.packets
      }
      store.update(StoredRecord(result))
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
    guard reference.hasPrefix("@") else { return whole(try results.find(reference, last: isMeant)) }
    guard let id = ResultID(reference) else {
      throw Diagnostic(
        "'\(reference)' is not the id of a result",
        why:
          "an id has \(ResultID.shortest) to \(ResultID.longest) digits and small letters, but none of i, l, o and u",
        try: "'results --all' lists them")
    }
    if let entry = results.entries.last(where: { $0.content.id == id }) { return whole(entry) }
    guard let store else {
      throw Diagnostic(
        "there is no result \(reference)", why: "results are not stored in this session",
        try: "'results' for those of this session")
    }
    switch store.find(id) {
    case .record(let record): return try content(record)
    case .absent:
      let ids = store.list(ResultFilter(limit: Self.mostCompared))?.summaries.map(\.id.description) ?? []
      let meant = Spelling.nearest(to: reference, among: ids)
      throw Diagnostic(
        "there is no result \(reference)", try: meant.map { "'\($0)'" } ?? "'results --all' lists them")
    case .unusable: throw unusableStore
    }
  }

  /// What is in a result, with the packets that only the store still has.
  private func whole(_ entry: SessionResults.Entry) -> SessionResults.Content {
    guard entry.hasLostPackets, case .trace(var result) = entry.content, case .trace(let stored)? = stored(entry) else {
      return entry.content
    }
    result.packets = stored.packets
    return .trace(result)
  }

  /// What the store has of a result; nil when it has nothing that can be read.
  private func stored(_ entry: SessionResults.Entry) -> SessionResults.Content? {
    guard entry.isStored, let id = entry.content.id, case .record(let record)? = store?.find(id) else { return nil }
    do throws(Diagnostic) { return try content(record) } catch { return nil }
  }

  /// Why a command that needs the store fails.
  var unusableStore: Diagnostic {
    let trouble = store?.trouble
    // The failure says what the note would.
    if let trouble { store?.withdraw(trouble) }
    return Diagnostic("cannot use the stored results", why: trouble?.reason, try: trouble?.advice)
  }

  /// What a record holds.
  private func content(_ record: StoredRecord) throws(Diagnostic) -> SessionResults.Content {
    let id = record.summary.id
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
      throw Diagnostic("cannot read result \(id)", why: error.reason)
    }
  }

  /// Ids that a mistyped one is compared with.
  private static let mostCompared = 1_000
}
