import Enrichment
import History
import Lexing
import Results

extension Command {
  /// `results [FILTER]`, `results delete REF…|all`, `results keep N|DURATION`
  static let results = Command(
    name: "results", topic: .results, summary: "list the results of this session, or of all",
    discussion: [
      "Traces and comparisons are stored, as results.keep says, and have an id like @k7f3 that each command takes in every "
        + "session; what shows none here is not stored and ends with the session. Without --all the list is that of "
        + "this session, oldest first; with it, it is that of all sessions, newest first. Times are UTC."
    ],
    terms: [
      Term("TARGET", "those of one target, by its name or address"),
      Term("since 12h", "those of the last 12 hours; 30d, 2026-11-26 and 2026-11-26T18:03 too"),
      Term("reached off", "those that did not reach their target"),
      Term("network live", "those of one network; 'lab demo' too"),
      Term("limit 20", "the newest 20"),
      Term("delete %1 @k7f3", "delete these for ever; 'delete all' deletes those of all sessions"),
      Term("keep 5000", "set results.keep, and delete at once what is older; 'keep 30d' too"),
    ],
    parameters: [Parameter("WORD", .resultWord, .any, help: "a filter, or what to do")],
    options: [.flag("all", help: "of all sessions"), .json],
    examples: [
      Example("results", "number, name, id, time, target and outcome of each"),
      Example("results --all demo.test since 7d", "every trace of demo.test in the last week"),
      Example("results reached off", "those of this session that did not get there"),
      Example("results delete %before", "forget a result, here and in the store"),
      Example("results keep 5000", "keep the newest 5,000 of all sessions"),
    ],
    action: { call, session async throws(ShellError) in
      let request: ResultsWords.Request
      do throws(ResultsWords.Failure) {
        request = try ResultsWords.parse(call.arguments("WORD"), at: session.services.clock())
      } catch {
        throw call.wrong(
          error.diagnostic.summary, at: error.range, why: error.diagnostic.why, try: error.diagnostic.remedy)
      }
      let isList = if case .list = request { true } else { false }
      if let all = call.options["all"], !isList {
        throw call.wrong("--all goes with a list only", at: all.range)
      }
      session.storeChanges()
      switch request {
      case .list(let filter): try session.listResults(filter, call)
      case .delete(let references): try session.deleteResults(references, call)
      case .deleteAll: try session.deleteAllResults(call)
      case .keep(let retention): try session.keepResults(retention, call)
      }
      session.tellStoreNotes(on: call.console)
    })
}

extension Session {
  fileprivate func listResults(_ filter: ResultFilter, _ call: Invocation) throws(ShellError) {
    let rows: [ResultRow]
    if call.has("all") {
      guard let listing = try openStore(call).list(filter) else { throw unusableStore(call) }
      if listing.unknownCount > 0 {
        tell(
          Diagnostic(
            "\(Condition.count(listing.unknownCount, "result")) not shown", why: "a later version of ftrsh made them",
            severity: .note), on: call.console)
      }
      var numbers: [ResultID: Int] = [:]
      for entry in results.entries { if let id = entry.content.id { numbers[id] = entry.number } }
      rows = listing.summaries.map { ResultRow($0, number: numbers[$0.id]) }
    } else {
      let shown = results.entries.filter { filter.accepts($0.content) }
      rows = shown.suffix(filter.limit ?? shown.count).map { ResultRow($0) }
    }
    call.answer(ResultListDocument(version: Version.number, results: rows.map(\.document)), over: settings) {
      ResultRow.print(rows, on: call.console)
    }
  }

  fileprivate func deleteResults(_ references: [Invocation.Argument], _ call: Invocation) throws(ShellError) {
    var numbers: Set<Int> = []
    var ids: Set<ResultID> = []
    for reference in references {
      do throws(Diagnostic) {
        if let id = ResultID(reference.text), reference.text.hasPrefix("@"), store?.find(id).record != nil {
          // Unread: one that is damaged can be deleted too.
          ids.insert(id)
        } else if reference.text.hasPrefix("@") {
          if let id = try result(reference.text).id { ids.insert(id) }
        } else {
          let entry = try results.find(reference.text)
          numbers.insert(entry.number)
          if let id = entry.content.id { ids.insert(id) }
        }
      } catch {
        throw .failed(call.frame.locate(error.by("results"), at: reference.range))
      }
    }
    let pings = results.entries.count { numbers.contains($0.number) && $0.content.id == nil }
    for entry in results.entries {
      if let id = entry.content.id, ids.contains(id) { numbers.insert(entry.number) }
    }
    if let store, !ids.isEmpty, store.delete(Array(ids)) == nil { throw unusableStore(call) }
    results.remove(numbers)
    tellDeleted(ids.count + pings, call)
  }

  fileprivate func deleteAllResults(_ call: Invocation) throws(ShellError) {
    let own = results.entries
    var count = own.count
    if let store {
      // Those of this session are in the store too, but for pings and what was not stored.
      let stored = Set(store.list()?.summaries.map(\.id) ?? [])
      guard let deleted = store.deleteAll() else { throw unusableStore(call) }
      count = deleted + own.count { $0.content.id.map { !stored.contains($0) } ?? true }
    }
    results.remove(Set(own.map(\.number)))
    tellDeleted(count, call)
  }

  fileprivate func keepResults(_ retention: Retention?, _ call: Invocation) throws(ShellError) {
    guard let retention else {
      guard let setting = Setting.named("results.keep") else { return }
      return show(setting, call)
    }
    let before = settings
    settings.retention = retention
    var deleted = 0
    if let store {
      guard let count = store.prune(retention) else {
        settings = before
        throw unusableStore(call)
      }
      deleted = count
    }
    tellDeleted(deleted, call)
  }

  private func tellDeleted(_ count: Int, _ call: Invocation) {
    let document = ResultsDeletedDocument(
      version: Version.number, deleted: count, keep: settings.retention.word)
    call.answer(document, over: settings) {
      call.print(StyledLine("\(Condition.count(count, "result")) deleted"))
    }
  }

  private func openStore(_ call: Invocation) throws(ShellError) -> ResultStore {
    guard let store else {
      throw call.failed(
        "there is no store of results", why: "neither XDG_STATE_HOME nor HOME says where state lives",
        try: "'results' for those of this session")
    }
    return store
  }

  /// The failure of a command that needs the store.
  private func unusableStore(_ call: Invocation) -> ShellError {
    let failure = unusableStore
    return call.failed(failure.summary, why: failure.why, try: failure.remedy)
  }
}

extension ResultFilter {
  /// Whether a result of this session is meant; the limit aside.
  fileprivate func accepts(_ content: SessionResults.Content) -> Bool {
    switch content {
    case .trace(let result):
      accepts(result.target, "\(result.address)", result.network, result.isReached)
        && since.map { result.started >= $0 } ?? true
    case .comparison(let result):
      accepts(result.target, result.address, result.network, false) && isReached == nil
        && since.map { result.started >= $0 } ?? true
    case .ping(let result, _):
      // When a ping was made is not kept.
      accepts(result.target, "\(result.address)", result.network, result.received > 0) && since == nil
    }
  }

  private func accepts(_ target: String, _ address: String, _ network: String, _ isReached: Bool) -> Bool {
    (self.target.map { $0.lowercased() == target.lowercased() || $0 == address } ?? true)
      && (self.network.map { $0 == network } ?? true) && (self.isReached.map { $0 == isReached } ?? true)
  }
}
