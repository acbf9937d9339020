import NameWire
import Packets
import Simulation
import Testing
import Time

@Suite("Name server of a network")
struct NameServiceTests {
  private static let server = IPAddress(192, 168, 1, 1)
  private static let server6 = IPAddress(high: 0x2001_0db8_0001_0000, low: 1)

  /// A home with a gateway that answers for names, with these words behind its addresses.
  private func probe(_ words: String = "delay 5ms", seed: UInt64 = 1) throws -> TunnelProbe {
    let topology = try network(
      "new n 'names'", "node home 192.168.1.10 2001:db8:1::10",
      "hop gate 192.168.1.1 2001:db8:1::1 delay 1ms name gate.n.test",
      "hop web 203.0.113.80 2001:db8:2::80 delay 2ms name www.n.test",
      "name alias.n.test 203.0.113.80", "as 64500 EXAMPLE-NET IE ripencc 203.0.113.0/24 2001:db8:2::/48",
      "as 65551 'NAME WITH SPACES' - - 203.0.113.0/24", "resolver 192.168.1.1 2001:db8:1::1 \(words)")
    return TunnelProbe(topology, seed: seed)
  }

  private func name(_ text: String) throws -> DomainName { try DomainName(text) }

  private func answer(
    _ name: DomainName, _ type: RecordType, server: IPAddress = server
  ) throws -> NameMessage {
    var probe = try probe()
    probe.ask(name, type, of: server)
    return try #require(try probe.receive().first).message()
  }

  @Test("it answers after the way there, its delay and the way back, over both families", arguments: [server, server6])
  func times(server: IPAddress) throws {
    var probe = try probe()
    probe.ask(try name("www.n.test"), .a, of: server, at: Instant(nanoseconds: 1_000))
    let arrival = try #require(try probe.receive().first)
    #expect(arrival.time == Instant(nanoseconds: 7_001_000))
    #expect(arrival.source == server)
    #expect(arrival.ttl == 64)
    let message = try arrival.message()
    #expect(message.recursionAvailable && message.isAuthoritative && message.recursionDesired)
    #expect(message.asked == NameMessage.Asked(NameQuestion(try name("www.n.test"), .a)))
  }

  @Test("addresses of names and names of addresses")
  func names() throws {
    let www = try name("www.n.test")
    #expect(try answer(www, .a).answers.map(\.content) == [.address(IPAddress(203, 0, 113, 80))])
    #expect(
      try answer(try name("WWW.n.TEST"), .aaaa).answers.map(\.content)
        == [.address(IPAddress(high: 0x2001_0db8_0002_0000, low: 0x80))])
    for address in [IPAddress(203, 0, 113, 80), IPAddress(high: 0x2001_0db8_0002_0000, low: 0x80)] {
      let answers = try answer(ReverseName.pointer(address).domainName, .ptr).answers
      #expect(answers.map(\.content) == [.pointer(www)])
      #expect(answers.first?.timeToLive == 3_600)
    }
  }

  @Test("origins and names of systems, in Team Cymru's form")
  func origins() throws {
    func text(_ name: ReverseName) throws -> [String] {
      try answer(name.domainName, .txt).answers.map { record in
        guard case .text(let bytes) = record.content else { return "no text" }
        return String(decoding: bytes, as: UTF8.self)
      }
    }
    #expect(
      try text(.origin(IPAddress(203, 0, 113, 80))) == ["64500 65551 | 203.0.113.0/24 | IE | ripencc | "])
    #expect(
      try text(.origin(IPAddress(high: 0x2001_0db8_0002_0000, low: 7)))
        == ["64500 | 2001:db8:2::/48 | IE | ripencc | "])
    #expect(try text(.asName(64500)) == ["64500 | IE | ripencc |  | EXAMPLE-NET, IE"])
    #expect(try text(.asName(65551)) == ["65551 |  |  |  | NAME WITH SPACES"])
  }

  @Test("a name that is not there does not exist; one without records of the type does")
  func absence() throws {
    func code(_ name: DomainName, _ type: RecordType) throws -> ResponseCode {
      let message = try answer(name, type)
      #expect(message.answers.isEmpty)
      return message.responseCode
    }
    #expect(try code(try name("nosuch.n.test"), .a) == .noSuchName)
    #expect(try code(try name("www.n.test"), .txt) == .noError)
    #expect(try code(try name("alias.n.test"), .aaaa) == .noError)
    #expect(try code(try name("n.test"), .a) == .noError)
    #expect(try code(try name("113.0.203.in-addr.arpa"), .ptr) == .noSuchName)
    #expect(try code(ReverseName.pointer(IPAddress(203, 0, 113, 81)).domainName, .ptr) == .noSuchName)
    #expect(try code(ReverseName.pointer(IPAddress(203, 0, 113, 80)).domainName, .a) == .noError)
    #expect(try code(ReverseName.origin(IPAddress(192, 168, 1, 1)).domainName, .txt) == .noSuchName)
    #expect(try code(ReverseName.asName(64501).domainName, .txt) == .noSuchName)
  }

  @Test("a question whose TTL ends on the way gets time exceeded, and other ports and nodes are closed")
  func onlyThere() throws {
    var probe = try probe()
    probe.ask(try name("www.n.test"), .a, of: IPAddress(203, 0, 113, 80), ttl: 1)
    probe.ask(try name("www.n.test"), .a, of: IPAddress(203, 0, 113, 80))
    probe.sendUDP(to: Self.server, port: 54)
    #expect(try probe.receive().map(\.icmp) == [[11, 0], [3, 3], [3, 3]])
  }

  @Test("refusal, failure and silence are as stated", arguments: 1...3 as ClosedRange<UInt64>)
  func trouble(seed: UInt64) throws {
    func codes(_ words: String) throws -> [ResponseCode] {
      var probe = try probe(words, seed: seed)
      let www = try name("www.n.test")
      for _ in 0..<1_000 { probe.ask(www, .a, of: Self.server) }
      return try probe.receive().map { try $0.message().responseCode }
    }
    #expect(try codes("refuse") == Array(repeating: .refused, count: 1_000))
    #expect(try codes("silent").isEmpty)
    #expect((900...980).contains(try codes("loss 5%").count), "seed \(seed)")
    let failures = try codes("servfail 5%")
    #expect(failures.count == 1_000)
    #expect((20...100).contains(failures.count { $0 == .serverFailure }), "seed \(seed)")
  }

  @Test("what is no question is left unanswered, and one of another kind is told so")
  func otherMessages() throws {
    var probe = try probe()
    probe.sendUDP([1, 2, 3], to: Self.server, port: 53)
    let query = NameMessage.query(NameQuestion(try name("www.n.test"), .a), id: 0x4711)
    probe.sendUDP(query.reply(.noError).bytes(), to: Self.server, port: 53)
    #expect(try probe.receive().isEmpty)
    var update = query
    update.opcode = 5
    probe.sendUDP(update.bytes(), to: Self.server, port: 53)
    var empty = query
    empty.asked = nil
    probe.sendUDP(empty.bytes(), to: Self.server, port: 53)
    var other = query
    other.asked?.typeNumber = 15
    probe.sendUDP(other.bytes(), to: Self.server, port: 53)
    let codes = try probe.receive().map { try $0.message().responseCode }
    #expect(codes == [.notImplemented, .formatError, .noError])
  }
}
