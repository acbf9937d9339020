import Lexing
import Testing

@Suite("Lexer")
struct LexerTests {
  /// The tokens of a text in a compact form: words as their pieces, operators as themselves.
  private func tokens(_ text: String, hasOperators: Bool = true) throws -> String {
    let source = try SourceText(text)
    var lexer = Lexer()
    var shown: [String] = []
    while true {
      switch try lexer.next(in: source, hasOperators: hasOperators) {
      case .incomplete(let construct):
        return (shown + ["open:\(construct.kind)@\(construct.range.lower)"]).joined(separator: " ")
      case .token(let token):
        switch token.kind {
        case .word(let word): shown.append(show(word))
        case .separator: shown.append("/")
        case .openBlock: shown.append("{")
        case .closeBlock: shown.append("}")
        case .redirection(let appends): shown.append(appends ? ">>" : ">")
        case .pipe(let command): shown.append("|<\(command)>")
        case .end: return shown.joined(separator: " ")
        }
      }
    }
  }

  private func show(_ word: Word) -> String {
    let pieces = word.pieces.map { piece in
      switch piece {
      case .text(let text): "[\(text)]"
      case .argument(let number): "$\(number)"
      case .arguments: "$@"
      case .variable(let name): "$(\(name))"
      }
    }
    return pieces.isEmpty ? "[]" : pieces.joined()
  }

  @Test(
    "a line is words",
    arguments: [
      ("trace demo.test -n", "[trace] [demo.test] [-n]"),
      ("  a\tb  ", "[a] [b]"),
      ("", ""),
      ("# only a comment", ""),
      ("a # b", "[a]"),
      ("a#b", "[a#b]"),
      ("a;b ; c\nd", "[a] / [b] / [c] / [d]"),
      ("a\r\nb\r\n", "[a] / [b] /"),
      ("'a  b' \"c d\"e ''", "[a  b] [c de] []"),
      ("a\\ b \\# \\$x", "[a b] [#] [$x]"),
      ("a \\\n b", "[a] [b]"),
      ("a\\\nb", "[ab]"),
      ("\"a\\\"b\\\\c\\$d\\n\"", "[a\"b\\c$d\\n]"),
      ("naïve 日本", "[naïve] [日本]"),
    ])
  func words(text: String, expected: String) throws {
    #expect(try tokens(text) == expected)
  }

  @Test(
    "variables are found, but not inside single quotes",
    arguments: [
      ("$1 $9 $@", "$1 $9 $@"),
      ("$a_1-x", "$(a_1)[-x]"),
      ("x\"$name.test\"", "[x]$(name)[.test]"),
      ("'$name'", "[$name]"),
    ])
  func variables(text: String, expected: String) throws {
    #expect(try tokens(text) == expected)
  }

  @Test(
    "braces count as words only, redirections anywhere",
    arguments: [
      ("repeat 3 { a }", "[repeat] [3] { [a] }"),
      ("{a} '{' a}", "[{a}] [{] [a}]"),
      ("a>b >> c", "[a] > [b] >> [c]"),
      ("a | grep \"x | y # z\nb", "[a] |< grep \"x | y # z> / [b]"),
      ("a | b \\\n c\nd", "[a] |< b \\\n c> / [d]"),
    ])
  func operators(text: String, expected: String) throws {
    #expect(try tokens(text) == expected)
  }

  @Test("without operators '>' and '|' are ordinary characters")
  func plainOperators() throws {
    #expect(try tokens("expect hops >= 5 a|b", hasOperators: false) == "[expect] [hops] [>=] [5] [a|b]")
  }

  @Test(
    "what is still open is told with its place",
    arguments: [
      ("a 'b c", "[a] open:singleQuote@2"),
      ("a \"b 'c'", "[a] open:doubleQuote@2"),
      ("a \"b\\", "[a] open:doubleQuote@2"),
      ("a \\", "[a] open:continuation@2"),
      ("a\\\n", "open:continuation@1"),
    ])
  func incomplete(text: String, expected: String) throws {
    #expect(try tokens(text) == expected)
  }

  @Test(
    "a '$' that names nothing is refused",
    arguments: [
      ("echo $", "this '$' names nothing\n    echo $\n         ^\n  try: '\\$' for the character itself"),
      ("echo \"$-\"", "this '$' names nothing\n    echo \"$-\"\n          ^\n  try: '\\$' for the character itself"),
      ("echo $12", "arguments go from $1 to $9\n    echo $12\n         ^^^\n  try: '$@' for all of them"),
    ])
  func loneDollar(text: String, expected: String) throws {
    let error = try #require(throws: Diagnostic.self) { try tokens(text) }
    #expect(error.text == expected)
  }
}
