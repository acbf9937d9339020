import Enrichment
import NameWire
import Packets
import SystemIO
import TestSupport
import Testing
import Time

@testable import Lookups

/// A resolver of that server alone, which is waited for as long as a test that is in order never needs.
func resolver(
  of server: HostileServer, timeout: Duration = .seconds(20), tries: Int = 1, window: Int = 64
) throws -> Resolver {
  Resolver(
    on: try EventLoop(name: "resolver"),
    ResolverConfiguration(servers: [server.address], timeout: timeout, tries: tries, window: window))
}

func question(_ name: String, _ type: RecordType = .ptr) throws -> NameQuestion {
  NameQuestion(try DomainName(name), type)
}

@Suite("Resolver")
struct ResolverTests {
  private static let router = NameRecord.Content.pointer(DomainName.root)

  @Test("records come with their time, whatever the case of the names")
  func records() async throws {
    let server = try HostileServer { $0.reply(.noError, .text(Array("hello".utf8)), timeToLive: 77) }
    let resolver = try resolver(of: server)
    let answer = try await resolver.answer(to: question("Some.Name.test", .txt))
    #expect(answer.contents == [.text(Array("hello".utf8))])
    #expect(answer.timeToLive == .seconds(77))
    #expect(await resolver.statistics.answered == 1)
    #expect(await resolver.statistics.asked == 1)
  }

  @Test(
    "no such name, and no such record, is an answer: there is none", arguments: [ResponseCode.noSuchName, .noError])
  func absent(code: ResponseCode) async throws {
    let server = try HostileServer { $0.reply(code) }
    let resolver = try resolver(of: server)
    #expect(try await resolver.answer(to: question("a.test")).isAbsent)
    #expect(await resolver.statistics.absent == 1)
  }

  @Test("equal questions in flight are asked once, and each asker is answered")
  func coalescing() async throws {
    let gate = Gate()
    let server = try HostileServer { received in gate.hold { received.reply(.noError, Self.router) } }
    let resolver = try resolver(of: server)
    let completions = Tally()
    try await resolver.onLoop { resolver in
      for name in ["a.test", "A.TEST", "b.test", "a.Test"] {
        try resolver.ask(question(name)) { _ in completions.add(name) }
      }
    }
    #expect(await completions.none, "No completion comes before its question is answered.")
    await gate.open(after: 2)
    #expect(Set(await completions.first(4)) == ["a.test", "A.TEST", "b.test", "a.Test"])
    #expect(server.received == 2)
    #expect(await resolver.statistics.asked == 2)
    #expect(await resolver.statistics.joined == 2)
  }

  @Test("no more than the window is in flight, and everybody is answered in the end")
  func window() async throws {
    let gate = Gate()
    let server = try HostileServer { received in gate.hold { received.reply(.noError, Self.router) } }
    let resolver = try resolver(of: server, window: 3)
    let completions = Tally()
    try await resolver.onLoop { resolver in
      for number in 0..<10 {
        try resolver.ask(question("h\(number).test")) { _ in completions.add("\(number)") }
      }
    }
    for _ in 0..<3 { await gate.arrival() }
    #expect(await resolver.statistics.inFlight == 3)
    #expect(await resolver.statistics.queued == 7)
    #expect(server.received == 3)
    await gate.open(after: 3)
    #expect(await completions.first(10).count == 10)
    #expect(await resolver.statistics.inFlight == 0)
  }

  @Test("a truncated answer is asked for again by TCP, up to 64 kB")
  func truncation() async throws {
    let text = (0..<60_000).map { UInt8(truncatingIfNeeded: $0) }
    let server = try HostileServer { $0.reply(.noError, .text(text)) }
    let resolver = try resolver(of: server)
    #expect(try await resolver.answer(to: question("big.test", .txt)).contents == [.text(text)])
    #expect(server.received == 2)
  }

  @Test("whoever stops waiting has that answer at once, and the question goes on for the others")
  func abandoned() async throws {
    let gate = Gate()
    let server = try HostileServer { received in gate.hold { received.reply(.noError, Self.router) } }
    let resolver = try resolver(of: server)
    let question = try question("a.test")
    let patient = Task { try await resolver.answer(to: question) }
    await gate.arrival()
    let impatient = Task { try await resolver.answer(to: question) }
    impatient.cancel()
    await #expect(throws: LookupFailure(.cancelled, "the look-up was cancelled")) { try await impatient.value }
    await gate.open(after: 1)
    #expect(try await patient.value.contents.count == 1)
  }

