import Glibc
import TestSupport
import Testing

@Suite("Results from one shell to the next", .enabled(if: ShellSession.isBuilt, "the program is not built"))
struct ShellSessionResultTests {
  @Test("a shell that is killed leaves its results to the next, which finds them by their ids")
  func killed() async throws {
    let home = try ShellHome()
    let shell = try ShellSession(home: home, columns: 100)
    try await shell.run("set lab.clock virtual")
    try await shell.run("trace demo.test as before")
    kill(shell.terminal.processID, SIGKILL)
    #expect(try await shell.terminal.waitForExit() == .signalled(SIGKILL))

    let next = try ShellSession(home: home, columns: 100)
    try await next.run("results --all")
    let row = try #require(next.rows(after: "ftrsh live> results --all").first)
    #expect(row.hasPrefix("%before  @") && row.hasSuffix("  trace  demo.test  lab demo  reached, 12 hops"), "\(row)")
    let id = try #require(row.split(separator: " ").dropFirst().first)
    try await next.run("expect \(id) hops = 12; echo found")
    #expect(next.rows(after: "ftrsh live> expect \(id) hops = 12; echo found").first == "found")
    // Completed from the file, by the only id there is.
    try await next.expectPrompt()
    try await next.type("recall @")
    next.terminal.send("\t")
    try await next.terminal.expectScreen("the id") { ShellSession.row($0) == "ftrsh live> recall \(id)" }
  }
}
