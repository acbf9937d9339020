import Enrichment
import Lexing
import Probing
import Results
import SystemIO

extension Command {
  /// `enrich on|off`, `enrich KIND on|off`, `enrich clear`
  static let enrich = Command(
    name: "enrich", topic: .settings, summary: "choose what is looked up about the addresses of a path",
    discussion: [
      "Nothing that is looked up makes a probe wait: names may come late, replies are not lost by it. A kind that is off sends "
        + "no packet. Without a word it shows what is on and how well it went, as 'show enrich' does."
    ],
    terms: [
      Term("names", "reverse DNS; asks the name servers of this machine, or those of 'dns.server'"),
      Term("as", "origin AS numbers; asks Team Cymru over DNS, or the files of 'as.source'"),
      Term("segments", "LAN, ISP, TRANSIT, DESTINATION; asks nobody, and needs 'as' and 'isp' to tell much"),
      Term("geo", "city and country; asks the file of 'geo.database'"),
      Term("isp", "the public address and its AS; asks a server of 'stun.server' once a session"),
      Term("clear", "forget every answer, in memory and in the file that keeps them"),
    ],
    termsTitle: "Kinds",
    parameters: [
      Parameter(
        "WHAT", .choice(["on", "off", "clear"] + EnrichmentKind.allCases.map(\.rawValue)), .optional,
        help: "on, off, clear, or a kind"),
      Parameter("SWITCH", .choice(Settings.Switch.allCases.map(\.rawValue)), .optional, help: "on or off, for a kind"),
    ],
    options: [.json],
    examples: [
      Example("enrich off", "probes only: no names, no AS numbers, no segments"),
      Example("enrich on", "what was on before"),
      Example("enrich isp off", "do not ask for the public address"),
      Example("enrich", "what is on, and how well it went"),
    ],
    action: { call, session async throws(ShellError) in
      guard let what = call.argument("WHAT") else { return try await session.showEnrichment(call) }
      try await session.enrich(what, call)
    })
}

extension Session {
  fileprivate func enrich(_ what: Invocation.Argument, _ call: Invocation) async throws(ShellError) {
    let word = call.argument("SWITCH")
    let before = settings
    if let kind = EnrichmentKind(rawValue: what.text) {
      guard let word, let value = Settings.Switch(rawValue: word.text) else {
        throw call.wrong(
          "'\(what.text)' on or off?", at: SourceRange(call.range.upper, call.range.upper),
          try: "'enrich \(what.text) on' or 'enrich \(what.text) off'")
      }
      settings[kind] = value
    } else if let word {
      throw call.wrong("'\(word.text)' is one word too many", at: word.range, try: "'enrich \(what.text)'")
    } else if let value = Settings.Switch(rawValue: what.text) {
      settings.enrichment = value
    } else {
      return try await clearAnswers(call)
    }
    await settingsChanged(from: before, by: call)
  }

  /// Forgets what is known of addresses, in every network of the session.
  private func clearAnswers(_ call: Invocation) async throws(ShellError) {
    do throws(NetworkFailure) {
      // The file that keeps answers is the live network's: it is cleared also when nothing was asked yet.
      _ = try await network(.live)
    } catch {
      throw call.failed(error.problem, why: error.reason, try: error.advice)
    }
    for network in networks.values {
      do throws(SystemError) {
        try await network.clearAnswers()
      } catch {
        throw call.failed("cannot reach the look-ups", why: "\(error)")
      }
    }
  }
}
