import CSystemIO
import Enrichment
import Glibc
import Lookups
import Packets
import SystemIO
import Testing
import Time

private let home = IPAddress(127, 0, 0, 1)

@Suite("A STUN client")
struct STUNClientTests {
  private let loop: EventLoop
  private typealias Outcome = Result<STUNReport, STUNFailure>

  /// An answer that comes is never waited for so long.
  private static let patient = STUNRetransmission(interval: .seconds(600), bound: .seconds(600))
  /// What never comes is given up soon.
  private static let impatient = STUNRetransmission(interval: .milliseconds(10), bound: .milliseconds(30))

  init() throws {
    loop = try EventLoop()
  }

  private func ask(
    _ servers: [STUNEndpoint], _ retransmission: STUNRetransmission = patient,
    during body: @Sendable (STUNClient) async -> Void = { _ in }
  ) async throws -> Outcome {
    let client = STUNClient(loop: loop, retransmission: retransmission)
    let (outcomes, report) = AsyncStream<Outcome>.makeStream()
    await client.ask(servers) { [loop] outcome in
      #expect(loop.isCurrent)
      report.yield(outcome)
    }
    await body(client)
    return try #require(await outcomes.first { _ in true })
  }

  private func failure(_ outcome: Outcome) -> STUNFailure? {
    if case .failure(let failure) = outcome { failure } else { nil }
  }

  private func server(
    _ address: IPAddress = home,
    answering: @escaping @Sendable (ScriptedSTUNServer.Request) -> [ScriptedSTUNServer.Reply]
  ) throws -> ScriptedSTUNServer {
    try ScriptedSTUNServer(loop, address, answering: answering)
  }

  private func honestServer(_ address: IPAddress = home) throws -> ScriptedSTUNServer {
    try server(address) { [.send($0.mapped)] }
  }

  private static let hasIPv6: Bool = {
    do {
      _ = try SocketHolder(IPAddress(high: 0, low: 1))
      return true
    } catch {
      return false
    }
  }()

  @Test("learns its address and port from an honest server")
  func honest() async throws {
    let server = try honestServer()
    let report = try await ask([server.endpoint]).get()
    #expect(report.address == home)
    #expect(report.port != 0)
    #expect(report.server == server.endpoint)
    #expect(report.ignored == 0)
    #expect(report.failures == [])
  }

  @Test("asks over IPv6 too", .enabled(if: hasIPv6, "this machine has no IPv6 loopback"))
  func ipv6() async throws {
    let server = try honestServer(IPAddress(high: 0, low: 1))
    #expect(try await ask([server.endpoint]).get().address == IPAddress(high: 0, low: 1))
  }

  @Test("asks again with the same transaction until it is answered")
  func retransmission() async throws {
    let ids = Locked<Set<[UInt8]>>([])
    let server = try server { request in
      ids.withLock { _ = $0.insert(request.id) }
      return request.number < 4 ? [] : [.send(request.mapped)]
    }
    let quick = STUNRetransmission(interval: .milliseconds(5), bound: .seconds(600))
    #expect(try await ask([server.endpoint], quick).get().address == home)
    #expect(ids.withLock { $0.count } == 1)
  }

  @Test("draws a new transaction for each server and each inquiry")
  func transactions() async throws {
    let ids = Locked<Set<[UInt8]>>([])
    let servers = try (0..<3).map { _ in
      try server { request in
        ids.withLock { _ = $0.insert(request.id) }
        return [.send(request.answer("0009 0004 00000414", type: "0111"))]
      }
    }
    for _ in 0..<2 { _ = try await ask(servers.map(\.endpoint)) }
    #expect(ids.withLock { $0.count } == 6)
  }

