import Lexing
import Results
import Simulation

extension Command {
  /// `lab list`, `lab show NAME`, and the statements that make up a network.
  static let lab = Command(
    name: "lab", topic: .networks, summary: "list, show and build the networks of the lab",
    discussion: [
      "A network is built by statements, typed or in a script, and can be used as soon as it is whole: 'use lab NAME'. "
        + "'lab show demo' shows what properties look like."
    ],
    terms: [
      Term("lab list", "the networks at hand"),
      Term("lab show [NAME]", "one network with its nodes and targets; the one in use when NAME is left out"),
    ] + LabStatement.allCases.map { Term($0.usage, $0.summary) },
    parameters: [
      Parameter(
        "STATEMENT", .choice(["list", "show"] + LabStatement.allCases.map(\.rawValue)),
        help: "list, show, or one of a network's"),
      Parameter("WORD", .text, .any, help: "what the statement needs"),
    ],
    options: [.json],
    takesWordsAsWritten: true,
    examples: [
      Example("lab list", "the networks at hand"),
      Example("lab show demo", "one network"),
      Example("lab new tiny 'One router'", "begin a network"),
    ],
    action: { call, session async throws(ShellError) in
      guard let verb = call.argument("STATEMENT") else { return }
      switch verb.text {
      case "list": try session.labList(call.takingJSONOption())
      case "show": try session.labShow(call.takingJSONOption())
      default: try await session.labBuild(call)
      }
    })
}

extension Session {
  fileprivate func labList(_ call: Invocation) throws(ShellError) {
    if let extra = call.argument("WORD") {
      throw call.wrong("'\(extra.text)' is one word too many", at: extra.range, try: "'lab show \(extra.text)'")
    }
    call.answer(LabListDocument(labs), over: settings) {
      for line in LabDrawing.list(labs) { call.print(StyledLine(line)) }
    }
  }

  fileprivate func labShow(_ call: Invocation) throws(ShellError) {
    let words = call.arguments("WORD")
    if words.count > 1 { throw call.wrong("'\(words[1].text)' is one word too many", at: words[1].range) }
    let name: String
    if let word = words.first {
      name = word.text
    } else if case .lab(let used) = networkChoice {
      name = used
    } else {
      throw call.wrong(
        "the name of a network is missing", at: SourceRange(call.range.upper, call.range.upper),
        try: Literal.list(labs.names.map { "'lab show \($0)'" }))
    }
    let entry: LabCatalog.Entry
    do throws(Diagnostic) {
      entry = try labs.network(named: name)
    } catch {
      throw .wrong(error.by("lab").at(words.first?.range ?? call.range, in: call.frame.source))
    }
    call.answer(LabDocument(entry.topology), over: settings) {
      for line in LabDrawing.show(entry) { call.print(StyledLine(line)) }
    }
  }

  /// Takes one statement of a network; when the network is whole with it, it enters the catalogue.
  fileprivate func labBuild(_ call: Invocation) async throws(ShellError) {
    guard let verb = call.argument("STATEMENT") else { return }
    let words = ([verb] + call.arguments("WORD")).map { LabWord($0.text, at: $0.range) }
    do throws(Diagnostic) {
      if verb.text == LabStatement.new.rawValue { labBuilder = TopologyBuilder() }
      try labBuilder.apply(words, in: call.frame.source)
    } catch {
      throw .wrong(error.by("lab"))
    }
    let topology: Topology
    do throws(Diagnostic) {
      topology = try labBuilder.finish()
    } catch {
      // Not whole yet: more statements will come, and `use lab` says that there is no such network.
      return
    }
    labs = LabCatalog(labs.entries.map(\.topology).filter { $0.name != topology.name } + [topology])
    changedLabs.insert(topology.name)
    await forgetLab(topology.name)
  }
}

extension Invocation {
  /// The same call with `--json` taken as the option it is: the words of `lab` are as written, because the text of a statement
  /// may begin with a dash, and only `list` and `show` have an answer.
  func takingJSONOption(of parameter: String = "WORD") -> Invocation {
    var call = self
    let words = arguments(parameter)
    call.options["json"] = words.last { $0.text == "--\(Option.json.name)" }.map { word in
      Argument(text: word.text, range: word.range, value: .word("json"))
    }
    call.parameters[parameter] = words.filter { $0.text != "--\(Option.json.name)" }
    return call
  }
}
