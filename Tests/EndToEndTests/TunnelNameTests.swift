import Glibc
import NameWire
import Packets
import SystemIO
import Testing
import Time

@Suite(
  "Names from inside a network of the lab", .serialized,
  .enabled(if: TunnelNamespace.isPossible, TunnelNamespace.reason),
  .enabled(if: ShellSession.isBuilt, "the program is not built"))
struct TunnelNameTests {
  private static let resolvers = [AddressFamily.ipv4: "192.168.1.1", .ipv6: "2001:db8:10:1::1"]

  @Test("the network's resolver answers a socket of the kernel, over both families", arguments: AddressFamily.allCases)
  func questions(family: AddressFamily) async throws {
    try await TunnelNamespace.with("demo") { namespace in
      let server = try #require(Self.resolvers[family].flatMap { IPAddress($0) })
      let core = try #require(IPAddress("198.18.0.9"))
      let name = try DomainName("ae8.core1.dub.example.net")
      var asker = DatagramAsker(namespace: namespace.name, server: server)
      let pointer = try await asker.ask(NameQuestion(ReverseName.pointer(core).domainName, .ptr))
      #expect(pointer.answers.map(\.content) == [.pointer(name)])
      #expect(try await asker.ask(NameQuestion(name, .a)).answers.map(\.content) == [.address(core)])
      let origin = try await asker.ask(NameQuestion(ReverseName.origin(core).domainName, .txt))
      #expect(origin.answers.map(\.content) == [.text(Array("64500 | 198.18.0.0/16 | IE | ripencc | ".utf8))])
      let missing = try await asker.ask(NameQuestion(try DomainName("nosuch.test"), .aaaa))
      #expect(missing.responseCode == .noSuchName && missing.answers.isEmpty)
    }
  }

  @Test("the C library finds names by the namespace's resolv.conf")
  func library() async throws {
    try await TunnelNamespace.with("demo") { namespace in
      let found = try await namespace.run("getent ahosts demo.test")
      #expect(found.contains("203.0.113.80") && found.contains("2001:db8:30::80"))
      #expect(try await namespace.run("getent hosts 198.19.8.1").contains("ae1.core1.yhz.example.org"))
    }
  }
}

/// Asks a name server by a UDP socket of the kernel, from inside a namespace.
private struct DatagramAsker: Sendable {
  let namespace: String
  let server: IPAddress
  private var id: UInt16 = 0x1000

  init(namespace: String, server: IPAddress) {
    self.namespace = namespace
    self.server = server
  }

  struct Failure: Error {
    let reason: String
  }

  /// Far longer than any answer takes here.
  private static let patienceMilliseconds: Int32 = 10_000

  mutating func ask(_ question: NameQuestion) async throws -> NameMessage {
    id += 1
    let query = NameMessage.query(question, id: id)
    let (namespace, server) = (namespace, server)
    // A thread of its own: a namespace belongs to a thread, and one of the pool must not keep it.
    let reply: Result<[UInt8], Failure> = await withCheckedContinuation { continuation in
      do {
        let thread = try Thread("asker") {
          do {
            try enterNamespace(namespace)
            continuation.resume(returning: .success(try Self.exchange(query.bytes(), with: server)))
          } catch {
            continuation.resume(returning: .failure(Failure(reason: "\(error)")))
          }
        }
        thread.detach()
      } catch {
        continuation.resume(returning: .failure(Failure(reason: "\(error)")))
      }
    }
    let bytes = try reply.get()
    let message = try NameMessage.parse(bytes.span.bytes)
    #expect(message.id == id && message.isResponse)
    return message
  }

  private static func exchange(_ query: [UInt8], with server: IPAddress) throws -> [UInt8] {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST
    hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(server.description, "53", &hints, &list) == 0, let list else {
      throw Failure(reason: "'\(server)' is no address")
    }
    defer { freeaddrinfo(list) }
    let raw = socket(list.pointee.ai_family, Int32(SOCK_DGRAM.rawValue), 0)
    try checked(raw < 0 ? -errno : raw, "socket")
    let descriptor = FileDescriptor(owning: raw)
    try checked(connect(descriptor.raw, list.pointee.ai_addr, list.pointee.ai_addrlen) < 0 ? -errno : 0, "connect")
    try checked(send(descriptor.raw, query, query.count, 0) < 0 ? -errno : 0, "send")
    var entry = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, patienceMilliseconds) == 1 else { throw Failure(reason: "no answer from \(server)") }
    var buffer = [UInt8](repeating: 0, count: NameMessage.mostBytes)
    let count = recv(descriptor.raw, &buffer, buffer.count, 0)
    try checked(count < 0 ? -errno : 0, "recv")
    return Array(buffer[..<count])
  }
}
