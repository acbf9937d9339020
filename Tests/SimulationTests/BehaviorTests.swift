import Simulation
import Testing

@Suite("Behaviours")
struct BehaviorTests {
  /// The descriptions of everything that a hop with these words has.
  private func descriptions(_ words: String) throws -> [String] {
    let topology = try network("new one 'one hop'", "node home 192.0.2.10", "hop r1 198.51.100.1 \(words)")
    return topology.links[0].behaviors.map(\.description) + topology.nodes[1].behaviors.map(\.description)
  }

  @Test(
    "what is read is written so that it can be read again",
    arguments: [
      ("delay 5ms", "delay 5ms"), ("delay 1500us", "delay 1.5ms"), ("delay 0", "delay 0"), ("jitter 1s", "jitter 1s"),
      ("loss 1%", "loss 1%"), ("loss 0.25%", "loss 0.25%"), ("silent", "silent"),
      ("loss 0.00001%", "loss 0.00001%"), ("late 0.0000123% 1s", "late 0.0000123% 1s"),
      ("ratelimit 5/s", "ratelimit 5/s burst 6"), ("ratelimit 1/s burst 3", "ratelimit 1/s burst 3"),
    ])
  func description(words: String, written: String) throws {
    #expect(try descriptions(words) == [written])
    #expect(try descriptions(written) == [written])
  }

  @Test(
    "those of a resolver are read and written alike",
    arguments: [
      "delay 20ms, jitter 130ms, loss 5%, servfail 5%", "servfail 0.5%", "refuse", "silent",
      "jitter 1s, refuse, silent",
    ])
  func resolver(words: String) throws {
    let topology = try network(
      "new one 'one hop'", "node home 192.0.2.10", "hop r1 198.51.100.1",
      "resolver 198.51.100.1 \(words.replacing(",", with: ""))")
    #expect(topology.nameServer?.behaviors.map(\.description).joined(separator: ", ") == words)
  }

  @Test("any number of them can be combined on one hop, in any order")
  func combined() throws {
    #expect(
      try descriptions("silent loss 1% name r1.one.test delay 5ms ratelimit 1/s jitter 1ms")
        == ["loss 1%", "delay 5ms", "jitter 1ms", "silent", "ratelimit 1/s burst 6"])
  }

  @Test("each has a word of its own, says how it is used, and begins its usage with the word")
  func vocabulary() {
    let words = Behaviors.all.map { $0.word }
    #expect(Set(words).count == words.count)
    for kind in Behaviors.all {
      #expect(kind.usage.hasPrefix(kind.word))
      #expect(!kind.summary.isEmpty)
      #expect(LabStatement(rawValue: kind.word) == nil)
    }
    for statement in LabStatement.allCases { #expect(statement.usage.hasPrefix("lab \(statement.rawValue) ")) }
  }
}
