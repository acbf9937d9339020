import Enrichment
import Lexing
import Rendering
import Results
import Simulation

extension Command {
  /// `use live`, `use lab NAME`
  static let use = Command(
    name: "use", topic: .networks, summary: "choose the network that commands use",
    discussion: [
      "live is the network of this machine, lab NAME one of the built-in ones. The prompt shows which is in use. Names under "
        + "'.test' always belong to the lab."
    ],
    parameters: [
      Parameter("KIND", .choice(["live", "lab"]), .optional, help: "live or lab"),
      Parameter("NAME", .lab, .optional, help: "a network of the lab"),
    ],
    examples: [
      Example("use lab demo", "targets are looked for in the lab's network 'demo'"),
      Example("use live", "and now in the real one"),
    ],
    action: { call, session async throws(ShellError) in
      guard let kind = call.argument("KIND") else {
        let name = session.networkChoice.text
        return call.answer(NetworkChoiceDocument(network: name), over: session.settings) {
          call.print(StyledLine(name, .network))
        }
      }
      let name = call.argument("NAME")
      switch (kind.text, name) {
      case ("live", nil):
        session.networkChoice = .live
        guard !session.hasExplainedLive else { return }
        session.hasExplainedLive = true
        for text in session.whoIsAsked {
          let line = StyledLine(text, .dim)
          switch session.settings.format {
          case .text: call.print(line)
          // Standard output is for documents.
          case .json: call.console.diagnose(line)
          }
        }
      case ("lab", let name?):
        do throws(Diagnostic) {
          let lab = try session.labs.network(named: name.text).topology.name
          session.networkChoice = .lab(lab)
          session.labBuilder.subject = lab
        } catch {
          throw .wrong(error.by("use").at(name.range, in: call.frame.source))
        }
      case (_, let name?):
        throw call.wrong(
          "'\(name.text)' is one word too many", at: name.range, try: "'use live' or 'use lab \(name.text)'")
      case (_, nil):
        throw call.wrong(
          "the name of a network is missing", at: SourceRange(call.range.upper, call.range.upper),
          try: Literal.list(session.labs.names.map { "'use lab \($0)'" }))
      }
    })
}

extension Session {
  /// What is sent to whom on the live network, one line each.
  fileprivate var whoIsAsked: [String] {
    var lines = ["probes go to the targets you name, and no further"]
    if settings.names == .on {
      lines.append("names are asked of \(settings.nameServers ?? "this machine's name servers")")
    }
    if settings.autonomousSystems == .on { lines.append("AS numbers come from \(settings.originSources)") }
    if settings.provider == .on, settings.publicAddress == nil {
      lines.append("the public address is asked once of \(settings.lookUps.stunServers.joined(separator: " or "))")
    }
    return lines
  }
}
