import Glibc
import Lexing
import Results
import Shell
import SystemIO
import Testing

/// Whole sessions in the lab, as files that can be read as documentation.
///
/// A line that begins with a prompt is what a person types; what follows, up to the next such line, is what the session
/// shows, byte for byte. `##` begins a remark. `FTRSH_TRANSCRIPTS=write swift test --filter TranscriptTests` writes the files anew.
@Suite("Transcripts")
struct TranscriptTests {
  /// The files of `Tests/Transcripts`, found from where this file was compiled.
  private static let directory: String = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
    return parts.joined(separator: "/") + "/Transcripts"
  }()

  private static let names = [
    "tracing", "language", "expectations", "mistakes", "lab", "help", "settings", "json",
    "enrichment", "warning", "engines", "runs", "comparing",
  ]

  @Test("a session shows what its transcript says", arguments: names)
  func replay(name: String) async throws {
    let path = "\(Self.directory)/\(name).txt"
    let expected = String(decoding: try ScriptFile.bytes(of: path), as: UTF8.self)
    let shown = await Self.replay(expected)
    if getenv("FTRSH_TRANSCRIPTS").map({ String(cString: $0) }) == "write" {
      try Self.write(shown, to: path)
    } else {
      #expect(shown == expected)
    }
  }

  /// Types the lines of a transcript into a new session.
  private static func replay(_ transcript: String) async -> String {
    let (session, console) = makeSession(.prompt, marksMessages: false)
    for line in transcript.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("## ") { console.print(StyledLine(String(line))) }
      guard line.hasPrefix("ftrsh "), let promptEnd = line.firstRange(of: "> ")?.upperBound else { continue }
      let text = line[promptEnd...]
      console.print(StyledLine(await session.prompt.text + text))
      _ = await session.enter(text.utf8)
    }
    return console.text + "\n"
  }

  private static func write(_ text: String, to path: String) throws {
    let number = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    let file = FileDescriptor(owning: try #require(number >= 0 ? number : nil))
    _ = try writeAll(file.raw, text)
  }
}
