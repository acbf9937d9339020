import Lexing

extension Command {
  /// `if CONDITION { … } [else if CONDITION { … }] [else { … }]`
  static let `if` = Command(
    name: "if", topic: .scripts, summary: "run a block if a condition holds of the last result",
    discussion: [
      "The conditions are those of 'expect'. 'else' and 'else if' stand on the line of the '}' before them; the first block whose "
        + "condition holds is run, or that of 'else'."
    ],
    parameters: [Parameter("CONDITION", .condition, .oneOrMore, help: "as for 'expect'")],
    takesBlock: true, takesAlternatives: true, allowsRedirection: false, takesWordsAsWritten: true,
    examples: [
      Example("if hops > 8 { echo 'a long way' }", "prints the line when the path has more than 8 hops"),
      Example("if hops > 20 { echo far } else if hops > 9 { echo well } else { echo near }", "one of three lines"),
    ],
    action: { call, session async throws(ShellError) in
      guard let block = call.block else { return }
      if try session.judge(call).holds { return try await session.run(block.statements, in: call.frame) }
      for alternative in call.alternatives {
        if alternative.words.isEmpty { return try await session.run(alternative.block.statements, in: call.frame) }
        let condition = try session.expand(alternative.words, in: call.frame).dropFirst().map { word in
          Invocation.Argument(text: word.text, range: word.range, value: .word(word.text))
        }
        var part = call
        part.range = alternative.words[0].range.union(alternative.words[alternative.words.count - 1].range)
        if try session.judge(condition, part).holds {
          return try await session.run(alternative.block.statements, in: call.frame)
        }
      }
    })
}
