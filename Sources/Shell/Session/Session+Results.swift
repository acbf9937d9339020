import Enrichment
import Lexing
import Rendering
import Results
import Tracing

extension Session {
  /// A new permanent name for a result, none that a result of this session has.
  func drawResultID() -> ResultID {
    var taken: Set<ResultID> = []
    for entry in results.entries {
      if let id = entry.content.id { taken.insert(id) }
    }
    return ResultID.draw(using: &idGenerator, avoiding: taken)
  }

  /// Adds what was read after the end of a trace to its result.
  func add(_ events: [TraceEvent], toResult number: Int) {
    results.updateTrace(number) { result in
      for event in events { result.apply(event) }
    }
    storeChange(of: number)
  }

  /// Adds what became known of addresses after the end of a trace to its result.
  func add(_ events: [EnrichmentEvent], toResult number: Int) {
    results.updateTrace(number) { result in
      for event in events { result.enrichment.apply(event) }
    }
    storeChange(of: number)
  }

  /// Tells something about a source of answers, once a session.
  func tellOnce(_ note: LookupNote, on console: any Console) {
    guard toldNotes.insert(note).inserted else { return }
    tell(Diagnostic(note.problem, why: note.reason, try: note.advice, severity: .note), on: console)
  }

  /// Keeps a result as the last one, in this session only.
  package func keep(_ content: SessionResults.Content, as name: String?) {
    results.add(content, name: name, isStored: false)
  }
}

extension Settings {
  /// The renderer of the chosen format for one command, whose document it prints when it is told that the command has ended.
  func renderer(for call: Invocation, targetCount: Int) -> any Renderer {
    let heading = CommandHeading(command: call.command.name, version: Version.number, targetCount: targetCount)
    call.pendingDocument?.settle()
    return format.makeRenderer(for: heading, on: call.console)
  }
}

extension Invocation {
  /// The command as it was typed, on one line.
  var line: String {
    frame.source[range].replacing("\n", with: " ")
  }
}
