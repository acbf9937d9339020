import Lexing
import Simulation
import Testing

/// The message about a network file; nothing when it is right.
private func complaint(_ text: String) -> String? {
  do throws(Diagnostic) {
    _ = try LabScript.topology(of: text.utf8, name: "bad.ftr")
    return nil
  } catch {
    return error.text
  }
}

/// What precedes the line under test: two linked nodes.
private let start = """
  lab new bad 'a network with a mistake'
  lab node home 192.0.2.10 2001:db8::10
  lab hop r1 198.51.100.1 2001:db8:1::1 delay 1ms name r1.bad.test

  """

@Suite("Mistakes in networks")
struct TopologyErrorTests {
  /// Lines that follow `start`, and the message about them.
  struct Mistake: CustomTestStringConvertible {
    let line: String
    let message: String

    init(_ line: String, _ message: String) {
      self.line = line
      self.message = message
    }

    var testDescription: String { line }
  }

  @Test(
    "each mistake is told with its place, and what to do",
    arguments: mistakes + propertyMistakes + knowledgeMistakes + behaviorMistakes)
  func message(mistake: Mistake) {
    #expect(complaint(start + mistake.line + "\n") == mistake.message)
  }

  static let mistakes = [
    Mistake(
      "x",
      """
      bad.ftr:4:1: a network file holds 'lab' statements only
          x
          ^
        try: 'lab node NAME ADDRESS [ADDRESS6] [PROPERTY…]'
      """
    ),
    Mistake(
      "lab",
      """
      bad.ftr:4:1: 'lab' needs a statement
          lab
          ^^^
        try: new, node, hop, link, name, target, as, public, resolver, fail, heal, at or set
      """
    ),
    Mistake(
      "lab nod r2 192.0.2.3",
      """
      bad.ftr:4:5: unknown lab statement 'nod'; did you mean 'node'?
          lab nod r2 192.0.2.3
              ^^^
        try: new, node, hop, link, name, target, as, public, resolver, fail, heal, at or set
      """
    ),
    Mistake(
      "lab new other 'x'",
      """
      bad.ftr:4:9: network 'bad' is begun already
          lab new other 'x'
                  ^^^^^
      """
    ),
    Mistake(
      "lab node r2",
      """
      bad.ftr:4:10: node 'r2' has no address
          lab node r2
                   ^^
        try: an address like 192.0.2.1 or 2001:db8::1 behind its name
      """
    ),
    Mistake(
      "lab node r2 delay 5ms",
      """
      bad.ftr:4:13: node 'r2' has no address
          lab node r2 delay 5ms
                      ^^^^^
        try: an address like 192.0.2.1 or 2001:db8::1 behind its name
      """
    ),
    Mistake(
      "lab node 2r 192.0.2.3",
      """
      bad.ftr:4:10: '2r' cannot be a name
          lab node 2r 192.0.2.3
                   ^^
        why: a name is a letter, then letters, digits, '-' and '_'
        try: a name like 'core1'
      """
    ),
    Mistake(
      "lab node r1 192.0.2.3",
      """
      bad.ftr:4:10: there is a node 'r1' already
          lab node r1 192.0.2.3
                   ^^
      """
    ),
    Mistake(
      "lab node r2 192.0.2.10",
      """
      bad.ftr:4:13: 192.0.2.10 is the address of 'home' already
          lab node r2 192.0.2.10
                      ^^^^^^^^^^
      """
    ),
    Mistake(
      "lab node r2 192.0.2.3 192.0.2.4",
      """
      bad.ftr:4:23: a node has one IPv4 address at most
          lab node r2 192.0.2.3 192.0.2.4
                                ^^^^^^^^^
      """
    ),
    Mistake(
      "lab node r2 224.0.0.1",
      """
      bad.ftr:4:13: 224.0.0.1 cannot be the address of a node
          lab node r2 224.0.0.1
                      ^^^^^^^^^
      """
    ),
    Mistake(
      "lab node r2 192.0.2.3",
      """
      bad.ftr:4:10: no IPv4 path leads from 'home' to 'r2'
          lab node r2 192.0.2.3
                   ^^
        why: every node between them needs a link and an IPv4 address
      """
    ),
    Mistake(
      "lab link home",
      """
      bad.ftr:4:14: a node's name is missing here
          lab link home
                       ^
        try: 'lab link NODE NODE [PROPERTY…]'
      """
    ),
    Mistake(
      "lab link home rl",
      """
      bad.ftr:4:15: there is no node 'rl'; did you mean 'r1'?
          lab link home rl
                        ^^
      """
    ),
    Mistake(
      "lab link home home",
      """
      bad.ftr:4:15: a node cannot be linked to itself
          lab link home home
                        ^^^^
      """
    ),
    Mistake(
      "lab link r1 home",
      """
      bad.ftr:4:13: 'r1' and 'home' are linked already
          lab link r1 home
                      ^^^^
      """
    ),
    Mistake(
      "lab node r2 192.0.2.3\nlab link home r2 silent",
      """
      bad.ftr:5:18: 'silent' belongs to a node
          lab link home r2 silent
                           ^^^^^^
        try: it in 'lab hop' or 'lab node'
      """
    ),
    Mistake(
      "lab node r2 192.0.2.3 delay 5ms",
      """
      bad.ftr:4:23: 'delay' belongs to a link
          lab node r2 192.0.2.3 delay 5ms
                                ^^^^^
        try: it in 'lab hop' or 'lab link'
      """
    ),
    Mistake(
      "lab name x.bad.test",
      """
      bad.ftr:4:20: an address is missing here
          lab name x.bad.test
                             ^
        try: 'lab name DNSNAME ADDRESS [ADDRESS6]'
      """
    ),
    Mistake(
      "lab name x.bad.test nowhere",
      """
      bad.ftr:4:21: 'nowhere' is not an address
          lab name x.bad.test nowhere
                              ^^^^^^^
        try: an address like 203.0.113.9
      """
    ),
    Mistake(
      "lab name x.bad.test 192.0.2.7 192.0.2.8",
      """
      bad.ftr:4:31: a name has one IPv4 address at most
          lab name x.bad.test 192.0.2.7 192.0.2.8
                                        ^^^^^^^^^
      """
    ),
    Mistake(
      "lab target r2.bad.test 'x'",
      """
      bad.ftr:4:12: no address has the name 'r2.bad.test'; did you mean 'r1.bad.test'?
          lab target r2.bad.test 'x'
                     ^^^^^^^^^^^
      """
    ),
    Mistake(
      "lab target r1.bad.test",
      """
      bad.ftr:4:23: what to look for, in quotes, is missing here
          lab target r1.bad.test
                                ^
        try: 'lab target DNSNAME "WHAT TO LOOK FOR"'
      """
    ),
    Mistake(
      "lab target r1.bad.test 'x' more",
      """
      bad.ftr:4:28: 'more' is one word too many
          lab target r1.bad.test 'x' more
                                     ^^^^
      """
    ),
    Mistake(
      "lab target r1.bad.test 'x'\nlab target r1.bad.test 'y'",
      """
      bad.ftr:5:12: 'r1.bad.test' is a target already
          lab target r1.bad.test 'y'
                     ^^^^^^^^^^^
      """
    ),
    Mistake(
      "lab node $r 192.0.2.3",
      """
      bad.ftr:4:10: a network file has no variables
          lab node $r 192.0.2.3
                   ^^
        try: the value itself
      """
    ),
    Mistake(
      "lab node r2 192.0.2.3 > file",
      """
      bad.ftr:4:23: a 'lab' statement of a network file has words only
          lab node r2 192.0.2.3 > file
                                ^^^^^^
      """
    ),
    Mistake(
      "lab node r2 'unclosed",
      """
      bad.ftr:4:13: this quotation is not closed
          lab node r2 'unclosed
                      ^
        try: end it with "'"
      """
    ),
  ]

