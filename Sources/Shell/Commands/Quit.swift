extension Command {
  /// `quit [STATUS]`
  static let quit = Command(
    name: "quit", aliases: ["exit"], topic: .session, summary: "leave the shell, or end the script",
    parameters: [Parameter("STATUS", .count(0...255, of: ""), .optional, help: "the exit status of ftrsh")],
    action: { call, session async throws(ShellError) in
      session.isLeaving = true
      if let code = call.count("STATUS") { session.status = ExitStatus(code: Int32(code)) }
    })
}
