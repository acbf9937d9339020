import Glibc
import Packets
import Probing
import Sockets
import SystemIO
import Testing
import Time
import Tracing

@Suite("Live network")
struct LiveNetworkTests {
  @Test("an address needs no look-up", arguments: ["192.0.2.7", "2001:db8::7"])
  func literal(_ text: String) async throws {
    #expect(try await LiveNetwork(on: EventLoop(), names: NoNames()).resolve(text, family: .auto) == IPAddress(text))
  }

  @Test("an address of the family that was not asked for says so")
  func wrongFamily() async {
    let failure = await failure {
      try await LiveNetwork(on: EventLoop(), names: NoNames()).resolve("192.0.2.7", family: .ipv6)
    }
    #expect(failure?.problem == "cannot trace '192.0.2.7'")
    #expect(failure?.reason == "it is an IPv4 address, and 'family' is 6")
    #expect(failure?.advice == "'set family auto'")
  }

  @Test("a name is looked up in the wanted family, and its best address taken")
  func name() async throws {
    let best = IPAddress(192, 0, 2, 7)
    let network = LiveNetwork(
      on: try EventLoop(), names: OneName(name: "host.test", addresses: [best, .unspecified(.ipv4)]))
    #expect(try await network.resolve("host.test", family: .ipv4) == best)
    #expect(
      await failure { try await network.resolve("other.test", family: .ipv4) }?.problem == "cannot find 'other.test'")
  }

  @Test("the method is the best that is allowed and wanted")
  func method() throws {
    let network = LiveNetwork(on: try EventLoop(), names: NoNames())
    let usable = network.methods().filter { $0.isUsable && $0.method.family == .ipv4 }.map(\.method)
    let target = IPAddress(192, 0, 2, 1)
    #expect(try network.method(for: target, protocolName: nil, socket: nil) == usable.first)
    let udp = ProbeMethod(protocolName: .udp, socket: .errqueue, family: .ipv4)
    #expect(try network.method(for: target, protocolName: .udp, socket: nil) == udp)
    #expect(try network.method(for: target, protocolName: nil, socket: .errqueue) == udp)
  }

  @Test("a protocol and a socket that do not go together are refused with the ones that do")
  func contradiction() throws {
    let expected = NetworkFailure(
      problem: "cannot probe with protocol udp and socket raw",
      reason: "raw and ping sockets carry icmp, errqueue carries udp",
      advice: "'set socket auto'")
    #expect(throws: expected) {
      try LiveNetwork(on: EventLoop(), names: NoNames()).method(
        for: IPAddress(192, 0, 2, 1), protocolName: .udp, socket: .raw)
    }
  }

  @Test("every way is listed, with a reason and what it adds")
  func survey() throws {
    let reports = LiveNetwork(on: try EventLoop(), names: NoNames()).methods()
    #expect(reports.count == 6)
    for report in reports {
      #expect(!report.reason.isEmpty)
      #expect(!report.adds.isEmpty)
      if report.isUsable { #expect(!report.reason.contains("from socket")) }
      if !report.isUsable { #expect(report.reason.contains("from socket")) }
    }
    let unprivileged = reports.filter { $0.method.socket == .errqueue && $0.isUsable }
    #expect(unprivileged.count == 2)
  }

  @Test("sleeping ends early when the task is cancelled")
  func sleep() async throws {
    let network = LiveNetwork(on: try EventLoop(), names: NoNames())
    let task = Task { await network.sleep(for: .seconds(3600)) }
    task.cancel()
    await task.value
  }

  @Test("a trace of this machine by UDP reaches it in one hop, and shutting down ends its stream")
  func loopback() async throws {
    let network = LiveNetwork(on: try EventLoop(), names: NoNames())
    let target = IPAddress(127, 0, 0, 1)
    let method = try network.method(for: target, protocolName: .udp, socket: nil)
    let request = TraceRequest(target: target, method: method)
    let run = try #require(await network.begin([request]).first)
    var trace = Trace(request: request, began: .zero)
    for await events in run.events {
      for event in events { trace.apply(event) }
      if trace.end != nil { await network.shutDown() }
    }
    #expect(trace.end == .reached(.first))
    #expect(trace.path.count == 1)
  }

  @Test("packets to this machine leave from the address that they go to")
  func sourceAddress() throws {
    #expect(try SourceAddress.toward(IPAddress(127, 0, 0, 1)) == IPAddress(127, 0, 0, 1))
    #expect(throws: SystemError.self) { try SourceAddress.toward(IPAddress(255, 255, 255, 255)) }
  }

  private func failure(_ body: () async throws -> IPAddress) async -> NetworkFailure? {
    do {
      let address = try await body()
      Issue.record("It was found: \(address)")
      return nil
    } catch {
      return error as? NetworkFailure
    }
  }
}

/// Knows no name, and should be asked for none.
private struct NoNames: AddressResolver {
  func addresses(of name: String, family: FamilyPreference) async throws(NetworkFailure) -> [IPAddress] {
    Issue.record("'\(name)' was asked for.")
    throw NetworkFailure(problem: "cannot find '\(name)'", reason: "there are no names here")
  }
}

/// Knows one name, in IPv4.
private struct OneName: AddressResolver {
  let name: String
  let addresses: [IPAddress]

  func addresses(of name: String, family: FamilyPreference) async throws(NetworkFailure) -> [IPAddress] {
    guard name == self.name, family == .ipv4 else {
      throw NetworkFailure(problem: "cannot find '\(name)'", reason: "it is another name")
    }
    return addresses
  }
}
