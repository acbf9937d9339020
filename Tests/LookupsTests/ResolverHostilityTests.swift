import Enrichment
import Glibc
import NameWire
import Packets
import SystemIO
import Testing
import Time

@testable import Lookups

@Suite("The resolver and hostile servers")
struct ResolverHostilityTests {
  private static let text = NameRecord.Content.text(Array("true".utf8))

  /// What comes of one question.
  private func outcome(
    _ resolver: Resolver, _ name: String = "a.test", _ type: RecordType = .txt
  ) async throws -> Result<NameAnswer, LookupFailure> {
    let question = try question(name, type)
    do throws(LookupFailure) {
      return .success(try await resolver.answer(to: question))
    } catch {
      return .failure(error)
    }
  }

  private func kind(_ result: Result<NameAnswer, LookupFailure>) -> LookupFailure.Kind? {
    if case .failure(let failure) = result { failure.kind } else { nil }
  }

  /// Lies that a blind attacker could tell: none of them may become an answer, and the true one behind them must.
  @Test("answers with the wrong identifier, the wrong question or no sense are passed over")
  func passedOver() async throws {
    let server = try HostileServer { received in
      var reply = received.message.reply(.noError, answers: [])
      reply.id ^= 1
      received.send(reply.bytes())
      reply.id ^= 1
      reply.asked?.name = .root
      received.send(reply.bytes())
      reply.asked = received.message.asked
      reply.asked?.typeNumber = RecordType.a.rawValue
      received.send(reply.bytes())
      received.send([])
      received.send([0x00])
      received.send([UInt8](repeating: 0xff, count: 11))
      received.send([UInt8](repeating: 0xff, count: 500))
      received.reply(.noError, Self.text)
    }
    #expect(try await outcome(try resolver(of: server)).get().contents == [Self.text])
  }

  @Test("where only lies come, nobody answered")
  func onlyLies() async throws {
    let server = try HostileServer { received in
      var reply = received.message.reply(.noError, answers: [])
      reply.id ^= 1
      received.send(reply.bytes())
    }
    let resolver = try resolver(of: server, timeout: .milliseconds(20))
    #expect(try await outcome(resolver) == .failure(LookupFailure(.timedOut, "no name server answered")))
  }

  @Test("silence is waited for once a try, and counted")
  func silence() async throws {
    let server = try HostileServer { _ in }
    let resolver = try resolver(of: server, timeout: .milliseconds(10), tries: 3)
    #expect(kind(try await outcome(resolver)) == .timedOut)
    #expect(server.received == 3)
    #expect(await resolver.statistics.silences == 3)
    #expect(await resolver.statistics.failed == [.timedOut: 1])
  }

  @Test("an answer after the last timeout changes nothing, and harms no later question")
  func late() async throws {
    let gate = Gate()
    let server = try HostileServer { received in
      if received.number == 0 {
        gate.hold { received.reply(.noError, Self.text) }
      } else {
        received.reply(.noSuchName)
      }
    }
    let resolver = try resolver(of: server, timeout: .milliseconds(20))
    #expect(kind(try await outcome(resolver)) == .timedOut)
    await gate.open(after: 1)
    #expect(try await outcome(resolver).get().isAbsent)
  }

  @Test("of the answers to two tries the second is of no use")
  func twice() async throws {
    let gate = Gate()
    let server = try HostileServer { received in
      if received.number == 0 {
        gate.hold { received.reply(.noError, Self.text) }
      } else {
        received.reply(.noError, Self.text)
        received.reply(.serverFailure)
      }
    }
    let resolver = try resolver(of: server, timeout: .milliseconds(20), tries: 2)
    #expect(try await outcome(resolver).get().contents == [Self.text])
    #expect(await resolver.statistics.answered == 1)
  }

  @Test(
    "what a server says instead of an answer is told apart",
    arguments: [
      (ResponseCode.serverFailure, LookupFailure(.serverFailed, "the name server failed (SERVFAIL)")),
      (.refused, LookupFailure(.refused, "the name server refuses to answer (REFUSED)")),
      (.notImplemented, LookupFailure(.refused, "the name server refuses to answer (NOTIMP)")),
      (.formatError, LookupFailure(.serverFailed, "the name server failed (FORMERR)")),
    ])
  func refusals(code: ResponseCode, failure: LookupFailure) async throws {
    let server = try HostileServer { $0.reply(code) }
    #expect(try await outcome(try resolver(of: server)) == .failure(failure))
  }

  @Test(
    "a server that refuses or fails is passed over for the next", arguments: [ResponseCode.refused, .serverFailure])
  func nextServer(code: ResponseCode) async throws {
    let lame = try HostileServer { $0.reply(code) }
    let good = try HostileServer { $0.reply(.noError, Self.text) }
    let configuration = ResolverConfiguration(
      servers: [lame.address, good.address], timeout: .seconds(20), tries: 1)
    let resolver = Resolver(on: try EventLoop(), configuration)
    #expect(try await outcome(resolver).get().contents == [Self.text])
    #expect(lame.received == 1 && good.received == 1)
  }

