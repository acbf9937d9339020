import Lexing
import Probing
import Results

extension Command {
  /// `show [NAME]`
  static let show = Command(
    name: "show", topic: .settings, summary: "show settings with their values, defaults and meanings",
    discussion: ["Without a name it lists all settings; a '*' marks those that differ from their defaults."],
    parameters: [
      Parameter(
        "NAME", .either("network", .either("enrich", .setting)), .optional,
        help: "the name of a setting, 'network' or 'enrich'")
    ],
    options: [.json],
    examples: [
      Example("show", "all settings"),
      Example("show timeout", "one setting, with its range and meaning"),
      Example("show enrich", "what is looked up about addresses, where, and how well it went"),
      Example("show network", "the network in use, and the ways in which this process may probe it"),
    ],
    action: { call, session async throws(ShellError) in
      guard let name = call.argument("NAME") else { return session.showAll(call) }
      if name.text == "network" { return try await session.showNetwork(call) }
      if name.text == "enrich" { return try await session.showEnrichment(call) }
      session.show(try session.setting(name, in: call), call)
    })
}

extension Session {
  /// Shows all settings.
  func showAll(_ call: Invocation) {
    call.answer(SettingsDocument(Setting.all, values: settings, defaults: defaults), over: settings) {
      printAll(on: call.console)
    }
  }

  /// Shows everything known about a setting.
  func show(_ setting: Setting, _ call: Invocation) {
    call.answer(SettingsDocument([setting], values: settings, defaults: defaults), over: settings) {
      printDetails(of: setting, on: call.console)
    }
  }

  /// Shows the network in use and the ways of probing it, best first.
  fileprivate func showNetwork(_ call: Invocation) async throws(ShellError) {
    let network: any Network
    do throws(NetworkFailure) {
      network = try await self.network(networkChoice).network
    } catch {
      throw .failed(call.frame.locate(Diagnostic(error).by("show"), at: call.range))
    }
    let name = networkChoice.text
    let methods = network.methods()
    call.answer(NetworkDocument(network: name, up: hostedLab?.network, methods), over: settings) {
      call.print(StyledLine(name, .network))
      if let line = hostedLabLine { call.print(line) }
      for line in MethodText.all(methods) { call.print(line) }
    }
  }

  /// Prints one line a setting.
  private func printAll(on console: any Console) {
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

  /// Prints everything known about a setting.
  func printDetails(of setting: Setting, on console: any Console) {
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
