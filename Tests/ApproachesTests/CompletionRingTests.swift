import Glibc
import SystemIO
import Testing
import Time

@testable import Approaches

@Suite("The ring of 'completion'")
struct CompletionRingTests {
  /// Entries of its queue.
  private static let entries: UInt64 = 256

  @Test("a kernel that takes nothing more is named, and not asked for ever")
  func refused() throws {
    let ring = try CompletionRing { _ in -EBUSY }
    let signal = try StopSignal(EngineGauge())
    for number in 0..<Self.entries { try ring.poll(signal.descriptor, number: number) }
    #expect(throws: SystemError(call: "io_uring_enter", errno: EBUSY)) {
      try ring.poll(signal.descriptor, number: Self.entries)
    }
    #expect(throws: SystemError(call: "io_uring_enter", errno: EBUSY)) { try ring.cancel(number: 0) }
  }

  @Test("more than the queue holds is asked for in parts, and nothing that happens meanwhile is lost")
  func many() throws {
    let ring = try CompletionRing()
    let signal = try StopSignal(EngineGauge())
    signal.set()
    let count = Self.entries * 3
    for number in 0..<count { try ring.poll(signal.descriptor, number: number) }
    var seen: Set<UInt64> = []
    while seen.count < count {
      let found = ring.wait(until: MonotonicClock.now + .seconds(60))
      try #require(!found.isEmpty)
      seen.formUnion(found.map(\.number))
    }
    #expect(seen == Set(0..<count))
  }
}
