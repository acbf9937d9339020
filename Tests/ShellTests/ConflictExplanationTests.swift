import Lexing
import Results
import Testing

@testable import Shell

@Suite("Warnings that are explained")
struct ConflictExplanationTests {
  /// Settings with that conflict, and the setting that its explanation must name.
  private static func example(_ kind: Conflict.Kind) -> (settings: Settings, names: [String]) {
    var settings = Settings()
    switch kind {
    case .ttlRange:
      settings.firstTTL = 9
      settings.maxTTL = 3
      return (settings, ["'first-ttl'", "'max-ttl'"])
    case .shortOverall:
      settings.overall = .milliseconds(1)
      return (settings, ["'overall'"])
    case .shortTimeoutWithEnrichment:
      settings.timeout = .milliseconds(20)
      return (settings, ["warn.timeout"])
    case .shortTimeoutMayMissHops:
      settings.timeout = .milliseconds(20)
      settings.engine = .blocking
      return (settings, ["warn.timeout", "may be missed"])
    case .unusedLimit:
      settings.engineLimit = 3
      return (settings, ["'engine.limit'"])
    case .unusedThreads:
      settings.engineThreads = 3
      return (settings, ["'engine.threads'"])
    }
  }

  @Test("each conflict of settings is in what 'explain warning' says", arguments: Conflict.Kind.allCases)
  func conflicts(kind: Conflict.Kind) throws {
    let (settings, names) = Self.example(kind)
    let conflict = try #require(settings.conflicts.first { $0.kind == kind })
    let printed = conflict.diagnostic.text.prefix { $0 != "\n" }
    let sentences = try #require(Explanation(sign: String(printed))).sections.flatMap(\.sentences)
    for name in names { #expect(sentences.contains { $0.contains(name) }) }
    #expect(Explanation(sign: "warning")?.sections.flatMap(\.sentences) == sentences)
  }
}