  @Test("throws away and counts what is no answer to its request, and takes the answer behind it")
  func ignored() async throws {
    let server = try server { request in
      var changed = request.id
      changed[11] ^= 1
      var wrongFingerprint = request.answer("0020 0008 00 01 0000 00000000 8028 0004 00000000")
      wrongFingerprint[39] = 1
      return [
        // What a stranger may know: everything but the transaction, or the transaction but not the port.
        .send(request.answer("0001 0008 00 01 0001 08080808", id: changed)),
        .send(request.answer("0001 0008 00 01 0001 08080808", id: [UInt8](repeating: 0, count: 12))),
        .sendFromElsewhere(request.answer("0001 0008 00 01 0001 08080808")),
        .sendFromElsewhere(request.answer("0009 0004 00000414", type: "0111")),
        // Nothing, noise, too much, our own words, an answer that was cut, and one that was changed on the way.
        .send([]), .send([0]), .send([UInt8](repeating: 0xff, count: 1400)),
        .send(request.mapped + [UInt8](repeating: 0, count: 1600)), .send(request.bytes),
        .send(Array(request.mapped.dropLast())), .send(wrongFingerprint),
        .send(request.mapped),
      ]
    }
    let report = try await ask([server.endpoint]).get()
    #expect(report.address == home)
    #expect(report.ignored == 11)
  }

  @Test("is not kept from the answer by a flood")
  func flood() async throws {
    let server = try server { request in
      let noise = [ScriptedSTUNServer.Reply](repeating: .sendFromElsewhere([1, 2, 3]), count: 100)
      return noise + [.send(request.mapped)]
    }
    let report = try await ask([server.endpoint]).get()
    #expect(report.address == home)
    #expect(report.ignored == 100)
  }

  @Test("gives a silent server up, even one that sends nothing but noise, and asks the next")
  func silence() async throws {
    let silent = try server { _ in [] }
    let noisy = try server { _ in [.send([1, 2, 3])] }
    let honest = try honestServer()
    let report = try await ask([silent.endpoint, noisy.endpoint, honest.endpoint], Self.impatient).get()
    #expect(report.server == honest.endpoint)
    #expect(report.failures.map(\.server) == [silent.endpoint, noisy.endpoint])
    #expect(report.failures.map(\.reason) == [.timedOut(.milliseconds(30)), .timedOut(.milliseconds(30))])
  }

  /// Each is the whole answer of a server, and what it is taken for.
  private static let refusals: [(String, type: String, attributes: String, reason: String)] = [
    (
      "error 420", "0111", "0009 0015 00000414 556e6b6e6f776e20417474726962757465 000000",
      "error 420, 'Unknown Attribute'"
    ),
    ("an error with an escape sequence", "0111", "0009 0008 00000600 1b5b326a", "error 600, '\\u{1b}[2j'"),
    (
      "an address of the other family", "0101", "0001 0014 00 02 0001 20010db8000000000000000000000001",
      "an answer of the other family, 2001:db8::1"
    ),
    ("no address", "0101", "8022 0000", "STUN mapped address at offset 24: missing"),
    ("a damaged address", "0101", "0020 0004 00 01 0000", "STUN mapped address at offset 24: impossible length"),
    (
      "an attribute that must be understood", "0101", "7fff 0000",
      "STUN attribute 0x7fff at offset 20: unexpected value"
    ),
  ]

  @Test("asks the next server when one answers with", arguments: refusals)
  func refusal(what: String, type: String, attributes: String, reason: String) async throws {
    let bad = try server { [.send($0.answer(attributes, type: type))] }
    let honest = try honestServer()
    let report = try await ask([bad.endpoint, honest.endpoint]).get()
    #expect(report.server == honest.endpoint)
    #expect(report.failures.map { "\($0.reason)" } == [reason])
    #expect(failure(try await ask([bad.endpoint]))?.description == "\(bad.endpoint): \(reason)")
  }

  @Test("does not wait for a port that nobody listens on")
  func closedPort() async throws {
    let closed = STUNEndpoint(home, port: try SocketHolder(home).port)
    let failure = failure(try await ask([closed]))
    #expect(failure?.attempts.map(\.reason) == [.unreachable(errno: ECONNREFUSED, by: home)])
    #expect(failure?.description == "\(closed): connection refused, says 127.0.0.1")
  }

