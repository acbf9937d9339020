import Captures
import Lexing
import Results

extension Command {
  /// `export FORMAT [RESULT] [FILE]`
  static let export = Command(
    name: "export", topic: .results, summary: "write a trace in a format of other programs",
    discussion: [
      "A capture has the probes and replies of a trace with their IP headers and stamps, for tcpdump, tshark and Wireshark. "
        + "What the kernel did not hand out is synthesised, and the comment of each packet says what: the IP headers of probes, "
        + "those of replies at a ping socket, and at an error queue the whole message.",
      "Without a file the bytes go to '> FILE' or '| COMMAND'. A file that is there already is replaced if it is one of the same "
        + "format.",
    ],
    terms: ExportFormat.all.map { Term($0.name, $0.meaning) },
    termsTitle: "Formats",
    parameters: [
      Parameter("FORMAT", .choice(ExportFormat.all.map(\.name)), help: "what to write"),
      Parameter(
        "RESULT", .resultOrFile, .optional, help: "%1, %last, the name given by 'as', or an id; %last when left out"),
      Parameter("FILE", .file, .optional, help: "where to"),
    ],
    options: [.json],
    examples: [
      Example("export pcap paths.pcapng", "the packets of the last trace"),
      Example("export pcap %1 > paths.pcapng", "those of the first result"),
    ],
    action: { call, session async throws(ShellError) in try session.export(call) })
}

/// A format that a trace can be written in: one entry each in `all`.
struct ExportFormat: Sendable {
  /// What a format makes of a trace.
  struct Output {
    var bytes: [UInt8]
    var packets: Int
    var leftOut: Int
  }

  let name: String
  let meaning: String
  /// - Throws: a diagnostic, still without a place, when the trace lacks what the format holds.
  let make: @Sendable (TraceResult) throws(Diagnostic) -> Output
  /// Writes the file, or refuses to replace another.
  let write: @Sendable ([UInt8], String) throws(Diagnostic) -> Void

  /// In the order in which help lists them.
  static let all = [
    ExportFormat(
      name: "pcap", meaning: "probes and replies as a capture (pcapng, stamps in nanoseconds)", make: pcap,
      write: CaptureAccess.write)
  ]

  private static func pcap(_ result: TraceResult) throws(Diagnostic) -> Output {
    let export = TraceExport(result)
    guard !export.packets.isEmpty else {
      throw Diagnostic(
        "there are no packets to export", why: result.whyUnrecorded,
        try: result.hypothesis.map { "the trace that it was made from: 'export pcap \($0.original)'" }
          ?? "'set record on', and trace again")
    }
    return Output(
      bytes: export.file(application: "ftrsh \(Version.number)"), packets: export.packets.count, leftOut: export.leftOut
    )
  }
}

extension Session {
  fileprivate func export(_ call: Invocation) throws(ShellError) {
    guard let word = call.argument("FORMAT"), let format = ExportFormat.all.first(where: { $0.name == word.text })
    else {
      return
    }
    var reference = call.argument("RESULT")
    var path = call.argument("FILE")
    // One word alone may be either.
    if let only = reference, path == nil, !only.text.hasPrefix("%"), !only.text.hasPrefix("@") {
      (reference, path) = (nil, only)
    }
    let result: TraceResult
    let output: ExportFormat.Output
    do throws(Diagnostic) {
      guard case .trace(let found) = try self.result(reference?.text ?? "%last", last: { $0.isTrace }) else {
        throw Diagnostic("'\(reference?.text ?? "%last")' is not a trace", why: "only a trace has packets")
      }
      result = found
      output = try format.make(found)
    } catch {
      tellStoreNotes(on: call.console)
      throw .failed(call.frame.locate(error.by("export"), at: reference?.range ?? call.range))
    }
    guard let path else {
      guard let console = call.console as? DescriptorConsole else {
        throw call.wrong(
          "FILE is missing", why: "a capture is no text to be shown",
          try: "'\(call.line) FILE', '> FILE' or '| COMMAND'")
      }
      return console.write(output.bytes)
    }
    do throws(Diagnostic) {
      try format.write(output.bytes, path.text)
    } catch {
      throw .failed(call.frame.locate(error.by("export"), at: path.range))
    }
    let document = ExportDocument(
      version: Version.number, file: path.text, format: format.name, id: result.id, packets: output.packets,
      leftOut: output.leftOut)
    call.answer(document, over: settings) {
      let rest = output.leftOut > 0 ? ", \(output.leftOut) left out of which too little is known" : ""
      call.print(StyledLine("\(Condition.count(output.packets, "packet")) in '\(path.text)'\(rest)"))
    }
  }
}
