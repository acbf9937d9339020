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
        var margin = String(repeating: " ", count: width - number.count) + number + "  "
        for part in line.split(separator: "\n", omittingEmptySubsequences: false) {
          var row = StyledLine(margin, .dim)
          row.append(String(part))
          call.print(row)
          margin = String(repeating: " ", count: margin.count)
        }
      }
    })
}
