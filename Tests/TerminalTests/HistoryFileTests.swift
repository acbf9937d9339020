import FoundationEssentials
import Glibc
import Terminal
import TestSupport
import Testing

@Suite("The history file")
struct HistoryFileTests {
  private let directory: TemporaryDirectory
  private var path: String { directory.path + "/state/ftrsh/history" }

  init() throws { directory = try TemporaryDirectory() }

  private func contents() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  private func write(_ text: String) throws {
    try FileManager.default.createDirectory(
      atPath: directory.path + "/state/ftrsh", withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: path))
  }

  @Test("entries survive the session, with newlines and backslashes", arguments: ["trace a", "a\nb", #"c:\n\"#, "日本"])
  func roundTrip(entry: String) {
    var history = HistoryFile(path: path)
    #expect(history.append(entry) == (true, nil))
    let next = HistoryFile(path: path)
    #expect(next.entries == [entry])
    #expect(next.note == nil)
  }

  @Test("file and directory are the user's alone")
  func modes() throws {
    var history = HistoryFile(path: path)
    _ = history.append("trace a")
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    #expect(stat(directory.path + "/state/ftrsh", &status) == 0 && status.st_mode & 0o777 == 0o700)
  }

  @Test("empty lines, lines that begin with a space, and repetitions are not kept")
  func notKept() throws {
    var history = HistoryFile(path: path)
    for entry in ["a", "", " secret", "a", "b", "a"] { _ = history.append(entry) }
    #expect(history.entries == ["a", "b", "a"])
    #expect(try contents() == "a\nb\na\n")
  }

  @Test("two shells that write at once lose nothing")
  func twoWriters() async throws {
    let path = path
    let counts = 0..<500
    await withTaskGroup { group in
      for shell in ["one", "two"] {
        group.addTask {
          var history = HistoryFile(path: path)
          for count in counts { _ = history.append("\(shell) \(count) " + String(repeating: "x", count: count)) }
        }
      }
    }
    let entries = HistoryFile(path: path).entries
    for shell in ["one", "two"] {
      #expect(
        entries.filter { $0.hasPrefix(shell) } == counts.map { "\(shell) \($0) " + String(repeating: "x", count: $0) })
    }
  }

  @Test("a write cut short by a kill costs its own entry, and no other")
  func truncated() throws {
    try write("first\nsecond\nthi")
    var history = HistoryFile(path: path)
    #expect(history.entries == ["first", "second"])
    #expect(history.note == "history: skipped 1 damaged line of '\(path)'")
    _ = history.append("fourth")
    #expect(try contents() == "first\nsecond\nthi\nfourth\n")
  }

  @Test("foreign bytes are skipped and counted")
  func damaged() throws {
    try write("good\nbad \\x escape\n\u{0}\nalso good\ndangling\\\n")
    let history = HistoryFile(path: path)
    #expect(history.entries == ["good", "also good"])
    #expect(history.note?.contains("3 damaged lines") == true)
  }

  @Test("a file that cannot be used is reported once, and the session keeps its lines")
  func unusable() throws {
    try write("")
    var history = HistoryFile(path: path + "/below-a-file")
    #expect(history.note?.contains("not a directory") == true)
    #expect(history.append("a") == (true, nil))
    #expect(history.entries == ["a"])

    var onDirectory = HistoryFile(path: directory.path)
    #expect(onDirectory.note != nil)
    #expect(onDirectory.append("a").isKept)
  }

  @Test("a file that becomes unwritable is reported at the first line only")
  func unwritable() throws {
    var history = HistoryFile(path: "/dev/full/history")
    _ = history.note
    #expect(history.append("b").isKept)
    var full = HistoryFile(path: directory.path + "/h")
    try FileManager.default.createDirectory(atPath: directory.path + "/h", withIntermediateDirectories: false)
    #expect(full.append("a").note != nil)
    #expect(full.append("b") == (true, nil))
  }

  @Test("only the last entries of a long file are read")
  func bounded() throws {
    try write((1...30_000).map { "line \($0)\n" }.joined())
    let entries = HistoryFile(path: path).entries
    #expect(entries.count == HistoryFile.limit)
    #expect(entries.first == "line 20001" && entries.last == "line 30000")
  }

  @Test("a file larger than what is read begins at a whole line")
  func largeFile() throws {
    let long = String(repeating: "y", count: 1_000)
    try write((1...6_000).map { "\($0) \(long)\n" }.joined())
    let entries = HistoryFile(path: path).entries
    #expect(entries.last == "6000 \(long)")
    #expect(entries.allSatisfy { $0.hasSuffix(" \(long)") } && entries.count > 4_000)
  }

  @Test("without a file the history lives in memory")
  func inMemory() {
    var history = HistoryFile()
    #expect(history.append("a") == (true, nil))
    #expect(history.entries == ["a"] && history.note == nil)
  }
}
