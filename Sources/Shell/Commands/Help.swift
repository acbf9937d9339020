import Lexing
import Results

extension Command {
  /// `help [NAME]`
  static let help = Command(
    name: "help", aliases: ["?"], topic: .session, summary: "list the commands, or explain one",
    discussion: ["NAME may also be a setting, or 'language' for the rules of a line."],
    parameters: [Parameter("NAME", .command, .optional, help: "a command, a setting, or 'language'")],
    examples: [
      Example("help", "all commands by topic"),
      Example("help expect", "one command with its options and examples"),
    ],
    action: { call, session async throws(ShellError) in
      guard let name = call.argument("NAME") else { return HelpText.overview.forEach(call.print) }
      if name.text == "language" { return HelpText.language.forEach(call.print) }
      if let setting = Setting.named(name.text), CommandTable.command(named: name.text) == nil {
        return session.printDetails(of: setting, on: call.console)
      }
      do throws(Diagnostic) {
        let command = try CommandTable.find(name.text, acceptsPrefixes: true)
        HelpText.page(for: command, settings: session.defaults).forEach(call.print)
      } catch {
        throw .wrong(error.by(call.command.name).at(name.range, in: call.frame.source))
      }
    })
}
