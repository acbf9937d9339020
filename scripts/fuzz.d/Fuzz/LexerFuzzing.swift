import Lexing

/// Lines and scripts, up to their statements, and the messages about what is wrong in them.
enum LexerFuzzing {
  static let seeds = [
    "trace demo.test -m 8 as before; set timeout 70ms # comment\n",
    "repeat 3 every 1s { trace 'a b' \"c $1 \\\" d\"\n  expect hops > 5 }\n",
    "show results > 'file name' ; echo \\\n  joined | wc -l\n",
    "lab hop r1 10.1.0.1 delay 1.5ms loss 10% }\r\n{ \u{202e}\n",
  ].map { Array($0.utf8) }

  static func run(_ bytes: [UInt8]) {
    do throws(Diagnostic) {
      let source = try SourceText(bytes, name: "fuzz.ftr")
      try read(source)
    } catch {
      check(error)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    values(of: text)
  }

  private static func read(_ source: SourceText) throws(Diagnostic) {
    var reader = StatementReader(source) { $0 == "expect" }
    // A statement has a byte, at least.
    for _ in 0...source.bytes.count {
      switch try reader.next() {
      case .statement(let statement): check(statement, in: source)
      case .end: return
      case .incomplete(let construct):
        check(construct.diagnostic(in: source))
        return
      }
    }
    preconditionFailure("A reader comes to an end.")
  }

  private static func check(_ statement: Statement, in source: SourceText) {
    let range = statement.range
    precondition(range.lower <= range.upper && range.upper <= source.bytes.count, "A statement lies in its text.")
    for word in statement.words {
      precondition(range.lower <= word.range.lower && word.range.upper <= range.upper, "A word lies in its statement.")
      _ = (source[word.range], source.location(of: word.range.upper))
    }
    for inner in statement.block?.statements ?? [] { check(inner, in: source) }
  }

  private static func check(_ diagnostic: Diagnostic) {
    precondition(!diagnostic.summary.isEmpty, "A message says something.")
    guard let excerpt = diagnostic.excerpt else { return }
    precondition(excerpt.location.line >= 1 && excerpt.location.column >= 1, "A place is counted from 1.")
    precondition(excerpt.carets.contains("^"), "A place is shown.")
  }

  private static func values(of text: String) {
    attempt { () throws(LiteralError) in
      let duration = try Literal.duration(text)
      let again = try Literal.duration(Literal.text(for: duration))
      precondition(again == duration, "A duration is written as it is read.")
    }
    attempt { () throws(LiteralError) in _ = try Literal.secondsOrDuration(text) }
    attempt { () throws(LiteralError) in _ = try Literal.count(text, in: 1...Int.max) }
    attempt { () throws(LiteralError) in _ = try Literal.percentage(text) }
  }

  private static func attempt(_ read: () throws(LiteralError) -> Void) {
    do throws(LiteralError) {
      try read()
    } catch {
      precondition(!error.problem.isEmpty, "An error says what is wrong.")
    }
  }
}
