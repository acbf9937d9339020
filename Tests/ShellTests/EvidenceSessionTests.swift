import Enrichment
import Probing
import Results
import Shell
import TestSupport
import Testing
import Tracing

@Suite("Evidence in sessions")
struct EvidenceSessionTests {
  /// The traces that a session has made.
  private func traces(_ lines: String) async -> [TraceResult] {
    let (session, console) = makeSession(.script)
    _ = await session.run(lines.utf8, name: "s")
    let results = await session.results.entries.compactMap { entry -> TraceResult? in
      guard case .trace(let result) = entry.content else { return nil }
      return result
    }
    await session.shutDown()
    if results.isEmpty { Issue.record("\(console.text)") }
    return results
  }

  @Test("whatever engine waited for it, a recorded trace is what its own packets give", arguments: EngineName.allCases)
  func engines(name: EngineName) async {
    let lines = """
      set lab.clock real
      set engine \(name.rawValue)
      trace demo.test -q 2 --timeout 60ms > /dev/null
      trace demo.test far.demo.test --window 7 --udp > /dev/null
      """
    let results = await traces(lines)
    #expect(results.count == 3)
    for result in results { #expect(WhatIf.reproduces(result) == true, "\(result.target)") }
  }

  @Test("a trace that was replayed is the one that was recorded, its packets and names too")
  func replay() async throws {
    let directory = try TemporaryDirectory()
    let lines = """
      record DIRECTORY/file
      trace demo.test -q 3 > /dev/null
      record off
      use replay DIRECTORY/file
      set timeout 10ms
      trace demo.test > /dev/null
      """
    let results = await traces(lines.replacing("DIRECTORY", with: directory.path))
    #expect(results.count == 2)
    let first = try #require(results.first)
    let second = try #require(results.last)
    #expect(second.trace == first.trace)
    #expect(second.packets == first.packets)
    #expect(second.enrichment == first.enrichment)
    #expect(second.network == "replay file")
  }

  @Test("of several traces to one target each is replayed in its turn")
  func turns() async throws {
    let directory = try TemporaryDirectory()
    let lines = """
      record DIRECTORY/file
      repeat 2 { trace demo.test > /dev/null }
      use replay DIRECTORY/file
      repeat 3 { trace demo.test > /dev/null }
      """
    let results = await traces(lines.replacing("DIRECTORY", with: directory.path))
    #expect(results.map(\.trace) == [0, 1, 0, 1, 0].map { results[$0].trace })
    #expect(results[0].trace != results[1].trace)
  }

  @Test("with 'set record off' nothing is kept of packets and look-ups")
  func off() async throws {
    let results = await traces("set record off\ntrace demo.test > /dev/null")
    let result = try #require(results.first)
    #expect(result.packets.isEmpty)
    #expect(result.enrichment.moments.isEmpty)
    let kept = await traces("trace demo.test > /dev/null")
    #expect(kept.first?.packets.isComplete == true)
    #expect(kept.first?.enrichment.moments.isEmpty == false)
  }
}
