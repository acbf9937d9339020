import Lexing

extension Command {
  /// `unset NAME`
  static let unset = Command(
    name: "unset", topic: .settings, summary: "give a setting its default again",
    parameters: [Parameter("NAME", .setting, help: "the name of a setting")],
    examples: [Example("unset timeout", "back to 1s")],
    action: { call, session async throws(ShellError) in
      guard let name = call.argument("NAME") else { return }
      let setting = try session.setting(name, in: call)
      let before = session.settings
      do throws(LiteralError) {
        setting.write(&session.settings, try setting.kind.parse(setting.read(session.defaults)))
      } catch {
        preconditionFailure("A default is a legal value of its setting.")
      }
      await session.settingsChanged(from: before, by: call)
    })
}
