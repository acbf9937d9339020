import Enrichment
import NameWire
import Packets
import SystemIO
import Testing
import Time

@testable import Lookups

/// A server that knows these records, and of others that there are none.
private func zone(_ records: [(name: String, seconds: UInt32, content: NameRecord.Content)]) throws -> HostileServer {
  try HostileServer { received in
    guard let asked = received.message.asked else { return }
    let found = records.filter { $0.name == asked.name.description.lowercased() }
    let answers = found.map { NameRecord(asked.name, timeToLive: $0.seconds, $0.content) }
    received.send(received.message.reply(found.isEmpty ? .noSuchName : .noError, answers: answers).bytes())
  }
}

/// Waits for the one answer of a look-up.
private func answer(
  _ server: HostileServer, timeout: Duration = .seconds(20),
  _ ask: @escaping @Sendable (Resolver, @escaping @Sendable (Answer) -> Void) -> Void
) async throws -> Answer {
  let resolver = try resolver(of: server, timeout: timeout)
  let (stream, report) = AsyncStream<Answer>.makeStream()
  await resolver.onLoop { resolver in ask(resolver) { report.yield($0) } }
  for await answer in stream { return answer }
  throw LookupFailure(.cancelled, "no answer")
}

private func pointer(_ text: String) throws -> NameRecord.Content { .pointer(try DomainName(text)) }

@Suite("Names of addresses")
struct ReverseNamesTests {
  private let address = IPAddress(192, 0, 2, 9)
  private let name = "9.2.0.192.in-addr.arpa"

  private func look(_ records: [(name: String, seconds: UInt32, content: NameRecord.Content)]) async throws -> Answer {
    let address = address
    return try await answer(try zone(records)) { ReverseNames.name(of: address, using: $0, completion: $1) }
  }

  @Test(
    "hold as long as their record says, within bounds",
    arguments: [(UInt32(0), 60), (59, 60), (3_600, 3_600), (86_401, 86_400), (.max, 60)])
  func lifetime(seconds: UInt32, lifetime: Int) async throws {
    let answer = try await look([(name, seconds, pointer("ae8.example.net"))])
    #expect(answer == Answer(.name("ae8.example.net"), from: .dns, lifetime: .seconds(lifetime)))
  }

  @Test("are found below ip6.arpa too")
  func ipv6() async throws {
    let address = IPAddress(high: 0x2001_0db8_0000_0000, low: 0xa)
    let name = "a.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"
    let server = try zone([(name, 300, pointer("six.example.net"))])
    let answer = try await answer(server) { ReverseNames.name(of: address, using: $0, completion: $1) }
    #expect(answer.content == .name("six.example.net"))
  }

  @Test("of several it is always the same")
  func several() async throws {
    let b = try (name, UInt32(90), pointer("b.example"))
    let a = try (name, UInt32(90), pointer("a.example"))
    #expect(try await look([b, a]).content == .name("a.example"))
    #expect(try await look([a, b]).content == .name("a.example"))
  }

  @Test("from strangers come escaped")
  func hostile() async throws {
    let answer = try await look([(name, 300, pointer(#"\027[2Jevil\255.example"#))])
    #expect(answer.content == .name(#"\027[2Jevil\255.example"#))
  }

  @Test("that are missing, or nothing but the root, are known to be missing for a while")
  func absent() async throws {
    let absent = Answer(.absent, from: .dns, lifetime: .seconds(300))
    #expect(try await look([]) == absent)
    #expect(try await look([(name, 9, .pointer(.root))]) == absent)
  }

  @Test("that nobody tells are asked for again soon")
  func failed() async throws {
    let silent = try HostileServer { _ in }
    let address = address
    let answer = try await answer(silent, timeout: .milliseconds(10)) {
      ReverseNames.name(of: address, using: $0, completion: $1)
    }
    #expect(
      answer == Answer(.failed(LookupFailure(.timedOut, "no name server answered")), from: .dns, lifetime: .seconds(5)))
  }
}

@Suite("Origins from Team Cymru")
struct CymruOriginsTests {
  private static let v4 = IPAddress(192, 0, 2, 9)
  private static let v6 = IPAddress(high: 0x2001_0db8_0000_0000, low: 0xa)
  private static let v6Name = "a.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.origin6.asn.cymru.com"

  private func text(_ text: String) -> NameRecord.Content { .text(Array(text.utf8)) }

  private func origin(of address: IPAddress, _ name: String, _ texts: [NameRecord.Content]) async throws -> Answer {
    try await answer(try zone(texts.map { (name, 60, $0) })) {
      CymruOrigins.origin(of: address, using: $0, completion: $1)
    }
  }

  @Test("the longest prefix wins, of both families")
  func longest() async throws {
    let texts = [text("64500 | 192.0.2.0/24 | ZZ | arin | 2010-07-09"), text("64501 | 192.0.2.8/29 | ZZ | arin |")]
    let answer = try await origin(of: Self.v4, "9.2.0.192.origin.asn.cymru.com", texts)
    let expected = Origin(asns: [64501], prefix: Prefix("192.0.2.8/29"), country: "ZZ", registry: "arin")
    #expect(answer == Answer(.origin(expected), from: .cymru, lifetime: .seconds(86_400)))

    let six = try await origin(of: Self.v6, Self.v6Name, [text("1 2 | 2001:db8::/32 | ZZ | ripencc |")])
    #expect(
      six.content == .origin(Origin(asns: [1, 2], prefix: Prefix("2001:db8::/32"), country: "ZZ", registry: "ripencc")))
  }

  @Test("the name of an AS comes without its country")
  func asName() async throws {
    let server = try zone([("as64500.asn.cymru.com", 9, text("64500 | ZZ | arin | 2010-07-09 | EXAMPLE, ZZ"))])
    let answer = try await answer(server) { CymruOrigins.asName(of: 64500, using: $0, completion: $1) }
    #expect(answer == Answer(.asName("EXAMPLE"), from: .cymru, lifetime: .seconds(86_400)))
  }

  @Test("no record is absence, a useless one a failure with its reason")
  func useless() async throws {
    let name = "9.2.0.192.origin.asn.cymru.com"
    #expect(try await origin(of: Self.v4, name, []) == Answer(.absent, from: .cymru, lifetime: .seconds(300)))
    for texts in [[text("")], [.text([])], [text("garbage")], [text("1 | 198.51.100.0/24 | ZZ | arin |")]] {
      let answer = try await origin(of: Self.v4, name, texts)
      guard case .failed(let failure) = answer.content else {
        Issue.record("\(texts) gave \(answer)")
        continue
      }
      #expect(failure.kind == .malformed && answer.lifetime == .seconds(5))
    }
  }

  @Test("a name that is no UTF-8 keeps its bytes as numbers")
  func notUTF8() async throws {
    let bytes = Array("64500 | ZZ | arin | 2010-07-09 | CAF".utf8) + [0xc9] + Array(", ZZ".utf8)
    let server = try zone([("as64500.asn.cymru.com", 9, .text(bytes))])
    let answer = try await answer(server) { CymruOrigins.asName(of: 64500, using: $0, completion: $1) }
    #expect(answer.content == .asName(#"CAF\201"#))
  }
}
