extension Command {
  /// `ping TARGET [-c N]`
  static let ping = Command(
    name: "ping", topic: .tracing, summary: "probe a target again and again",
    discussion: ["At the prompt it goes on until Ctrl-C, in a script it ends after 4 probes."],
    parameters: [Parameter("TARGET", .target, help: "a name or an address")],
    options: [
      .value("count", "c", .count(1...1_000_000_000, of: "probes"), named: "N", help: "how many probes"),
      .value(
        "interval", "i", .duration(.milliseconds(1)...(.seconds(3600))),
        letterKind: .seconds(.milliseconds(1)...(.seconds(3600))), named: "DURATION",
        help: "the time from one probe to the next; 1s when not given"),
      .overriding("timeout", "W", letterKind: .seconds(.milliseconds(1)...(.seconds(3600))), named: "DURATION"),
      .overriding("protocol", named: "NAME"),
      .shorthand("icmp", "I", for: "protocol", "icmp", help: "the same as --protocol icmp"),
      .shorthand("udp", "U", for: "protocol", "udp", help: "the same as --protocol udp"),
      .overriding("socket", named: "KIND"),
      .overriding("port", "p", named: "N"),
      .overriding("size", named: "BYTES"),
      .overriding("source", "s", named: "ADDRESS"),
      .shorthand("ipv4", "4", for: "family", "4", help: "look names up as IPv4"),
      .shorthand("ipv6", "6", for: "family", "6", help: "look names up as IPv6"),
      .json,
    ],
    namesResult: true,
    examples: [Example("ping demo.test -c 3", "three probes, a second apart")],
    action: { call, session async throws(ShellError) in
      guard let target = call.argument("TARGET") else { return }
      let command = PingCommand(call, settings: call.settings(over: session.settings))
      let usualCount = session.mode == .prompt && !call.frame.isScript ? nil : 4
      try await command.run(
        target, count: call.count("count") ?? usualCount, interval: call.duration("interval") ?? .seconds(1),
        in: session)
    })
}
