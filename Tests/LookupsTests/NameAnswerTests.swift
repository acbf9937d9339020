import Enrichment
import NameWire
import Packets
import Testing

@testable import Lookups

@Suite("Answers out of messages")
struct NameAnswerTests {
  /// A message whose records are written `NAME SECONDS CNAME NAME` or `NAME SECONDS PTR NAME`.
  private func answer(_ lines: String..., code: ResponseCode = .noError) throws -> NameAnswer {
    let question = NameQuestion(try DomainName("a"), .ptr)
    let records = try lines.map { line in
      let words = line.split(separator: " ")
      let target = try DomainName(words[3])
      return NameRecord(
        try DomainName(words[0]), timeToLive: try #require(UInt32(words[1])),
        words[2] == "PTR" ? .pointer(target) : .canonicalName(target))
    }
    return try NameAnswer(to: question, in: NameMessage.query(question, id: 1).reply(code, answers: records))
  }

  @Test("follow aliases in whatever order they stand, and hold as long as the shortest of them")
  func aliases() throws {
    let answer = try answer("c 50 PTR router.test", "B 20 CNAME c", "A 90 CNAME b", "other 1 PTR wrong.test")
    #expect(answer.contents == [.pointer(try DomainName("router.test"))])
    #expect(answer.canonicalName == (try DomainName("c")))
    #expect(answer.timeToLive == .seconds(20))
  }

  @Test("take all records of the name")
  func several() throws {
    let answer = try answer("a 50 PTR x", "a 40 PTR y")
    #expect(answer.contents.count == 2)
    #expect(answer.timeToLive == .seconds(40))
  }

  @Test("an alias of nothing is absence")
  func aliasOfNothing() throws {
    #expect(try answer("a 9 CNAME b").isAbsent)
    #expect(try answer("a 9 CNAME b", code: .noSuchName).isAbsent)
  }

  @Test("are refused when the question is another one, or missing")
  func otherQuestion() throws {
    let question = NameQuestion(try DomainName("a"), .ptr)
    let record = NameRecord(question.name, timeToLive: 9, .pointer(.root))
    var message = NameMessage.query(question, id: 1).reply(.noError, answers: [record])
    #expect(throws: Never.self) { try NameAnswer(to: question, in: message) }
    for asked in [nil, .init(name: .root, typeNumber: 12, classNumber: 1)] as [NameMessage.Asked?] {
      message.asked = asked
      #expect(throws: LookupFailure(.malformed, "the name server answered another question")) {
        try NameAnswer(to: question, in: message)
      }
    }
  }

  @Test("aliases that go round, or on and on, are refused")
  func loops() throws {
    #expect(throws: LookupFailure.self) { try answer("a 9 CNAME a") }
    #expect(throws: LookupFailure.self) { try answer("a 9 CNAME b", "b 9 CNAME a") }
    let question = NameQuestion(try DomainName("h0"), .ptr)
    func chain(_ count: Int) throws -> NameAnswer {
      var records = try (0..<count).map {
        NameRecord(try DomainName("h\($0)"), timeToLive: 9, .canonicalName(try DomainName("h\($0 + 1)")))
      }
      records.append(NameRecord(try DomainName("h\(count)"), timeToLive: 9, .pointer(.root)))
      return try NameAnswer(to: question, in: NameMessage.query(question, id: 1).reply(.noError, answers: records))
    }
    #expect(try chain(16).contents == [.pointer(.root)])
    #expect(throws: LookupFailure.self) { try chain(17) }
  }
}
