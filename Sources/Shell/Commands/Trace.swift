import Lexing
import Results

extension Command {
  /// `trace TARGET… [OPTIONS] [as NAME]`
  static let trace = Command(
    name: "trace", aliases: ["traceroute", "t"], topic: .tracing, summary: "show the path to one or several targets",
    discussion: [
      "Probes for all hops leave at once. Several targets are traced together and shown in order. Names under '.test' "
        + "belong to the built-in lab and need no network. A trace that ends without reaching its target is a result, not a "
        + "failure.",
      "The letters are traceroute's, with their meaning: '-w 2' is 2 seconds.",
    ],
    terms: Sign.inRows.map { Term($0.sign, $0.meaning) },
    termsTitle: "Signs in the rows",
    parameters: [Parameter("TARGET", .target, .oneOrMore, help: "a name or an address")],
    options: [
      .overriding("first-ttl", "f", named: "TTL"),
      .overriding("max-ttl", "m", named: "TTL"),
      .overriding("queries", "q", named: "N"),
      .overriding("timeout", "w", letterKind: .seconds(.milliseconds(1)...(.seconds(3600))), named: "DURATION"),
      .overriding("overall", named: "DURATION"),
      .overriding("window", "N", named: "N"),
      .overriding("interval", "z", letterKind: .sendWait(.zero...(.seconds(10))), named: "DURATION"),
      .overriding("attempt-interval", named: "DURATION"),
      .overriding("gap-limit", named: "N"),
      .overriding("patience", named: "N"),
      .overriding("protocol", named: "NAME"),
      .shorthand("icmp", "I", for: "protocol", "icmp", help: "the same as --protocol icmp"),
      .shorthand("udp", "U", for: "protocol", "udp", help: "the same as --protocol udp"),
      .overriding("socket", named: "KIND"),
      .overriding("port", "p", named: "N"),
      .overriding("size", named: "BYTES"),
      .shorthand("dont-fragment", "F", for: "dont-fragment", "on", help: "let no router fragment the probes"),
      .shorthand(
        "fragment", for: "dont-fragment", "off",
        help: "let routers fragment the probes; the lab's host has no fragments itself"),
      .overriding("flow", named: "N"),
      .shorthand("vary-flow", for: "vary-flow", "on", help: "make each probe a flow of its own"),
      .overriding("source", "s", named: "ADDRESS"),
      .overriding("interface", "i", named: "NAME"),
      .shorthand("ipv4", "4", for: "family", "4", help: "look names up as IPv4"),
      .shorthand("ipv6", "6", for: "family", "6", help: "look names up as IPv6"),
      .shorthand("no-names", "n", for: "enrich.names", "off", help: "look no names up"),
      .overriding("enrich", named: "SWITCH"),
      .overriding("engine", named: "NAME"),
      .flag("require-reached", help: "fail unless every target answers"),
      .json,
      .flag("verbose", "v", help: "say how probes are sent, and what a better way would add"),
    ],
    namesResult: true,
    examples: [
      Example("trace demo.test", "twelve hops of the lab, from a home to a far continent"),
      Example("trace demo.test -q 3 -w 2", "three probes a hop, each waited for 2 seconds"),
      Example("trace demo.test far.demo.test", "two targets at once"),
      Example("trace demo.test --require-reached as before", "fail unless it answers; the result is %before"),
      Example("trace demo.test --size 1400", "probes of 1,400 bytes, which nobody may fragment"),
      Example("trace demo.test --udp --vary-flow", "as the first traceroute did: another port for each probe"),
      Example("trace demo.test --json", "for programs"),
    ],
    action: { call, session async throws(ShellError) in try await session.trace(call) })
}

extension Session {
  func trace(_ call: Invocation) async throws(ShellError) {
    let targets = call.arguments("TARGET")
    if let name = call.resultName, targets.count > 1 {
      throw call.wrong("a name is for one result, and there are \(targets.count) targets", at: name.range)
    }
    guard targets.count <= TraceCommand.mostTargets else {
      throw call.wrong("there are \(targets.count) targets", why: "at most \(TraceCommand.mostTargets) run together")
    }
    let (settings, warnings) = try tracingSettings(of: call)
    try await TraceCommand(call, settings: settings, warnings: warnings).run(in: self)
  }

  /// The session's settings with the options of a command that traces over them, and what to warn of.
  func tracingSettings(of call: Invocation) throws(ShellError) -> (settings: Settings, warnings: [Diagnostic]) {
    let settings = call.settings(over: settings)
    guard settings.firstTTL <= settings.maxTTL else {
      throw call.wrong(
        "first-ttl \(settings.firstTTL) is beyond max-ttl \(settings.maxTTL): nothing would be probed",
        at: (call.options["first-ttl"] ?? call.options["max-ttl"])?.range,
        try: "'--max-ttl \(settings.firstTTL)' or more")
    }
    var warnings = settings.newConflicts(since: self.settings).map { call.frame.locate($0.diagnostic, at: call.range) }
    if let note = call.bareSeconds { warnings.append(note) }
    return (settings, warnings)
  }
}

extension Invocation {
  /// Says what `-w 2` was taken for; nil when it had a unit or was not given.
  fileprivate var bareSeconds: Diagnostic? {
    guard let given = options["timeout"], case .duration(let value) = given.value,
      given.text.utf8.allSatisfy({ $0 < 0x3A })
    else { return nil }
    return Diagnostic("-w \(given.text) is \(Literal.text(for: value))", severity: .note)
  }
}
