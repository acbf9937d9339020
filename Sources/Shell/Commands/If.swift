import Lexing

extension Command {
  /// `if CONDITION { … }`
  static let `if` = Command(
    name: "if", topic: .scripts, summary: "run a block if a condition holds of the last result",
    discussion: ["The conditions are those of 'expect'."],
    parameters: [Parameter("CONDITION", .condition, .oneOrMore, help: "as for 'expect'")],
    takesBlock: true, allowsRedirection: false, takesWordsAsWritten: true,
    examples: [Example("if hops > 8 { echo 'a long way' }", "prints the line when the path has more than 8 hops")],
    action: { call, session async throws(ShellError) in
      guard let block = call.block else { return }
      if try session.judge(call).holds { try await session.run(block.statements, in: call.frame) }
    })
}