  @Test("a server that is not there is not waited for")
  func unreachable() async throws {
    let descriptor = FileDescriptor(owning: socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0))
    // Bound, so that nobody else takes the port, and connected elsewhere, so that the kernel refuses what comes.
    let port = try #require(HostileServer.bind(descriptor.raw, port: 0))
    let other = FileDescriptor(owning: socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0))
    let otherPort = try #require(HostileServer.bind(other.raw, port: 0))
    try #require(HostileServer.connect(descriptor.raw, port: otherPort))
    let server = NameServer(IPAddress(127, 0, 0, 1), port: port)
    let resolver = Resolver(
      on: try EventLoop(), ResolverConfiguration(servers: [server], timeout: .seconds(20), tries: 2))
    let expected = LookupFailure(
      .unreachable, "no name server can be reached: connection refused (ECONNREFUSED from recv)")
    #expect(try await outcome(resolver) == .failure(expected))
  }

  /// Each is the whole answer section behind a right header and question.
  @Test(
    "an answer that is damaged is refused, and says where",
    arguments: [
      ("a compression loop", [0xc0, 0x1c, 0, 16, 0, 1, 0, 0, 0, 9, 0, 0] as [UInt8], "does not point backwards"),
      ("nothing at all", [], "truncated"),
      ("a length beyond the end", [0xc0, 0x0c, 0, 16, 0, 1, 0, 0, 0, 9, 0xff, 0xff, 1], "truncated"),
      ("a string beyond its record", [0xc0, 0x0c, 0, 16, 0, 1, 0, 0, 0, 9, 0, 2, 5, 1], "impossible length"),
    ])
  func damaged(what: String, answer: [UInt8], reason: String) async throws {
    let server = try HostileServer { received in
      var bytes = received.message.reply(.noError).bytes()
      bytes[7] = 1
      received.send(bytes + answer)
    }
    let result = try await outcome(try resolver(of: server))
    #expect(kind(result) == .malformed)
    #expect("\(result)".contains(reason), "\(result)")
  }

  @Test("a question that comes back as if it were an answer is none")
  func echo() async throws {
    let server = try HostileServer { $0.send($0.message.bytes()) }
    #expect(kind(try await outcome(try resolver(of: server))) == .malformed)
  }

  @Test("an answer about another name is none")
  func otherName() async throws {
    let server = try HostileServer { received in
      let record = NameRecord(.root, timeToLive: 9, Self.text)
      received.send(received.message.reply(.noError, answers: [record]).bytes())
    }
    #expect(kind(try await outcome(try resolver(of: server))) == .malformed)
  }

  @Test("a server that holds no zone and asks nobody does not prove that there is nothing")
  func lame() async throws {
    let server = try HostileServer { received in
      var reply = received.message.reply(.noError)
      reply.isAuthoritative = false
      received.send(reply.bytes())
    }
    #expect(kind(try await outcome(try resolver(of: server))) == .refused)
  }

  @Test("texts of no string and of an empty one are empty texts")
  func emptyText() async throws {
    let server = try HostileServer { received in
      guard let name = received.message.asked?.name else { return }
      let empty = NameRecord(name, timeToLive: 9, .text([]))
      var bytes = received.message.reply(.noError, answers: [empty]).bytes()
      if received.number == 1 {
        // Without the string: neither its length byte nor itself.
        bytes.removeLast()
        bytes[bytes.count - 1] = 0
      }
      received.send(bytes)
    }
    let resolver = try resolver(of: server)
    for _ in 0..<2 { #expect(try await outcome(resolver).get().contents == [.text([])]) }
  }

  @Test("a text of 64 kB comes whole by TCP, in pieces")
  func longestText() async throws {
    // 65,535 less header, question, record and the length of each string.
    let text = [UInt8](repeating: 0x78, count: 65_243)
    let server = try HostileServer { $0.reply(.noError, .text(text)) }
    #expect(try await outcome(try resolver(of: server)).get().contents == [.text(text)])
  }

  @Test("an answer that is truncated by TCP too is not taken for absence")
  func truncatedTwice() async throws {
    let server = try HostileServer { received in
      var reply = received.message.reply(.noError)
      reply.isTruncated = true
      received.send(reply.bytes())
    }
    #expect(kind(try await outcome(try resolver(of: server))) == .malformed)
  }

  @Test("a server that hangs up instead of answering by TCP cannot be reached")
  func hangsUp() async throws {
    let server = try HostileServer { received in
      if received.isByTCP { return received.hangUp() }
      var reply = received.message.reply(.noError)
      reply.isTruncated = true
      received.send(reply.bytes())
    }
    #expect(kind(try await outcome(try resolver(of: server, tries: 2))) == .unreachable)
  }

  @Test("a server that hangs up after its answer costs the other questions nothing but a repetition")
  func hangsUpAfterwards() async throws {
    let gate = Gate()
    let long = [UInt8](repeating: 0x78, count: 2_000)
    let server = try HostileServer { received in
      if received.isByTCP {
        received.reply(.noError, .text(long))
        return received.hangUp()
      }
      if received.message.asked?.name == .root { return received.reply(.noError, .text(long)) }
      gate.hold { received.reply(.noError, Self.text) }
    }
    let resolver = try resolver(of: server, tries: 2)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<20 {
        group.addTask { try await outcome(resolver, "h\(number).test").get().contents == [Self.text] }
      }
      for _ in 0..<20 { await gate.arrival() }
      #expect(try await outcome(resolver, ".").get().contents == [.text(long)])
      await gate.open(after: 20)
      for try await isRight in group { #expect(isRight) }
    }
  }

  @Test("more answers than questions, for ever, end with the last question")
  func flood() async throws {
    let server = try HostileServer { received in
      for id in UInt16.min..<5_000 {
        var reply = received.message.reply(.serverFailure)
        reply.id = id
        reply.asked?.name = .root
        received.send(reply.bytes())
      }
      received.reply(.noError, Self.text)
    }
    // The flood may push the answer out of the socket's buffer: then this try is silence, and the next one answers.
    let resolver = try resolver(of: server, timeout: .milliseconds(200), tries: 8)
    #expect(try await outcome(resolver).get().contents == [Self.text])
  }
}
