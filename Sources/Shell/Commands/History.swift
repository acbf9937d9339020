import Results

extension Command {
  /// `history [N]`
  static let history = Command(
    name: "history", topic: .session, summary: "list the lines typed before",
    discussion: ["Ctrl-R at the prompt searches them."],
    parameters: [Parameter("N", .count(1...1_000_000, of: "lines"), .optional, help: "only the last N lines")],
    options: [.json],
    examples: [Example("history 5", "the last five lines")],
    action: { call, session async throws(ShellError) in
      let lines = await session.services.history()
      let shown = lines.suffix(call.count("N") ?? lines.count)
      let numbered = zip(shown.indices, shown).map { HistoryDocument.Line(number: $0 + 1, text: $1) }
      call.answer(HistoryDocument(version: Version.number, lines: numbered), over: session.settings) {
        printHistory(numbered, width: String(lines.count).count, on: call.console)
      }
    })

  /// Prints each line behind its number; what follows a newline stands under the text.
  private static func printHistory(_ lines: [HistoryDocument.Line], width: Int, on console: any Console) {
    for line in lines {
      let number = String(line.number)
      var margin = String(repeating: " ", count: width - number.count) + number + "  "
      for part in line.text.split(separator: "\n", omittingEmptySubsequences: false) {
        var row = StyledLine(margin, .dim)
        row.append(String(part))
        console.print(row)
        margin = String(repeating: " ", count: margin.count)
      }
    }
  }
}