  @Test("a file that holds no network says so")
  func empty() {
    #expect(complaint("# nothing") == "there is no network\n  try: begin with 'lab new NAME \"SUMMARY\"'")
    #expect(
      complaint("lab new x 'y'") == "network 'x' has no node\n  try: 'lab node NAME ADDRESS [ADDRESS6] [PROPERTY…]'")
    #expect(
      complaint("lab node x 10.0.0.1")
        == """
        bad.ftr:1:5: there is no network yet
            lab node x 10.0.0.1
                ^^^^
          try: begin with 'lab new NAME "SUMMARY"'
        """)
    #expect(
      complaint("lab new x 'y'\nlab hop r 10.0.0.1")
        == """
        bad.ftr:2:5: a hop needs a node before it
            lab hop r 10.0.0.1
                ^^^
          try: 'lab node NAME ADDRESS [ADDRESS6] [PROPERTY…]' first
        """)
  }

  @Test("after a mistake the builder is as it was, so that the line can be typed again")
  func takenWholeOrNotAtAll() throws {
    var builder = TopologyBuilder()
    func apply(_ line: String) throws(Diagnostic) {
      let source = try SourceText(line)
      let statement = try Script(source, keepsOperators: { _ in false }).statements[0]
      let words = statement.words.dropFirst().map { LabWord($0.literal ?? "", at: $0.range) }
      try builder.apply(words, in: source)
    }
    try apply("lab new typed 'at the prompt'")
    try apply("lab node home 192.0.2.10")
    #expect(throws: Diagnostic.self) { try apply("lab hop r1 192.0.2.1 name r1.test delay 5ms loss all") }
    try apply("lab hop r1 192.0.2.1 name r1.test delay 5ms loss 5%")
    #expect(try builder.finish().nodes.map(\.name) == ["home", "r1"])
    #expect(try builder.finish().links.count == 1)
  }
}
