import Glibc
import SystemIO
import Testing

@Suite("Files that are written whole")
final class WholeFileTests {
  private let directory: String

  init() throws {
    var template = Array("/tmp/ftrsh-file-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { _ = system("rm -r '\(directory)'") }

  private func path(_ name: String) -> String { "\(directory)/\(name)" }

  private func read(_ name: String) throws -> String {
    let number = Glibc.open(path(name), O_RDONLY | O_CLOEXEC)
    let file = FileDescriptor(owning: try #require(number >= 0 ? number : nil))
    var buffer = [UInt8](repeating: 0, count: 1 << 10)
    let count = Glibc.read(file.raw, &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }

  private func isLink(_ name: String) -> Bool {
    var status = stat()
    return lstat(path(name), &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  @Test("a file is replaced, and a link to it, or to none yet, leads to what was written")
  func links() throws {
    try WholeFile.write(Array("one".utf8), to: path("file"))
    symlink("file", path("near"))
    symlink(path("near"), path("far"))
    try WholeFile.write(Array("two".utf8), to: path("far"))
    symlink("later", path("dangling"))
    try WholeFile.write(Array("three".utf8), to: path("dangling"))
    #expect(try (read("file"), read("later")) == ("two", "three"))
    #expect(isLink("near") && isLink("far") && isLink("dangling"))
    symlink("circle", path("circle"))
    #expect(throws: SystemError.self) { try WholeFile.write([], to: path("circle")) }
    #expect(isLink("circle"))
  }

  @Test("what the system makes up is written to, not replaced: an open file by its number")
  func openFile() throws {
    let number = Glibc.open(path("out"), O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    let file = FileDescriptor(owning: try #require(number >= 0 ? number : nil))
    symlink("/proc/self/fd/\(file.raw)", path("stdout"))
    try WholeFile.write(Array("text".utf8), to: path("stdout"))
    #expect(isLink("stdout"))
    var status = stat()
    #expect(fstat(file.raw, &status) == 0 && status.st_nlink == 1 && status.st_size == 4)
  }

  @Test("a pipe that nobody reads is an error at once")
  func pipe() throws {
    try #require(mkfifo(path("pipe"), 0o600) == 0)
    #expect(throws: SystemError(call: "open", errno: ENXIO)) { try WholeFile.write([1], to: path("pipe")) }
  }

  @Test("what cannot be written leaves what was there, and nothing beside it")
  func full() throws {
    try WholeFile.write(Array("old".utf8), to: path("file"))
    #expect(throws: SystemError.self) { try WholeFile.write([1], to: path("file/inside")) }
    #expect(throws: SystemError.self) { try WholeFile.write([1], to: path("nowhere/file")) }
    #expect(try read("file") == "old")
  }
}
