import Glibc
import Testing

@testable import SystemIO

@Suite("Host resolver")
struct HostResolverTests {
  @Test(
    "literals are answered as themselves",
    arguments: [
      ("192.0.2.7", [192, 0, 2, 7]),
      ("::1", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
    ])
  func literals(text: String, octets: [UInt8]) async throws {
    #expect(try await HostResolver().addresses(of: text) == [HostAddress(octets: octets)])
  }

  @Test(
    "what can be no name is refused before anybody is asked",
    arguments: [
      ("", HostResolutionError.Reason.malformed), ("two words", .malformed), ("bell\u{7}", .malformed),
      (String(repeating: "a", count: 255), .malformed), ("fe80::1%eth0", .scopedAddress), ("10.1", .incompleteAddress),
      ("256.0.0.1", .incompleteAddress), ("3232235777", .incompleteAddress),
    ])
  func refused(text: String, reason: HostResolutionError.Reason) async throws {
    let resolver = HostResolver { _, _ in
      Issue.record("It was asked for '\(text)'.")
      return .success([])
    }
    await #expect(throws: HostResolutionError(name: text, reason: reason)) {
      try await resolver.addresses(of: text)
    }
  }

  @Test("a literal of the other family says so")
  func otherFamily() async throws {
    await #expect(throws: HostResolutionError(name: "192.0.2.7", reason: .otherFamily)) {
      try await HostResolver().addresses(of: "192.0.2.7", family: .ipv6)
    }
  }

  @Test("a cancelled caller has its answer while the look-up is still stuck")
  func cancelled() async throws {
    let gate = try Pipe()
    let input = gate.input.raw
    let resolver = HostResolver { _, _ in
      var byte: UInt8 = 0
      _ = read(input, &byte, 1)
      return .success([HostAddress(octets: [192, 0, 2, 1])])
    }
    let task = Task { try await resolver.addresses(of: "stuck.test") }
    task.cancel()
    await #expect(throws: HostResolutionError(name: "stuck.test", reason: .cancelled)) { try await task.value }
    #expect(try writeAll(gate.output.raw, "xx") == .complete)
    // The thread that was stuck is of use again.
    #expect(try await resolver.addresses(of: "free.test").count == 1)
  }

  @Test("never more look-ups at a time than threads, and every caller is answered")
  func bounded() async throws {
    let load = Load()
    let resolver = HostResolver { _, _ in load.use() }
    try await withThrowingTaskGroup(of: [HostAddress].self) { group in
      for number in 0..<200 { group.addTask { try await resolver.addresses(of: "h\(number).test") } }
      for try await addresses in group { #expect(addresses.count == 1) }
    }
    #expect((1...8).contains(load.most.withLock { $0 }))
  }

  /// Counts the look-ups that run at the same time.
  private final class Load: Sendable {
    let most = Locked(0)
    private let running = Locked(0)

    func use() -> Result<[HostAddress], HostResolutionError> {
      let now = running.withLock { count in
        count += 1
        return count
      }
      most.withLock { $0 = max($0, now) }
      // Long enough for the other threads to start.
      for _ in 0..<50 { sched_yield() }
      running.withLock { $0 -= 1 }
      return .success([HostAddress(octets: [192, 0, 2, 1])])
    }
  }
}
