import Enrichment
import Lexing
import Probing
import Results

extension Command {
  /// `record FILE`, `record off`, `record`
  static let record = Command(
    name: "record", topic: .networks, summary: "record the traces of this session into a file",
    discussion: [
      "From now on every trace is written with all its packets when it has ended, a line each, until 'record off' or the end of "
        + "the session; a file that is cut off loses no more than its last line. 'use replay FILE' has them again, on any "
        + "machine, and nothing is sent. Pings and comparisons of many runs are not recorded.",
      "Without a word it tells what is recorded. 'set record off' keeps no packets, and so leaves nothing to record.",
    ],
    parameters: [
      Parameter(
        "FILE", .either("off", .newFile), .optional, help: "a file that is not there yet; off ends the recording")
    ],
    options: [.json],
    examples: [
      Example("record", "whether anything is recorded"),
      Example("record off", "end the recording"),
    ],
    action: { call, session async throws(ShellError) in
      guard let file = call.argument("FILE") else { return session.showRecording(call) }
      guard file.text != "off" else {
        return session.endRecording(call)
      }
      try session.beginRecording(file, call)
    })
}

/// The JSON form of `record`.
struct RecordDocument: Codable, Hashable, Sendable {
  var schema = ResultCoding.schema
  var command = "record"
  var version = Version.number
  @ExplicitNull var file: String? = nil
  var traces: Int
}

extension Session {
  fileprivate func showRecording(_ call: Invocation) {
    let count = recording?.recorded.count ?? 0
    var document = RecordDocument(traces: count)
    document.file = recording?.path
    let shown = document
    call.answer(shown, over: settings) {
      if let path = shown.file {
        call.print(StyledLine("recording into '\(path)': \(Condition.count(count, "trace")) so far"))
      } else {
        call.print(StyledLine("nothing is recorded", .dim))
      }
    }
  }

  /// Ends the recording, and says what is in it.
  fileprivate func endRecording(_ call: Invocation) {
    guard let ended = recording else { return showRecording(call) }
    finishRecording()
    call.answer(RecordDocument(traces: 0), over: settings) {
      call.print(StyledLine("\(Condition.count(ended.recorded.count, "trace")) recorded in '\(ended.path)'"))
    }
  }

  fileprivate func beginRecording(_ file: Invocation.Argument, _ call: Invocation) throws(ShellError) {
    guard settings.record == .on else {
      throw call.failed("cannot record", why: "packets are not kept", try: "'set record on' first")
    }
    do throws(Diagnostic) {
      let new = try RecordingFile(file.text)
      finishRecording()
      recording = new
    } catch {
      throw .failed(call.frame.locate(error.by("record"), at: file.range))
    }
    showRecording(call)
  }

  /// Writes a trace that has ended into the recording, if there is one.
  func record(_ result: TraceResult, on console: any Console) {
    guard let recording else { return }
    do throws(Diagnostic) {
      guard try !recording.add(result), !recording.recorded.contains(result.id) else { return }
      tell(
        Diagnostic(
          "result \(result.id) is not recorded", subject: "record", why: result.whyUnrecorded,
          try: result.packets.isEmpty ? "'set record on'" : nil, severity: .note), on: console)
    } catch {
      self.recording = nil
      tell(error.by("record"), on: console)
    }
  }

  /// Ends the recording. Traces of which more came behind their end are written once more, as they are now.
  package func finishRecording() {
    guard let recording else { return }
    storeChanges()
    for entry in results.entries where lateRecords.contains(entry.number) {
      guard case .trace(let result) = entry.content, recording.recorded.contains(result.id) else { continue }
      record(result, on: console)
    }
    lateRecords = []
    self.recording = nil
  }

  /// Chooses a recording as the network.
  func useRecording(_ file: Invocation.Argument, _ call: Invocation) async throws(ShellError) {
    let found: Recording
    do throws(Diagnostic) {
      found = try ResultFile.readRecording(file.text)
      guard !found.traces.isEmpty else {
        let why = found.damages.first.map { "at byte \($0.offset): \($0.reason)" } ?? "no trace had ended"
        throw Diagnostic("there is no trace in '\(file.text)'", why: why)
      }
    } catch {
      throw .failed(call.frame.locate(error.by("use"), at: file.range))
    }
    for damage in found.damages {
      tell(
        Diagnostic(
          "a line of '\(file.text)' is left out", subject: "use", why: "at byte \(damage.offset): \(damage.reason)",
          severity: .warning), on: call.console)
    }
    let choice = NetworkChoice.replay(file.text)
    // The annotator belongs to the live network, which goes on.
    for key in networks.keys where key.choice == choice { networks[key] = nil }
    replay = ReplayNetwork(found, path: file.text)
    networkChoice = choice
  }
}

extension TraceResult {
  /// Takes over from a recorded trace what its events do not bring.
  mutating func take(_ recorded: TraceResult, isEnriched: Bool) {
    engineSettings = recorded.engineSettings
    warnings = recorded.warnings
    localAddress = recorded.localAddress
    hasShortTimeout = recorded.hasShortTimeout
    enrichment = isEnriched ? recorded.enrichment : EnrichmentRecord(.nothing)
  }
}
