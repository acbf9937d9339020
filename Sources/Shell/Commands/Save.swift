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
      Parameter("RESULT", .result, .any, help: "%1, %before, @k7f3; every trace of this session when left out"),
    ],
    options: [.json],
    examples: [
      Example("save paths.json", "all traces of this session"),
      Example("save paths.json %before %after", "two of them"),
    ],
    action: { call, session async throws(ShellError) in try session.save(call) })

  /// `load FILE`
  static let load = Command(
    name: "load", topic: .results, summary: "read results from a file of 'save'",
    discussion: [
      "They become results of this session with numbers of their own, and are stored. Each keeps its id, unless another "
        + "result has that. A file that is damaged, of a later version or of another program is refused whole."
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
    var traces: [TraceResult] = []
    var skipped = 0
    if references.isEmpty {
      for entry in results.entries {
        if case .trace(let result) = entry.content { traces.append(result) } else { skipped += 1 }
      }
      guard !traces.isEmpty else {
        throw call.failed(
          "there is nothing to save", why: "this session has no trace", try: "'save \(file.text) @k7f3'")
      }
    }
    for reference in references {
      do throws(Diagnostic) {
        guard case .trace(let result) = try result(reference.text) else {
          throw Diagnostic("'\(reference.text)' cannot be saved", why: "it is a ping, and only traces are saved")
        }
        traces.append(result)
      } catch {
        throw .failed(call.frame.locate(error.by("save"), at: reference.range))
      }
    }
    do throws(Diagnostic) {
      try ResultFile.write(
        SavedResults.text(traces.map { StoreForm.encode($0) }, version: Version.number), to: file.text)
    } catch {
      throw .failed(call.frame.locate(error.by("save"), at: file.range))
    }
    let document = SaveDocument(version: Version.number, file: file.text, saved: traces.map(\.id), skipped: skipped)
    call.answer(document, over: settings) {
      let pings = skipped > 0 ? ", without \(Condition.count(skipped, "ping"))" : ""
      call.print(StyledLine("\(Condition.count(traces.count, "result")) saved in '\(file.text)'\(pings)"))
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
    let traces = storeLoaded(loaded.traces)
    let rows = traces.map { result in
      let number = results.add(.trace(result), name: result.name)
      return ResultRow(.init(number: number, name: result.name, content: .trace(result)), isStored: store != nil)
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

  /// Stores results of a file; those whose id another result has get a new one.
  private func storeLoaded(_ traces: [TraceResult]) -> [TraceResult] {
    var traces = traces
    var own: [ResultID: TraceResult] = [:]
    for entry in results.entries { if case .trace(let result) = entry.content { own[result.id] = result } }
    for index in traces.indices {
      if let other = own[traces[index].id], other != traces[index] { traces[index].id = drawResultID() }
      own[traces[index].id] = traces[index]
    }
    guard !traces.isEmpty,
      let ids = store?.keep(traces.map { StoredRecord($0) }, settings.retention, draw: { _ in drawResultID() })
    else { return traces }
    for (index, id) in zip(traces.indices, ids) { traces[index].id = id }
    return traces
  }
}
