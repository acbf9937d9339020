import Lexing
import Probing
import Results

extension Command {
  /// `show [NAME]`
  static let show = Command(
    name: "show", topic: .settings, summary: "show settings with their values, defaults and meanings",
    discussion: ["Without a name it lists all settings; a '*' marks those that differ from their defaults."],
    parameters: [
      Parameter("NAME", .either("network", .setting), .optional, help: "the name of a setting, or 'network'")
    ],
    examples: [
      Example("show", "all settings"),
      Example("show timeout", "one setting, with its range and meaning"),
      Example("show network", "the network in use, and the ways in which this process may probe it"),
    ],
    action: { call, session async throws(ShellError) in
      guard let name = call.argument("NAME") else { return session.showAll(on: call.console) }
      if name.text == "network" { return try await session.showNetwork(call) }
      session.show(try session.setting(name, in: call), on: call.console)
    })
}

extension Session {
  /// Prints one line a setting.
  func showAll(on console: any Console) {
    let names = Setting.all.map(\.name.count).max() ?? 0
    let values = Setting.all.map { $0.read(settings).count }.max() ?? 0
    for setting in Setting.all {
      let value = setting.read(settings)
      var line = StyledLine(pad(setting.name, names + 1), .name)
      line.append(value == setting.read(defaults) ? " " : "*", .notice)
      line.append(pad(value, values + 2), .number)
      line.append(setting.summary, .dim)
      console.print(line)
    }
  }

  /// Prints the network in use and the ways of probing it, best first.
  fileprivate func showNetwork(_ call: Invocation) async throws(ShellError) {
    let network: any Network
    do throws(NetworkFailure) {
      network = try await self.network(networkChoice)
    } catch {
      throw .failed(call.frame.locate(Diagnostic(error).by("show"), at: call.range))
    }
    call.print(StyledLine(networkChoice.text, .network))
    for line in MethodText.all(network.methods()) { call.print(line) }
  }

  /// Prints everything known about a setting.
  func show(_ setting: Setting, on console: any Console) {
    var line = StyledLine(setting.name, .name)
    line.append("  ")
    line.append(setting.read(settings), .number)
    console.print(line)
    console.print(StyledLine("  \(setting.summary)"))
    console.print(StyledLine("  \(setting.meaning)"))
    console.print(StyledLine("  default \(setting.read(defaults)); legal: \(setting.kind.legalValues)", .dim))
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
