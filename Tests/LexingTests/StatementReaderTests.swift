import Lexing
import Testing

@Suite("StatementReader")
struct StatementReaderTests {
  private func show(_ statement: Statement) -> String {
    var text = statement.words.map { $0.literal ?? "$" }.joined(separator: " ")
    if let block = statement.block { text += " {" + block.statements.map(show).joined(separator: "; ") + "}" }
    for alternative in statement.alternatives {
      let words = alternative.words.map { " " + ($0.literal ?? "$") }.joined()
      text += " else\(words) {" + alternative.block.statements.map(show).joined(separator: "; ") + "}"
    }
    switch statement.redirection?.destination {
    case .file(let file, let appends): text += (appends ? " >>" : " >") + (file.literal ?? "$")
    case .shell(let command): text += " |" + command
    case nil: break
    }
    return text
  }

  private func read(_ text: String, name: String? = nil) throws -> [String] {
    try Script(SourceText(text, name: name), keepsOperators: { ["expect", "if"].contains($0) }).statements.map(show)
  }

  @Test(
    "statements are words, a block, a redirection",
    arguments: [
      ("a b; c", ["a b", "c"]),
      (";;\n\n a ;", ["a"]),
      ("repeat 3 { a; b }", ["repeat 3 {a; b}"]),
      ("repeat 3 {\n a\n if x {\n b }\n}\nc", ["repeat 3 {a; if x {b}}", "c"]),
      ("if x { }", ["if x {}"]),
      ("if x { a } else { b }; c", ["if x {a} else {b}", "c"]),
      ("if x {\n a\n} else if y > 1 {\n b; c\n} else {\n d }\ne", ["if x {a} else if y > 1 {b; c} else {d}", "e"]),
      ("if x { if y { a } else { b } } else { c }", ["if x {if y {a} else {b}} else {c}"]),
      ("repeat 2 { a } > f; b", ["repeat 2 {a} >f", "b"]),
      ("a >> 'my file'", ["a >>my file"]),
      ("a | sort", ["a | sort"]),
      ("expect hops > 5; a > f", ["expect hops > 5", "a >f"]),
    ])
  func statements(text: String, expected: [String]) throws {
    #expect(try read(text) == expected)
  }

  @Test(
    "a mistake in the form of a text is told with its place",
    arguments: [
      ("a }", "1:3: this '}' closes no block"),
      ("{ a }", "1:1: a block belongs to the command before it"),
      ("a >", "1:3: '>' needs a file name after it"),
      ("a > ; b", "1:3: '>' needs a file name after it"),
      ("a > f g", "1:7: nothing may follow the file that output goes to"),
      ("a > f > g", "1:7: output can go to one place only"),
      ("a > &1", "1:5: output goes to a file or a command, not to a descriptor"),
      ("> f", "1:1: there is no command whose output could go there"),
      ("a | ", "1:3: '|' needs a command after it"),
      ("x\nrepeat 3 { a } b", "2:16: nothing may follow a block"),
      ("if x { a } else b", "1:17: 'else' is followed by a block or by 'if'"),
      ("if x { a } else", "1:12: 'else' needs a block after it"),
      ("if x { a } else\n{ b }", "1:12: 'else' needs a block after it"),
      ("if x { a } else if y\n{ b }", "1:12: 'else' needs a block after it"),
      ("if x { a } else { b } else { c }", "1:23: nothing may follow the block of 'else'"),
      ("if x { a } 'else' { b }", "1:12: nothing may follow a block"),
      ("x\n  repeat 3 {\n a", "2:12: this block is not closed"),
      ("x\n y 'z", "2:4: this quotation is not closed"),
      ("x\\\n", "1:2: this line continues, but no line follows"),
    ])
  func mistakes(text: String, expected: String) throws {
    let error = try #require(throws: Diagnostic.self) { try read(text, name: "s") }
    #expect(error.text.split(separator: "\n").first.map(String.init) == "s:" + expected)
  }

  @Test("blocks nest up to the limit and no deeper")
  func depth() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "a { ", count: depth) + String(repeating: "} ", count: depth)
    }
    #expect(try read(nested(StatementReader.depthLimit)).count == 1)
    #expect(throws: Diagnostic.self) { try read(nested(StatementReader.depthLimit + 1)) }
  }

  @Test("a text that comes line by line reads as it does at once")
  func incremental() throws {
    let text = "repeat 3 {\n  echo 'a\n b' \\\n  c\n}\necho d\n"
    var reader = StatementReader(try SourceText("")) { _ in false }
    var shown: [String] = []
    for line in text.split(separator: "\n") {
      try reader.append(Array((line + "\n").utf8))
      reading: while true {
        switch try reader.next() {
        case .statement(let statement): shown.append(show(statement))
        case .incomplete(let construct):
          shown.append("…\(construct.kind)")
          break reading
        case .end: break reading
        }
      }
    }
    #expect(
      shown == ["…block", "…singleQuote", "…continuation", "…block", "repeat 3 {echo a\n b c}", "echo d"])
    #expect(try read(text) == ["repeat 3 {echo a\n b c}", "echo d"])
  }

  @Test("a quotation over many lines is read once, not once a line")
  func longQuotation() throws {
    var reader = StatementReader(try SourceText("echo '")) { _ in false }
    for _ in 0..<20_000 {
      try reader.append(Array("some words of a long quotation\n".utf8))
      guard case .incomplete = try reader.next() else { throw Diagnostic("the quotation ended early") }
    }
    try reader.append(Array("'\n".utf8))
    guard case .statement(let statement) = try reader.next() else { throw Diagnostic("the quotation did not end") }
    #expect(statement.words[1].literal?.utf8.count == 20_000 * 31)
  }
}
