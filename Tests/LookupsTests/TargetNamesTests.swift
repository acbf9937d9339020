import NameWire
import Packets
import Probing
import SystemIO
import Testing
import Time

@testable import Lookups

@Suite("Names of targets")
struct TargetNamesTests {
  private static let v4 = IPAddress(192, 0, 2, 7)
  private static let v6 = IPAddress(high: 0x2001_0db8_0000_0000, low: 7)

  /// A server that knows `both.test` in both families and `four.test` in one.
  private func zone() throws -> HostileServer {
    try HostileServer { received in
      guard let question = received.message.asked?.known else { return }
      switch (question.name.description.lowercased(), question.type) {
      case ("both.test", .a), ("four.test", .a): received.reply(.noError, .address(Self.v4))
      case ("both.test", .aaaa): received.reply(.noError, .address(Self.v6))
      case ("four.test", .aaaa): received.reply(.noError)
      case ("failing.test", _): received.reply(.serverFailure)
      case ("refused.test", _): received.reply(.refused)
      case ("silent.test", _): break
      case _: received.reply(.noSuchName)
      }
    }
  }

  private func names(
    _ server: HostileServer, timeout: Duration = .seconds(20)
  ) throws -> TargetNames {
    let resolver = try resolver(of: server, timeout: timeout)
    // The server lives as long as what asks it.
    return TargetNames { withExtendedLifetime(server) { resolver } }
  }

  private func failure(_ names: TargetNames, _ name: String, _ family: FamilyPreference = .auto) async
    -> NetworkFailure?
  {
    do throws(NetworkFailure) {
      Issue.record("It was found: \(try await names.addresses(of: name, family: family))")
      return nil
    } catch {
      return error
    }
  }

  @Test("have the addresses of the wanted family, each once")
  func families() async throws {
    let names = try names(try zone())
    #expect(try await names.addresses(of: "both.test", family: .ipv4) == [Self.v4])
    #expect(try await names.addresses(of: "both.test", family: .ipv6) == [Self.v6])
    // The order depends on the routes of the machine (RFC 6724 section 6, rule 1).
    #expect(Set(try await names.addresses(of: "both.test", family: .auto)) == [Self.v4, Self.v6])
    #expect(try await names.addresses(of: "four.test", family: .auto) == [Self.v4])
    #expect(try await names.addresses(of: "BOTH.test.", family: .ipv4) == [Self.v4])
  }

  @Test("localhost needs no name server", arguments: ["localhost", "LocalHost", "localhost."])
  func localhost(name: String) async throws {
    let server = try zone()
    let names = try names(server)
    #expect(try await names.addresses(of: name, family: .ipv4) == [IPAddress(127, 0, 0, 1)])
    #expect(try await names.addresses(of: name, family: .auto).allSatisfy { $0.isLoopback })
    #expect(server.received == 0)
  }

  @Test("literals are answered as themselves, and nobody is asked", arguments: ["192.0.2.7", "2001:db8::7"])
  func literals(text: String) async throws {
    let names = TargetNames { () throws(SystemError) in throw SystemError(call: "thread", errno: 11) }
    #expect(try await names.addresses(of: text, family: .auto).map(\.description) == [text])
  }

  @Test(
    "that can be none are refused before anything is made for them",
    arguments: [
      ("", "'' is no host name"), ("two words", "'two words' is no host name"),
      ("bell\u{7}", "'bell\u{7}' is no host name"),
      (String(repeating: "a", count: 255), "'\(String(repeating: "a", count: 255))' is no host name"),
      ("b\u{fc}cher.example", "'b\u{fc}cher.example' has letters outside ASCII"),
      ("fe80::1%eth0", "'fe80::1%eth0' names an interface: addresses with a zone are not supported"),
      ("10.1", "'10.1' is no whole IPv4 address: write four numbers"),
      ("1.2.3", "'1.2.3' is no whole IPv4 address: write four numbers"),
      ("256.0.0.1", "'256.0.0.1' is no whole IPv4 address: write four numbers"),
      ("3232235777", "'3232235777' is no whole IPv4 address: write four numbers"),
    ])
  func refused(text: String, reason: String) async throws {
    let names = TargetNames { () throws(SystemError) in
      Issue.record("A resolver was made for '\(text)'.")
      throw SystemError(call: "thread", errno: 11)
    }
    let failure = await failure(names, text)
    #expect(failure?.problem == "cannot find '\(text)'")
    #expect(failure?.reason == reason)
  }

  @Test(
    "that have no address say why",
    arguments: [
      ("missing.test", FamilyPreference.auto, "no address is known for 'missing.test'"),
      ("missing.test", .ipv6, "no address is known for 'missing.test'"),
      ("four.test", .ipv6, "'four.test' has no address of that family"),
      ("192.0.2.7", .ipv6, "'192.0.2.7' has no address of that family"),
      ("failing.test", .ipv4, "the name server failed for 'failing.test': the name server failed (SERVFAIL)"),
      (
        "refused.test", .ipv4,
        "the name server failed for 'refused.test': the name server refuses to answer (REFUSED)"
      ),
      ("a..test", .auto, "cannot look up 'a..test': it is no name that name servers know"),
    ])
  func absent(name: String, family: FamilyPreference, reason: String) async throws {
    #expect(await failure(try names(try zone()), name, family)?.reason == reason)
  }

  @Test("that nobody answers for are given up")
  func silent() async throws {
    let failure = await failure(try names(try zone(), timeout: .milliseconds(10)), "silent.test")
    #expect(failure?.reason == "no name server answered for 'silent.test'")
    #expect(failure?.advice == "'show enrich' says which name servers are asked, 'set dns.server ADDRESS' asks others")
  }

  @Test("are abandoned at once, and others found meanwhile")
  func cancelled() async throws {
    let gate = Gate()
    let server = try HostileServer { received in
      if received.message.asked?.name.description == "stuck.test" {
        gate.hold {}
      } else {
        received.reply(.noError, .address(Self.v4))
      }
    }
    let resolver = try resolver(of: server)
    let names = TargetNames { resolver }
    let task = Task { await failure(names, "stuck.test", .ipv4) }
    await gate.arrival()
    task.cancel()
    #expect(await task.value?.reason == "the look-up of 'stuck.test' was cancelled")
    #expect(try await names.addresses(of: "free.test", family: .ipv4) == [Self.v4])
    await resolver.close()
  }

  @Test("several hundred at once are all found")
  func many() async throws {
    let server = try HostileServer { $0.reply(.noError, .address(Self.v4)) }
    let names = try names(server)
    try await withThrowingTaskGroup(of: [IPAddress].self) { group in
      for number in 0..<300 { group.addTask { try await names.addresses(of: "h\(number).test", family: .ipv4) } }
      for try await addresses in group { #expect(addresses == [Self.v4]) }
    }
    #expect(server.received == 300)
  }

  @Test("a machine without descriptors is no silent failure")
  func system() async throws {
    let names = TargetNames { () throws(SystemError) in throw SystemError(call: "epoll_create1", errno: 24) }
    let reason = "cannot look up 'a.test': too many open files (EMFILE from epoll_create1)"
    #expect(await failure(names, "a.test")?.reason == reason)
  }
}
