import Lexing

extension Command {
  /// `source FILE [ARGS]`
  static let source = Command(
    name: "source", aliases: ["."], topic: .scripts, summary: "run the commands in a file",
    discussion: [
      "The words after the file are $1 to $9 and $@ in it. Settings and names that it makes stay. A command in it that fails "
        + "ends it, unless 'set on-error continue'."
    ],
    parameters: [
      Parameter("FILE", .file, help: "a script"),
      Parameter("ARGUMENT", .text, .any, help: "$1 and so on"),
    ],
    takesWordsAsWritten: true,
    action: { call, session async throws(ShellError) in
      guard let file = call.argument("FILE") else { return }
      guard call.frame.depth < ScriptFile.depthLimit else {
        throw call.failed(
          "'\(file.text)' is the \(ScriptFile.depthLimit + 1)th script inside another",
          why: "a script that runs itself would never end")
      }
      let script: Script
      do throws(Diagnostic) {
        script = try ScriptFile.read(file.text)
      } catch {
        throw .failed(call.frame.locate(error.by(call.command.name), at: file.range))
      }
      var frame = Frame(source: script.source, console: call.console)
      frame.arguments = call.arguments("ARGUMENT").map(\.text)
      frame.depth = call.frame.depth + 1
      frame.isScript = true
      try await session.run(script.statements, in: frame)
    })
}
