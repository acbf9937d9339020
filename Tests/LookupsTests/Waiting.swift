import FoundationEssentials
import Glibc
import Lookups
import SystemIO

extension Resolver {
  /// Runs `body` on the loop's thread, where `ask` may be called.
  func onLoop(_ body: @Sendable (isolated Resolver) throws -> Void) rethrows { try body(self) }
}

/// What came, in order, for one test that waits for it.
actor Tally {
  private let stream: AsyncStream<String>
  private let report: AsyncStream<String>.Continuation
  private nonisolated let count = Locked(0)

  init() { (stream, report) = AsyncStream.makeStream() }

  nonisolated func add(_ text: String) {
    count.withLock { $0 += 1 }
    report.yield(text)
  }

  /// Whether nothing came so far.
  var none: Bool { count.withLock { $0 } == 0 }

  /// Waits for that many and returns them.
  func first(_ count: Int) async -> [String] {
    var texts: [String] = []
    guard count > 0 else { return [] }
    for await text in stream {
      texts.append(text)
      if texts.count == count { break }
    }
    return texts
  }
}

/// Holds what a server would do until the test lets it.
final class Gate: Sendable {
  private struct State: Sendable {
    var isOpen = false
    var held: [@Sendable () -> Void] = []
  }

  private let state = Locked(State())
  private let arrivals: AsyncStream<Void>
  private let arrive: AsyncStream<Void>.Continuation
  private let waited = Locked(0)

  init() { (arrivals, arrive) = AsyncStream.makeStream() }

  /// Does it now when the gate is open, else later.
  func hold(_ body: @escaping @Sendable () -> Void) {
    let isOpen = state.withLock { state in
      if !state.isOpen { state.held.append(body) }
      return state.isOpen
    }
    arrive.yield()
    if isOpen { body() }
  }

  /// Waits for one more arrival.
  func arrival() async {
    for await _ in arrivals { break }
    waited.withLock { $0 += 1 }
  }

  /// Lets everything through once so many have arrived.
  func open(after count: Int) async {
    while waited.withLock({ $0 }) < count { await arrival() }
    let held = state.withLock { state in
      state.isOpen = true
      let held = state.held
      state.held = []
      return held
    }
    for body in held { body() }
  }
}

/// Writes a file in place of another.
func write(_ text: String, to path: String) throws {
  let descriptor = FileDescriptor(
    owning: try checked(open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600), "open"))
  _ = try writeAll(descriptor.raw, text)
}

/// How many UDP sockets of this network namespace are connected to a port of 127.0.0.1.
func socketsConnected(to port: UInt16) throws -> Int {
  // One line a socket: number, local address, remote address as hexadecimal digits, and more.
  let end = "0100007F:" + String(port, radix: 16, uppercase: true).leftPadded(to: 4)
  let table = try String(contentsOfFile: "/proc/net/udp", encoding: .utf8)
  return table.split(separator: "\n").filter { $0.split(separator: " ").dropFirst(2).first == end[...] }.count
}

extension String {
  fileprivate func leftPadded(to length: Int) -> String {
    String(repeating: "0", count: max(0, length - count)) + self
  }
}
