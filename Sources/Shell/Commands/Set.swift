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
      let before = session.settings
      do throws(LiteralError) {
        setting.write(&session.settings, try setting.kind.parse(word.text))
      } catch {
        throw call.wrong("\(setting.name): \(error.problem)", at: word.range, try: error.remedy)
      }
      await session.settingsChanged(from: before, by: call)
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

  /// Puts changed settings into force, and warns when they now do not go together.
  ///
  /// - Parameter before: the settings as they were.
  func settingsChanged(from before: Settings, by call: Invocation) async {
    if settings.lateKeep != before.lateKeep {
      for network in networks.values { await network.network.keepIdentities(for: settings.lateKeep) }
    }
    if settings.lookUps != before.lookUps {
      for network in networks.values { await network.configure(settings.lookUps) }
    }
    for conflict in settings.newConflicts(since: before) {
      tell(call.frame.locate(conflict.diagnostic, at: call.range), on: call.console)
    }
  }
}