  @Test("closing tells everybody, and nobody is asked afterwards")
  func close() async throws {
    let server = try HostileServer { _ in }
    let resolver = try resolver(of: server, window: 1)
    let completions = Tally()
    try await resolver.onLoop { resolver in
      for name in ["a.test", "b.test"] {
        try resolver.ask(question(name)) { completions.add("\(name) \(Self.kind($0))") }
      }
    }
    await resolver.close()
    #expect(await completions.first(2) == ["a.test cancelled", "b.test cancelled"])
    await #expect(throws: LookupFailure.self) { try await resolver.answer(to: question("c.test")) }
    #expect(await resolver.statistics.failed == [.cancelled: 3])
    #expect(server.received <= 1)
  }

  @Test("after cancelling everything it answers as before")
  func cancelAll() async throws {
    let gate = Gate()
    let server = try HostileServer { received in
      if received.number == 0 { gate.hold {} } else { received.reply(.noError, Self.router) }
    }
    let resolver = try resolver(of: server)
    let question = try question("a.test")
    let stuck = Task { try await resolver.answer(to: question) }
    await gate.arrival()
    await resolver.cancelAll()
    await #expect(throws: LookupFailure.self) { try await stuck.value }
    #expect(try await resolver.answer(to: question).contents.count == 1)
  }

  @Test("other servers are asked what the ones before them still owe")
  func reconfigured() async throws {
    let gate = Gate()
    let silent = try HostileServer { _ in gate.hold {} }
    let server = try HostileServer { $0.reply(.noError, Self.router) }
    let resolver = try resolver(of: silent)
    let question = try question("a.test")
    let task = Task { try await resolver.answer(to: question) }
    await gate.arrival()
    await resolver.configure(ResolverConfiguration(servers: [server.address], timeout: .seconds(20), tries: 1))
    #expect(try await task.value.contents.count == 1)
    #expect(try await resolver.servers() == [server.address])
    #expect(await resolver.statistics.asked == 1)
  }

  @Test("without servers of its own it takes those of the file, and notices when that changes")
  func file() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/resolv.conf"
    try write("nameserver 192.0.2.53\nnameserver 2001:db8::53\n", to: path)
    let resolver = Resolver(on: try EventLoop(), ResolverConfiguration(), file: path)
    #expect(try await resolver.servers().map(\.description) == ["192.0.2.53", "2001:db8::53"])
    try write("nameserver 192.0.2.54\n", to: path)
    #expect(try await resolver.servers().map(\.description) == ["192.0.2.54"])
  }

  @Test("a thousand questions, answered, unanswered and given up, leave no socket behind")
  func sockets() async throws {
    let server = try HostileServer { received in
      if received.number % 3 > 0 { received.reply(.noError, Self.router) }
    }
    let resolver = try resolver(of: server, timeout: .milliseconds(5), tries: 2)
    let port = server.address.port
    for round in 0..<10 {
      let completions = Tally()
      try await resolver.onLoop { resolver in
        for number in 0..<100 {
          try resolver.ask(question("h\(round)-\(number).test")) { completions.add(Self.kind($0)) }
        }
        // All questions to one server share a socket.
        #expect(try socketsConnected(to: port) == 1)
      }
      if round % 2 == 1 { await resolver.cancelAll() }
      _ = await completions.first(100)
      #expect(try socketsConnected(to: port) == 0)
    }
    #expect(await resolver.statistics.asked == 1_000)
  }

  @Test("nobody who asks keeps it alive once all is answered")
  func released() async throws {
    let server = try HostileServer { $0.reply(.noError, Self.router) }
    var resolver: Resolver? = try resolver(of: server)
    weak let trace = resolver
    for number in 0..<20 { _ = try await resolver?.answer(to: question("h\(number).test")) }
    resolver = nil
    #expect(trace == nil)
  }

  static func kind(_ result: Result<NameAnswer, LookupFailure>) -> String {
    switch result {
    case .success: "answered"
    case .failure(let failure): failure.kind.rawValue
    }
  }
}
