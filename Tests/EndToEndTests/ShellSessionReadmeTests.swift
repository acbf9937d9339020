import FoundationEssentials
import TestSupport
import Testing

@Suite("The README's session", .enabled(if: ShellSession.isBuilt, "the program is not built"))
struct ShellSessionReadmeTests {
  @Test("typed as written it gives what the README shows, byte for byte")
  func session() async throws {
    let written = try Self.block(of: "## A session")
    let shell = try ShellSession(columns: 104, rows: 60)
    let lines = written.filter { $0.hasPrefix("ftrsh ") }
    try #require(lines.count > 2)
    for line in lines {
      let end = try #require(line.firstRange(of: "> "))
      try await shell.expectPrompt(String(line[..<end.lowerBound]) + ">")
      try await shell.type(String(line[end.upperBound...]))
      shell.terminal.send(.enter)
    }
    #expect(try await shell.terminal.waitForExit() == .exited(0))
    #expect(shell.terminal.screen.text == written.joined(separator: "\n"))
    #expect(shell.terminal.screen.unknown == [])
  }

  @Test("in real time a trace shows the same path, whatever the times")
  func realTime() async throws {
    let shell = try ShellSession(columns: 100, rows: 40)
    try await shell.run("trace demo.test")
    let rows = shell.rows(after: "ftrsh live> trace demo.test")
    try #require(rows.count == 17)
    #expect(rows[0] == "trace to demo.test (203.0.113.80), max 30 hops, timeout 1 s, ICMP, lab demo")
    #expect(rows[1...12].map { String($0.prefix(3)).trimmed } == (1...12).map { "\($0)" })
    #expect(rows[1].contains("[LAN]         gateway.home.test (192.168.1.1) [private network] "))
    #expect(rows[7] == " 7  * given up")
    #expect(rows[12].contains("[DESTINATION] demo.test (203.0.113.80) [AS64510 EXAMPLE-DC, CA] "))
    #expect(rows[12].hasSuffix(" ms"))
    #expect(rows[13].hasPrefix("reached in 12 hops, "))
    #expect(rows[13].hasSuffix(" ms; 12 probes, 11 replies, 1 given up"))
    #expect(rows[14].hasSuffix("(cpe-77.gwy.example.net), provider AS64500 EXAMPLE-NET, IE"))
    #expect(rows[15] == "destination AS64510 EXAMPLE-DC, CA")
  }

  /// The first indented block of a section, without its indentation.
  private static func block(of heading: String) throws -> [String] {
    let readme = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../README.md")
    let lines = try String(contentsOf: readme, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
    let section = lines.drop { $0 != heading }.dropFirst()
    let start = section.drop { !$0.hasPrefix("    ") }
    var block = start.prefix { $0.hasPrefix("    ") || $0.isEmpty }.map { String($0.dropFirst(4)) }
    while block.last == "" { block.removeLast() }
    return block
  }
}

extension String {
  /// Without blanks at either end.
  fileprivate var trimmed: String { split(separator: " ").joined(separator: " ") }
}
