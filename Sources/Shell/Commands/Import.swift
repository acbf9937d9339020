import Captures
import Lexing
import Packets
import Results
import Tracing

extension Command {
  /// `import FILE [target T] [as NAME]`
  static let `import` = Command(
    name: "import", topic: .results, summary: "make results of other programs' traces in a capture",
    discussion: [
      "Reads pcap and pcapng, as tcpdump writes them while traceroute, mtr or scamper run, over ICMP, UDP or TCP and both "
        + "families. It finds the probes by their low TTLs and by the answers, and each answer's probe by what it quotes; the "
        + "times are those of the capture. The results are like any others, for 'explain', 'compare' and 'whatif'.",
      "With several traces in a file say which: 'target ADDRESS', or its number in the list; --all takes all of them.",
    ],
    parameters: [
      Parameter("FILE", .file, help: "a capture"),
      Parameter(
        "TARGET", .text, .optional, keyword: "target", help: "the address that was traced, or the trace's number"),
    ],
    options: [.flag("all", "a", help: "every trace in the file"), .json],
    namesResult: true,
    examples: [
      Example("import paths.pcapng as theirs", "the trace in a capture, as %theirs"),
      Example("import paths.pcapng target 203.0.113.80", "the one to that address"),
      Example("import paths.pcapng --all", "all of them"),
    ],
    action: { call, session async throws(ShellError) in
      try session.importCapture(call)
      session.tellStoreNotes(on: call.console)
    })
}

extension Session {
  fileprivate func importCapture(_ call: Invocation) throws(ShellError) {
    guard let path = call.argument("FILE") else { return }
    let file: CaptureFile
    do throws(Diagnostic) {
      file = try CaptureAccess.read(path.text)
    } catch {
      throw .failed(call.frame.locate(error.by("import"), at: path.range))
    }
    if let fault = file.fault {
      tell(
        Diagnostic(
          "'\(path.text)' is used as far as it goes: \(file.packets.count) packets", why: fault.description,
          severity: .note),
        on: call.console)
    }
    let found = TraceFinder.traces(in: file)
    let chosen = try choose(among: found, of: file, call)
    let name = path.text.split(separator: "/").last.map { String($0) } ?? path.text
    let rows = chosen.map { trace in
      let made = trace.result(
        id: drawResultID(), commandLine: call.line, name: call.resultName?.text, file: name, version: Version.number)
      let (result, isStored) = store(made, call)
      let number = results.add(.trace(result), name: result.name, isStored: isStored)
      return ResultRow(.init(number: number, name: result.name, content: .trace(result), isStored: isStored))
    }
    let document = ImportDocument(
      version: Version.number, file: path.text, format: file.format.rawValue, packets: file.packets.count,
      fault: file.fault?.description, results: rows.map(\.document))
    call.answer(document, over: settings) { ResultRow.print(rows, on: call.console) }
  }

  private func choose(
    among found: [ForeignTrace], of file: CaptureFile, _ call: Invocation
  ) throws(ShellError) -> [ForeignTrace] {
    guard !found.isEmpty else {
      let stamps = file.packets.contains { $0.stamp != nil }
      throw call.failed(
        "there is no trace in it",
        why: stamps || file.packets.isEmpty
          ? "none of its \(file.packets.count) packets is a probe with a low TTL that was answered"
          : "its packets have no time stamps",
        try: "tcpdump -i any -w FILE 'icmp or icmp6 or udp or tcp' while the other program runs")
    }
    if let word = call.argument("TARGET") { return [try find(word, among: found, call)] }
    guard found.count > 1, !call.has("all") else {
      if let name = call.resultName, found.count > 1 {
        throw call.wrong("a name is for one result, and there are \(found.count) traces", at: name.range)
      }
      return found
    }
    for (index, trace) in found.enumerated() { call.console.diagnose(StyledLine(Self.line(trace, index + 1))) }
    throw call.failed(
      "there are \(found.count) traces in it", try: "'\(call.line) target 1', the address of a target, or '--all'")
  }

  private func find(
    _ word: Invocation.Argument, among found: [ForeignTrace], _ call: Invocation
  ) throws(ShellError) -> ForeignTrace {
    if let number = Int(word.text) {
      guard found.indices.contains(number - 1) else {
        throw call.wrong(
          "there is no trace \(number) in it", at: word.range, try: found.count == 1 ? "1" : "1 to \(found.count)")
      }
      return found[number - 1]
    }
    let targets = found.map(\.target.description)
    guard let address = IPAddress(word.text) else {
      throw call.wrong(
        "'\(word.text)' is neither an address nor a number", at: word.range, why: "a capture has no names",
        try: Literal.list(Array(targets.prefix(Self.mostListedTargets))))
    }
    let matching = found.enumerated().filter { $0.element.target == address }
    guard let first = matching.first else {
      let meant = Spelling.nearest(to: word.text, among: targets)
      throw call.wrong(
        "no trace in it goes to \(address)", at: word.range,
        try: meant ?? Literal.list(Array(targets.prefix(Self.mostListedTargets))))
    }
    guard matching.count == 1 else {
      for (index, trace) in matching { call.console.diagnose(StyledLine(Self.line(trace, index + 1))) }
      throw call.failed(
        "\(matching.count) traces in it go to \(address)", try: "its number: 'target \(first.offset + 1)'")
    }
    return first.element
  }

  private static let mostListedTargets = 5

  /// `1  203.0.113.9 from 192.0.2.2, UDP, 16 probes, 14 answered, by traceroute`
  private static func line(_ trace: ForeignTrace, _ number: Int) -> String {
    let tool = trace.tool.map { ", by \($0)" } ?? ""
    return "\(number)  \(trace.target) from \(trace.source), \(trace.protocolName.rawValue.uppercased()), "
      + "\(Condition.count(trace.probeCount, "probe")), \(trace.answeredCount) answered\(tool)"
  }
}
