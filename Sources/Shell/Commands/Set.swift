import Lexing
import Probing

extension Command {
  /// `set NAME VALUE`
  static let set = Command(
    name: "set", topic: .settings, summary: "change a setting for the rest of the session",
    discussion: ["Without a value it shows the setting, without a name all of them, as 'show' does."],
    parameters: [
      Parameter("NAME", .setting, .optional, help: "the name of a setting"),
      Parameter("VALUE", .settingValue, .optional, help: "its new value"),
    ],
    examples: [
      Example("set timeout 70ms", "replies count for 70 ms after their probe left"),
      Example("set gap-limit 5", "cut the path after five silent hops"),
    ],
    action: { call, session async throws(ShellError) in
      guard let name = call.argument("NAME") else { return session.showAll(call) }
      let setting = try session.setting(name, in: call)
      guard let word = call.argument("VALUE") else { return session.show(setting, call) }
      let conflicts = session.settings.conflicts
      do throws(LiteralError) {
        setting.write(&session.settings, try setting.kind.parse(word.text))
      } catch {
        throw call.wrong("\(setting.name): \(error.problem)", at: word.range, try: error.remedy)
      }
      try await session.settingChanged(setting, from: conflicts, by: call)
    })
}

extension Session {
  /// The setting that a word means; at the prompt a unique beginning is enough.
  func setting(_ word: Invocation.Argument, in call: Invocation) throws(ShellError) -> Setting {
    if let setting = Setting.named(word.text) { return setting }
    let beginning = word.text.isEmpty ? [] : Setting.all.filter { $0.name.hasPrefix(word.text) }
    if beginning.count == 1, call.frame.acceptsPrefixes { return beginning[0] }
    guard beginning.isEmpty else {
      throw call.wrong(
        call.frame.acceptsPrefixes ? "'\(word.text)' may be several settings" : "unknown setting '\(word.text)'",
        at: word.range, why: call.frame.acceptsPrefixes ? nil : "a script needs the full name",
        try: Literal.list(beginning.map { "'\($0.name)'" }))
    }
    let meant = Spelling.nearest(to: word.text, among: Setting.all.map(\.name))
    throw call.wrong(
      "unknown setting '\(word.text)'", at: word.range, try: meant.map { "'\($0)'" } ?? "'show' lists the settings")
  }

  /// Puts a changed setting into force, and warns when it now does not go together with another.
  ///
  /// - Parameter before: the conflicts that there were already.
  func settingChanged(_ setting: Setting, from before: [Diagnostic], by call: Invocation) async throws(ShellError) {
    if setting.name == "late.keep" {
      for network in networks.values { await network.keepIdentities(for: settings.lateKeep) }
    }
    for conflict in settings.conflicts where !before.contains(conflict) {
      tell(call.frame.locate(conflict, at: call.range), on: call.console)
    }
  }
}
