import Results

extension Command {
  /// `history [N]`
  static let history = Command(
    name: "history", topic: .session, summary: "list the lines typed before",
    discussion: ["Ctrl-R at the prompt searches them."],
    parameters: [Parameter("N", .count(1...1_000_000, of: "lines"), .optional, help: "only the last N lines")],
    examples: [Example("history 5", "the last five lines")],
    action: { call, session async throws(ShellError) in
      let lines = await session.services.history()
      let shown = lines.suffix(call.count("N") ?? lines.count)
      let width = String(lines.count).count
      for (index, line) in zip(shown.indices, shown) {
        let number = String(index + 1)
        var row = StyledLine(String(repeating: " ", count: width - number.count) + number + "  ", .dim)
        row.append(line)
        call.print(row)
      }
    })
}
