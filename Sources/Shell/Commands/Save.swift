import History
import Lexing
import Results

extension Command {
  /// `save FILE [REF…]`
  static let save = Command(
    name: "save", topic: .results, summary: "write results to a file",
    discussion: [
      "The file is JSON without loss, for 'load' on any machine; 'trace --json' is the form for other programs. A file that is "
        + "there already is replaced if it is one of 'save', and left alone otherwise."
    ],
    parameters: [
      Parameter("FILE", .file, help: "where to"),
      Parameter(
        "RESULT", .result, .any, help: "%1, %before, @k7f3; every trace and comparison of this session when left out"),
    ],
    options: [.json],
    examples: [
      Example("save paths.json", "all traces and comparisons of this session"),
      Example("save paths.json %before %after", "two of them"),
    ],
    action: { call, session async throws(ShellError) in try session.save(call) })

  /// `load FILE`
  static let load = Command(
    name: "load", topic: .results, summary: "read results from a file of 'save'",
    discussion: [
      "They become results of this session with numbers of their own, and are stored as results.keep says. Each keeps "
        + "its id, unless another result has that. A file that is damaged, of a later version or of another program is refused whole."
    ],
    parameters: [Parameter("FILE", .file, help: "a file that 'save' has written")],
    options: [.json],
    examples: [Example("load paths.json", "the results in it, as %3, %4, …")],
    action: { call, session async throws(ShellError) in
      try session.load(call)
      session.tellStoreNotes(on: call.console)
    })
}

extension Session {
  fileprivate func save(_ call: Invocation) throws(ShellError) {
    guard let file = call.argument("FILE") else { return }
    let references = call.arguments("RESULT")
    var saved: [(id: ResultID, document: String)] = []
    var skipped = 0
    if references.isEmpty {
      for entry in results.entries {
        if let form = entry.content.storeForm { saved.append(form) } else { skipped += 1 }
      }
      guard !saved.isEmpty else {
        throw call.failed(
          "there is nothing to save", why: "this session has no trace", try: "'save \(file.text) @k7f3'")
      }
    }
    for reference in references {
      do throws(Diagnostic) {
        guard let form = try result(reference.text).storeForm else {
          throw Diagnostic(
            "'\(reference.text)' cannot be saved", why: "it is a ping, and only traces and comparisons are saved")
        }
        saved.append(form)
      } catch {
        throw .failed(call.frame.locate(error.by("save"), at: reference.range))
      }
    }
    do throws(Diagnostic) {
      try ResultFile.write(
        SavedResults.text(saved.map(\.document), version: Version.number), to: file.text)
    } catch {
      throw .failed(call.frame.locate(error.by("save"), at: file.range))
    }
    let document = SaveDocument(version: Version.number, file: file.text, saved: saved.map(\.id), skipped: skipped)
    call.answer(document, over: settings) {
      let pings = skipped > 0 ? ", without \(Condition.count(skipped, "ping"))" : ""
      call.print(StyledLine("\(Condition.count(saved.count, "result")) saved in '\(file.text)'\(pings)"))
    }
  }

  fileprivate func load(_ call: Invocation) throws(ShellError) {
    guard let file = call.argument("FILE") else { return }
    let loaded: SavedResults.Loaded
    do throws(Diagnostic) {
      loaded = try ResultFile.read(file.text)
    } catch {
      throw .failed(call.frame.locate(error.by("load"), at: file.range))
    }
    let (contents, isStored) = storeLoaded(loaded)
    let rows = contents.map { content in
      let number = results.add(content, name: content.name, isStored: isStored)
      return ResultRow(.init(number: number, name: content.name, content: content, isStored: isStored))
    }
    if !loaded.unknownKinds.isEmpty {
      let kinds = Set(loaded.unknownKinds).sorted().map { "'\($0)'" }
      tell(
        Diagnostic(
          "\(Condition.count(loaded.unknownKinds.count, "result")) left out",
          why: "this version does not know the kind \(Literal.list(kinds))", severity: .note), on: call.console)
    }
    let document = LoadDocument(
      version: Version.number, file: file.text, results: rows.map(\.document), skipped: loaded.unknownKinds.count)
    call.answer(document, over: settings) { ResultRow.print(rows, on: call.console) }
  }

  /// Stores results of a file; those whose id another result has get a new one. Traces come before comparisons.
  private func storeLoaded(_ loaded: SavedResults.Loaded) -> (
    [SessionResults.Content], isStored: Bool
  ) {
    var contents = loaded.traces.map { SessionResults.Content.trace($0) }
    contents += loaded.comparisons.map { .comparison($0) }
    var own: [ResultID: String] = [:]
    for entry in results.entries { if let form = entry.content.storeForm { own[form.id] = form.document } }
    for index in contents.indices {
      guard let form = contents[index].storeForm else { continue }
      if let other = own[form.id], other != form.document { contents[index].identify(as: drawResultID()) }
      if let form = contents[index].storeForm { own[form.id] = form.document }
    }
    guard !contents.isEmpty,
      let ids = store?.keep(contents.compactMap(\.record), settings.retention, draw: { _ in drawResultID() })
    else { return (contents, false) }
    for (index, id) in zip(contents.indices, ids) { contents[index].identify(as: id) }
    return (contents, true)
  }
}

extension SessionResults.Content {
  /// Its id, and itself as it is saved; nil for a ping.
  fileprivate var storeForm: (id: ResultID, document: String)? {
    record.map { ($0.summary.id, $0.document) }
  }

  /// As it is stored; nil for a ping.
  fileprivate var record: StoredRecord? {
    switch self {
    case .trace(let result): StoredRecord(result)
    case .comparison(let result): StoredRecord(result)
    case .ping: nil
    }
  }

  /// Given by `as NAME`.
  fileprivate var name: String? {
    switch self {
    case .trace(let result): result.name
    case .comparison(let result): result.name
    case .ping: nil
    }
  }

  fileprivate mutating func identify(as id: ResultID) {
    switch self {
    case .trace(var result):
      result.id = id
      self = .trace(result)
    case .comparison(var result):
      result.id = id
      self = .comparison(result)
    case .ping: break
    }
  }
}
