import Lexing
import Results
import Simulation

extension Command {
  /// `lab list`, `lab show NAME`, and the statements that make up a network.
  static let lab = Command(
    name: "lab", topic: .networks, summary: "list, show and build the networks of the lab",
    discussion: [
      "A network is built by statements, typed or in a script, and can be used as soon as it is whole: 'use lab NAME'. "
        + "'lab show demo' shows what properties look like.",
      "Statements are about the network that 'lab new' began or 'use lab' chose, whichever came last. Those that change "
        + "one that is there take effect at once, for this session; what is under way goes on, and so does the network's time.",
      "Programs that 'lab run' starts find the network as any other; a second ftrsh among them takes names under '.test' "
        + "from its own lab, and so is given addresses.",
    ],
    terms: [
      Term("lab list", "the networks at hand"),
      Term(
        "lab show [NAME] [--dot]",
        "one network with its nodes and targets, the one in use without NAME; --dot draws it for Graphviz"),
      Term("lab save FILE [NAME]", "writes a script that makes the network again, as it is now"),
      Term("lab seed N", "the same as 'set lab.seed N'"),
      Term("lab clock real|virtual", "the same as 'set lab.clock …'"),
    ] + LabUpStatement.allCases.map { Term($0.usage, $0.summary) }
      + LabStatement.allCases.map { Term($0.usage, $0.summary) },
    parameters: [
      Parameter(
        "STATEMENT",
        .choice(
          ["list", "show", "save", "seed", "clock"] + LabUpStatement.allCases.map(\.rawValue)
            + LabStatement.allCases.map(\.rawValue)),
        help: "list, show, save, seed, clock, up, run, down, or one of a network's"),
      Parameter("WORD", .labWord, .any, help: "what the statement needs"),
    ],
    options: [.json],
    takesWordsAsWritten: true,
    examples: [
      Example("lab list", "the networks at hand"),
      Example("lab show demo", "one network"),
      Example("lab new tiny 'One router'", "begin a network"),
      Example("use lab demo; lab fail core", "what is traced now does not come by there"),
      Example("lab show demo --dot", "for Graphviz: 'lab show demo --dot | dot -Tsvg -o demo.svg'"),
    ],
    action: { call, session async throws(ShellError) in
      guard let verb = call.argument("STATEMENT") else { return }
      if let statement = LabUpStatement(rawValue: verb.text) { return try await session.lab(statement, call) }
      switch verb.text {
      case "list": try session.labList(call.takingJSONOption())
      case "show": try session.labShow(call.takingJSONOption())
      case "save": try session.labSave(call)
      case "seed": try await session.labSet("lab.seed", call)
      case "clock": try await session.labSet("lab.clock", call)
      default: try await session.labBuild(call)
      }
    })
}

extension Session {
  fileprivate func labList(_ call: Invocation) throws(ShellError) {
    if let extra = call.argument("WORD") {
      throw call.wrong("'\(extra.text)' is one word too many", at: extra.range, try: "'lab show \(extra.text)'")
    }
    call.answer(LabListDocument(labs, up: hostedLab?.network), over: settings) {
      for line in LabDrawing.list(labs) { call.print(StyledLine(line)) }
      if let line = hostedLabLine { call.print(line) }
    }
  }

  fileprivate func labShow(_ call: Invocation) throws(ShellError) {
    let (call, isGraph) = call.takingFlag("dot")
    let entry = try labEntry(call)
    if isGraph {
      for line in LabDrawing.dot(entry.topology) { call.print(StyledLine(line)) }
      return
    }
    call.answer(LabDocument(entry.topology), over: settings) {
      for line in LabDrawing.show(entry) { call.print(StyledLine(line)) }
    }
  }

  /// The network that the one word of a statement names; without a word the one in use.
  ///
  /// - Parameter skipped: how many words of the statement come before.
  func labEntry(_ call: Invocation, behind skipped: Int = 0) throws(ShellError) -> LabCatalog.Entry {
    let words = Array(call.arguments("WORD").dropFirst(skipped))
    if words.count > 1 { throw call.wrong("'\(words[1].text)' is one word too many", at: words[1].range) }
    let name: String
    if let word = words.first {
      name = word.text
    } else if case .lab(let used) = networkChoice {
      name = used
    } else {
      throw call.wrong(
        "the name of a network is missing", at: SourceRange(call.range.upper, call.range.upper),
        try: "'lab list' names them")
    }
    do throws(Diagnostic) {
      return try labs.network(named: name)
    } catch {
      throw .wrong(error.by("lab").at(words.first?.range ?? call.range, in: call.frame.source))
    }
  }

  /// Says which network is up; nil when none is.
  var hostedLabLine: StyledLine? {
    hostedLab.map { StyledLine("up: '\($0.network)', in the network namespace of process \($0.identifier)", .network) }
  }
}

extension Invocation {
  /// The same call with `--json` taken as the option it is: the words of `lab` are as written, because the text of a statement
  /// may begin with a dash, and few have an answer.
  func takingJSONOption(of parameter: String = "WORD") -> Invocation {
    var call = self
    let words = arguments(parameter)
    call.options["json"] = words.last { $0.text == "--\(Option.json.name)" }.map { word in
      Argument(text: word.text, range: word.range, value: .word("json"))
    }
    call.parameters[parameter] = words.filter { $0.text != "--\(Option.json.name)" }
    return call
  }

  /// The same call without a flag, and whether it was there.
  fileprivate func takingFlag(_ name: String) -> (Invocation, Bool) {
    var call = self
    call.parameters["WORD"] = arguments("WORD").filter { $0.text != "--\(name)" }
    return (call, call.arguments("WORD").count < arguments("WORD").count)
  }
}
