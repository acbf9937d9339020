import Lexing
import Probing
import Rendering
import Results
import SystemIO
import Tracing

extension Command {
  /// `whatif %N NAME VALUE…`
  static let whatif = Command(
    name: "whatif", topic: .results, summary: "judge the packets of a trace by other settings",
    discussion: [
      "Nothing is sent: the same tracer is told again what was recorded, and judges it by the other settings. A probe that would "
        + "have left at another time is taken to be answered as it was. What the record cannot tell is said, by hop.",
      "What comes of it is a result like others, marked as supposed. With no setting it is the original, bit for bit.",
    ],
    terms: WhatIfWords.names.compactMap { name in Setting.named(name).map { Term("\(name) VALUE", $0.summary) } },
    termsTitle: "Settings",
    parameters: [
      Parameter("RESULT", .result, help: "%1, %last, the name given by 'as', or an id like @k7f3"),
      Parameter("SETTING", .whatIfRule, .any, help: "names of settings, each with its value"),
    ],
    options: [.json],
    namesResult: true,
    examples: [
      Example("whatif %1 timeout 50ms", "which replies would have been too late"),
      Example("whatif %1 patience off window 4", "how long it would have taken"),
      Example("whatif %1 engine blocking", "judged when they were read, and what else that engine would change"),
    ],
    action: { call, session async throws(ShellError) in try session.whatIf(call) })
}

/// The settings that a record can be judged by.
enum WhatIfWords {
  /// Those of which the record can tell something.
  static let names = [
    "timeout", "queries", "patience", "window", "gap-limit", "first-ttl", "max-ttl", "overall", "interval",
    "attempt-interval", "engine", "engine.stamps",
  ]

  /// The other rules for a result.
  ///
  /// - Throws: what is wrong with the words.
  static func rules(_ result: TraceResult, _ call: Invocation) throws(ShellError) -> WhatIf.Rules {
    var settings = Settings(of: result)
    var phrases: [String] = []
    var words = call.arguments("SETTING")[...]
    while let name = words.popFirst() {
      guard names.contains(name.text), let setting = Setting.named(name.text) else {
        let meant = Spelling.nearest(to: name.text, among: names)
        throw call.wrong(
          "'\(name.text)' is no setting that packets can be judged by", at: name.range,
          why: Setting.named(name.text) == nil ? nil : "with another value other packets would have been sent",
          try: meant.map { "'\($0)'" } ?? Literal.list(names))
      }
      guard let value = words.popFirst() else {
        throw call.wrong("the value of \(name.text) is missing", at: name.range, try: setting.kind.legalValues)
      }
      do throws(LiteralError) {
        setting.write(&settings, try setting.kind.parse(value.text))
      } catch {
        throw call.wrong("\(setting.name): \(error.problem)", at: value.range, try: error.remedy)
      }
      phrases.append("\(setting.name) \(setting.read(settings))")
    }
    guard settings.firstTTL <= settings.maxTTL else {
      throw call.wrong(
        "first-ttl \(settings.firstTTL) is beyond max-ttl \(settings.maxTTL): nothing would have been probed")
    }
    var request = result.trace.request
    request.takeRules(of: settings)
    var engine = result.engineSettings
    if settings.engine != engine.name {
      engine = settings.engineSettings
    } else if settings.engineStamps != nil {
      engine.stamps = settings.engineSettings.stamps
    }
    return WhatIf.Rules(request: request, engine: engine, words: phrases)
  }
}

extension Settings {
  /// Those that a result was made with, as far as a record can be judged by them.
  fileprivate init(of result: TraceResult) {
    self.init()
    let request = result.trace.request
    firstTTL = Int(request.firstTTL.value)
    maxTTL = Int(request.lastTTL.value)
    queries = request.queries
    timeout = request.timeout
    overall = request.overall
    window = request.window
    interval = request.interval
    attemptInterval = request.attemptInterval
    gapLimit = request.gapLimit
    patience = request.patience
    engine = result.engine
  }
}

extension TraceRequest {
  /// Takes over what a record can be judged by.
  fileprivate mutating func takeRules(of settings: Settings) {
    firstTTL = TTL(settings.firstTTL) ?? firstTTL
    lastTTL = TTL(settings.maxTTL) ?? lastTTL
    queries = settings.queries
    timeout = settings.timeout
    overall = settings.overall
    window = settings.window
    interval = settings.interval
    attemptInterval = settings.attemptInterval
    gapLimit = settings.gapLimit
    patience = settings.patience
  }
}

extension Session {
  fileprivate func whatIf(_ call: Invocation) throws(ShellError) {
    let original = try traceResult(call)
    guard original.hypothesis == nil else {
      throw call.failed(
        "'\(call.argument("RESULT")?.text ?? "")' is itself one of 'whatif'", why: "it has no packets of its own",
        try: "'whatif \(original.hypothesis?.original.description ?? "%1")' with all settings at once")
    }
    let rules = try WhatIfWords.rules(original, call)
    var whatIf: WhatIf
    do throws(WhatIf.Failure) {
      whatIf = try WhatIf(original, under: rules)
    } catch {
      throw failure(error, call)
    }
    whatIf.name(
      drawResultID(), call.resultName?.text, commandLine: call.line, started: services.clock(), version: Version.number)
    let (kept, isStored) = store(whatIf.result, call)
    whatIf.name(
      kept.id, kept.name, commandLine: kept.commandLine, started: kept.started, version: kept.version)
    results.add(.trace(whatIf.result), name: whatIf.result.name, isStored: isStored)
    let shown = whatIf
    call.answer(WhatIfDocument(shown, version: Version.number), over: settings) {
      call.print(WhatIfText.heading(shown))
      let renderer = TextRenderer(on: call.console, targetCount: 1)
      renderer.handle(.finished(slot: 0, shown.result), at: MonotonicClock.now)
      renderer.handle(.ended, at: MonotonicClock.now)
      for line in WhatIfText.lines(shown) { call.print(line) }
    }
  }

  private func failure(_ failure: WhatIf.Failure, _ call: Invocation) -> ShellError {
    let name = call.argument("RESULT")?.text ?? "%last"
    return switch failure {
    case .notRecorded:
      call.failed(
        "cannot judge '\(name)' anew", why: "its packets were not kept", try: "'set record on', and trace again")
    case .incomplete(let count):
      call.failed(
        "cannot judge '\(name)' anew",
        why: "\(Condition.count(count, "packet")) beyond those that are kept",
        try: "fewer 'queries'")
    case .inconsistent:
      call.failed(
        "cannot judge '\(name)' anew", why: "its packets do not give its own trace: one of the two was changed",
        try: "the result as it was stored first")
    }
  }
}