  @Test("does not wait for what the machine refuses to send")
  func notSent() async throws {
    // To broadcast one must ask first, and nothing leaves.
    let failure = failure(try await ask([STUNEndpoint(IPAddress(255, 255, 255, 255))]))
    guard case .notSent(let error) = failure?.attempts.first?.reason else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(error.errno == EACCES)
    #expect(failure?.lookUp.kind == .unreachable)
  }

  @Test("says of whom it was asked in vain, and in the words of enrichment")
  func failures() async throws {
    let silent = try server { _ in [] }
    let refusing = try server { [.send($0.answer("0009 0004 00000401", type: "0111"))] }
    let servers = [refusing.endpoint, silent.endpoint]
    let failure = try #require(failure(try await ask(servers, Self.impatient)))
    #expect(failure.description == "\(servers[0]): error 401; \(servers[1]): no answer within 30 ms")
    #expect(failure.lookUp == LookupFailure(.timedOut, failure.description))
    #expect(self.failure(try await ask([]))?.lookUp == LookupFailure(.unreachable, "no STUN server to ask"))
  }

  @Test("asks no more servers than its bound, and makes no more inquiries at once")
  func bounds() async throws {
    let requests = Locked(0)
    let refusing = try server { request in
      requests.withLock { $0 += 1 }
      return [.send(request.answer("0009 0004 00000401", type: "0111"))]
    }
    let many = [STUNEndpoint](repeating: refusing.endpoint, count: STUNClient.mostServers + 5)
    #expect(failure(try await ask(many))?.attempts.count == STUNClient.mostServers)
    #expect(requests.withLock { $0 } == STUNClient.mostServers)

    let silent = try server { _ in [] }
    let client = STUNClient(loop: loop, retransmission: Self.patient)
    let (outcomes, report) = AsyncStream<Outcome>.makeStream()
    for _ in 0...STUNClient.mostInquiries { await client.ask([silent.endpoint]) { report.yield($0) } }
    #expect(failure(try #require(await outcomes.first { _ in true }))?.attempts.map(\.reason) == [.busy])
    await client.cancelAll()
    var cancelled = 0
    for await outcome in outcomes.prefix(STUNClient.mostInquiries) {
      #expect(failure(outcome)?.attempts.map(\.reason) == [.cancelled])
      cancelled += 1
    }
    #expect(cancelled == STUNClient.mostInquiries)
    // And there is room again.
    #expect(failure(try await ask([]))?.attempts == [])
  }

  @Test("ends what it was asked when it is cancelled, without asking the next server")
  func cancelled() async throws {
    let silent = try server { _ in [] }
    let outcome = try await ask([silent.endpoint, silent.endpoint]) { await $0.cancelAll() }
    #expect(failure(outcome)?.attempts.map(\.reason) == [.cancelled])
    #expect(failure(outcome)?.lookUp.kind == .cancelled)
  }

  @Test(
    "asks for two families at once, each inquiry by itself", .enabled(if: hasIPv6, "this machine has no IPv6 loopback"))
  func together() async throws {
    let ipv4 = try honestServer()
    let ipv6 = try honestServer(IPAddress(high: 0, low: 1))
    async let first = ask([ipv4.endpoint])
    async let second = ask([ipv6.endpoint])
    #expect(try await first.get().address == home)
    #expect(try await second.get().address == IPAddress(high: 0, low: 1))
  }

  @Test(
    "understands a real server, coturn",
    .enabled(if: Coturn.path != nil, "coturn is not installed: apt-get install coturn"),
    arguments: [AddressFamily.ipv4] + (hasIPv6 ? [.ipv6] : []))
  func coturn(family: AddressFamily) async throws {
    let address = family == .ipv4 ? home : IPAddress(high: 0, low: 1)
    // Free until now, and so most likely still.
    let port = try SocketHolder(address).port
    let server = try Coturn(try #require(Coturn.path), address, port: port)
    // It listens a little before it answers: what is sent meanwhile is lost, and sent again.
    let report = try await ask([STUNEndpoint(address, port: port)], STUNRetransmission(bound: .seconds(60))).get()
    #expect(report.address == address)
    #expect(report.ignored == 0)
    withExtendedLifetime(server) {}
  }
}
