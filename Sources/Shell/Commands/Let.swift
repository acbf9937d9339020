extension Command {
  /// `let NAME VALUE…`
  static let `let` = Command(
    name: "let", topic: .scripts, summary: "give words a name, for use as $NAME",
    discussion: [
      "A name may stand for several words: where $NAME is a word of its own it becomes all of them; inside quotes or a "
        + "longer word they are joined by spaces. Single quotes keep '$' as it is."
    ],
    parameters: [
      Parameter("NAME", .name, help: "letters, digits and '_'"),
      Parameter("VALUE", .text, .any, help: "the words it stands for"),
    ],
    allowsRedirection: false, takesWordsAsWritten: true,
    examples: [
      Example("let far demo.test", "$far is now demo.test"),
      Example("let limits 20ms 50ms", "a name for two words"),
    ],
    action: { call, session async throws(ShellError) in
      guard let name = call.argument("NAME") else { return }
      let words = call.arguments("VALUE")
      if let first = words.first, first.text == "=" {
        throw call.wrong(
          "a name is followed by its value", at: first.range, try: "'let \(name.text) VALUE', without '='")
      }
      guard session.variables.set(name.text, to: words.map(\.text)) else {
        throw call.failed("there are \(Variables.limit) names already", why: "a loop may be making them")
      }
    })
}
