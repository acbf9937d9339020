import Lexing

extension Command {
  /// `source FILE [ARGS]`
  static let source = Command(
    name: "source", aliases: ["."], topic: .scripts, summary: "run the commands in a file",
    discussion: [
      "The words after the file are $1 to $9 and $@ in it. A command in it that fails ends it, unless 'set on-error continue'.",
      "What it sets stays: settings, names, the network in use, networks of the lab. When it fails or is interrupted all of "
        + "these are as they were before it, also in the network that is up, and what it began is ended: a network that it "
        + "brought up, a recording, a lesson. So nothing is left half set up; its results stay, and what it ended stays so.",
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
      let before = session.beginChange()
      do throws(ShellError) {
        try await session.run(script.statements, in: frame)
        session.keepChange(since: before)
      } catch {
        // A script round it ends too, and need not know.
        if await session.takeBackScript(since: before, on: call.console), !call.frame.isScript {
          session.tell(
            Diagnostic("what '\(file.text)' had set is taken back", why: "it did not come to its end", severity: .note),
            on: call.console)
        }
        throw error
      }
    })
}
