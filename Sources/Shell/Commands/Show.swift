import Lexing
import Results

extension Command {
  /// `show [NAME]`
  static let show = Command(
    name: "show", topic: .settings, summary: "show settings with their values, defaults and meanings",
    discussion: ["Without a name it lists all settings; a '*' marks those that differ from their defaults."],
    parameters: [Parameter("NAME", .setting, .optional, help: "the name of a setting")],
    examples: [
      Example("show", "all settings"),
      Example("show timeout", "one setting, with its range and meaning"),
    ],
    action: { call, session async throws(ShellError) in
      guard let name = call.argument("NAME") else { return session.showAll(on: call.console) }
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
