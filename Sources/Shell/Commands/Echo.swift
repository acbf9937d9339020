import Results

extension Command {
  /// `echo [WORD…]`
  static let echo = Command(
    name: "echo", topic: .scripts, summary: "print words",
    parameters: [Parameter("WORD", .text, .any, help: "any text; a space is put between two words")],
    takesWordsAsWritten: true,
    examples: [Example("echo 'the path changed'", "one line of text")],
    action: { call, _ async throws(ShellError) in
      let text = call.arguments("WORD").map(\.text).joined(separator: " ")
      for line in text.split(separator: "\n", omittingEmptySubsequences: false) { call.print(StyledLine(String(line))) }
    })
}
