import Lexing
import Results

extension Command {
  /// `compare A B`, `compare engines TARGET`, `compare timeouts 30ms 1s TARGET` …
  static let compare = Command(
    name: "compare", topic: .results,
    summary: "show paths, engines or settings side by side",
    discussion: [
      "Two paths: hops are matched by who answered, not by number; a silent hop may be any router. What the two have in "
        + "common at both ends is folded. Each hop is tested for a shift of its round-trip times and for other loss, all tests "
        + "of a comparison together, so that equal paths seem to differ once in twenty comparisons at most. Who answers is "
        + "shown as seen and is no test: a balancer that spreads packets and not flows shows another router at any time.",
      "One probe a hop shows who answered, and tells nothing of times and loss: '-q 10' does. Targets are traced together, "
        + "in the session's settings and with trace's options, and become results like others.",
      "Many runs: one row an engine or a setting, run in turn in an order drawn anew each round, after a round to warm up. "
        + "A run is complete when it found every hop that answers. Engines wait on threads and sockets of this machine, so "
        + "they run in real time, in the lab too; engine.threads and engine.limit count, the other engine settings are what is "
        + "compared. Ctrl-C gives the table so far.",
    ],
    terms: [
      Term("compare RESULT RESULT", "two results: %1, %last, the name given by 'as', or an id"),
      Term("compare RESULT TARGET", "a result, and the path to a target now"),
      Term("compare TARGET TARGET", "two targets, traced together"),
      Term("compare engines TARGET", "the ways of waiting for replies, by what they find and what they take"),
      Term("compare timeouts 30ms 1s TARGET", "timeouts, and the smallest that would have lost nothing"),
      Term("compare enrichment TARGET", "with look-ups and without"),
      Term("compare protocols TARGET", "ICMP and UDP"),
      Term("compare families TARGET", "IPv4 and IPv6"),
      Term("compare sockets TARGET", "raw, ping and error queue, on the live network"),
    ],
    parameters: [
      Parameter("WHAT", .side, .oneOrMore, help: "two results or targets; or what to compare, and a target")
    ],
    options: tracing + runs,
    namesResult: true,
    examples: [
      Example("compare web.campus.test far.demo.test", "two targets of the lab"),
      Example("compare demo.test demo.test -q 10", "the same path twice: nothing but chance"),
      Example("compare demo.test far.demo.test --json", "for programs"),
      Example("compare timeouts 30ms 70ms 1s demo.test", "what a timeout costs, and what it loses"),
      Example("compare engines demo.test -n 3 --timeout 70ms --enrich on", "the study of the original on this machine"),
    ],
    action: { call, session async throws(ShellError) in
      let words = call.arguments("WHAT")
      guard let kind = words.first.flatMap({ RunComparison.Kind(rawValue: $0.text) }) else {
        try call.refuse(runs.map(\.name), "that is for many runs of one target, as in 'compare engines TARGET'")
        return try await PathsCommand(call, in: session).run(in: session)
      }
      try await session.compare(kind, Array(words.dropFirst()), call)
    })

  /// Those of `trace`, but for what is about one trace alone.
  private static let tracing: [Option] =
    Command.trace.options.filter { !["require-reached", "verbose"].contains($0.name) }.map { option in
      var option = option
      // Here -n is the number of runs.
      if option.name == "no-names" { option.letter = nil }
      return option
    } + [.flag("full", help: "of two paths a row for every hop, nothing folded")]

  /// Those of comparisons of many runs.
  private static let runs: [Option] = [
    .value(
      "runs", "n", .count(1...10_000, of: "runs"), named: "RUNS",
      help: "how many runs a row; \(StudyPlan.usualRuns) when not given"),
    .value(
      "pause", nil, .duration(.zero...(.seconds(3600))), named: "DURATION",
      help: "between two runs; 1s when not given, 0 in the lab"),
    .flag("csv", help: "comma-separated values"),
    .value("engines", nil, .text, named: "LIST", help: "the engines, with commas between; all when not given"),
    .flag("causes", help: "each engine four times: with engine.shared-pool and engine.await-names taken apart"),
    .flag("findings", help: "the figures of the study on Windows beside"),
    .value("load", nil, .count(1...256, of: "threads"), named: "N", help: "keep N threads busy beside the engines"),
  ]
}

extension Session {
  /// A comparison of many runs.
  fileprivate func compare(
    _ kind: RunComparison.Kind, _ words: [Invocation.Argument], _ call: Invocation
  ) async throws(ShellError) {
    try call.refuse(["full"], "it is for two paths, as in 'compare %1 %2'")
    guard let target = words.last else {
      throw call.wrong(
        "which target?", at: SourceRange(call.range.upper, call.range.upper),
        try: kind == .timeouts ? "'compare timeouts 30ms 1s TARGET'" : "'compare \(kind) TARGET'")
    }
    if kind == .engines {
      try call.refuse(["engine"], "every engine is run; '--engines LIST' chooses")
    } else {
      try call.refuse(["engines", "causes", "findings", "load"], "it is for 'compare engines'")
      try call.refuse(kind.ownOptions, "its values are what is compared")
    }
    try call.refuseTwoForms()
    guard kind == .timeouts || words.count == 1 else {
      throw call.wrong("'\(words[1].text)' is one word too many", at: words[1].range, try: "'compare \(kind) TARGET'")
    }
    if kind == .engines { return try await compareEngines(call, target) }
    try await compareSettings(kind, Array(words.dropLast()), call, target)
  }
}

extension RunComparison.Kind {
  /// The options that say what each row has a value of its own of.
  fileprivate var ownOptions: [String] {
    switch self {
    case .engines: ["engine"]
    case .timeouts: ["timeout"]
    case .enrichment: ["enrich"]
    case .protocols: ["protocol", "icmp", "udp", "socket"]
    case .families: ["family", "ipv4", "ipv6"]
    case .sockets: ["socket", "protocol", "icmp", "udp"]
    }
  }
}

extension Invocation {
  /// Refuses `--csv` together with `--json`.
  func refuseTwoForms() throws(ShellError) {
    guard let csv = options["csv"], options["json"] != nil else { return }
    throw wrong("--csv and --json are two forms of one table", at: csv.range, try: "one of the two")
  }

  /// Refuses options that have no meaning here.
  fileprivate func refuse(_ names: [String], _ reason: String) throws(ShellError) {
    for name in names {
      if let given = options[name] {
        throw wrong("--\(name) has no meaning here", at: given.range, why: reason)
      }
    }
  }
}
