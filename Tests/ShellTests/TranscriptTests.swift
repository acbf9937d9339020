import Glibc
import Lexing
import Results
import Shell
import Simulation
import SystemIO
import TestSupport
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

  private static let names =
    [
      "tracing", "language", "expectations", "mistakes", "lab", "help", "settings", "json",
      "enrichment", "warning", "engines", "runs", "comparing", "results", "checking", "lessons",
      "captures", "changing", "probes", "evidence", "recording",
    ] + LessonCatalog.names.map { "Lessons/\($0)" } + sessions

  /// One of each network that ships.
  private static let sessions = [
    "asymmetric", "balanced", "campus", "demo", "filtered", "flap", "long", "loop", "lossy", "mpls", "mtu", "nat",
    "odd",
    "ratelimit", "slowdns",
  ].map { "Sessions/\($0)" }

  @Test("every network that ships has a session")
  func hasAll() throws {
    #expect(Set(try LabCatalog.shipped().names.map { "Sessions/\($0)" }) == Set(Self.sessions))
  }

  @Test("a session shows what its transcript says", arguments: names)
  func replay(name: String) async throws {
    let path = "\(Self.directory)/\(name).txt"
    let expected = String(decoding: try ScriptFile.bytes(of: path), as: UTF8.self)
    let shown = try await Self.replay(expected)
    if getenv("FTRSH_TRANSCRIPTS").map({ String(cString: $0) }) == "write" {
      try Self.write(shown, to: path)
    } else {
      #expect(shown == expected)
    }
  }

  /// Types the lines of a transcript into a new session.
  ///
  /// DIRECTORY in them is one that is empty at first, SAMPLES that of the captures. Where the transcript is about results that last, they are stored; behind a
  /// remark that begins with "## Another shell" a new session goes on with them.
  private static func replay(_ transcript: String) async throws -> String {
    let directory = try TemporaryDirectory()
    let path = transcript.contains("## Another shell") ? directory.path + "/state/results.db" : nil
    var (session, console) = makeSession(.prompt, marksMessages: false, resultsPath: path)
    var shells = 1
    for line in transcript.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("## ") { console.print(StyledLine(String(line))) }
      if line.hasPrefix("## Another shell") {
        await session.storeChanges()
        session =
          makeSession(.prompt, resultsPath: path, ids: ConsecutiveIDs(after: 32 * shells), console: console).session
        shells += 1
      }
      guard line.hasPrefix("ftrsh "), let promptEnd = line.firstRange(of: "> ")?.upperBound else { continue }
      let text = line[promptEnd...]
      console.print(StyledLine(await session.prompt.text + text))
      let samples = Self.directory.replacing("/Transcripts", with: "/Captures")
      _ = await session.enter(
        text.replacing("DIRECTORY", with: directory.path).replacing("SAMPLES", with: samples).utf8)
    }
    await checkRecords(of: session)
    let samples = Self.directory.replacing("/Transcripts", with: "/Captures")
    return console.text.replacing(directory.path, with: "DIRECTORY").replacing(samples, with: "SAMPLES") + "\n"
  }

  private static func write(_ text: String, to path: String) throws {
    let number = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    let file = FileDescriptor(owning: try #require(number >= 0 ? number : nil))
    _ = try writeAll(file.raw, text)
  }
}
