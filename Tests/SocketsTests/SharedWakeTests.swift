import Synchronization
import Testing

@testable import Sockets

@Suite("SharedWake")
struct SharedWakeTests {
  private final class Count: Sendable {
    let value = Atomic(0)
  }

  @Test("waking a hundred thousand times does not pile up calls")
  func wakesForever() {
    let count = Count()
    let wake = SharedWake()
    wake.set { count.value.add(1, ordering: .relaxed) }
    for _ in 0..<100_000 { wake.call() }
    #expect(count.value.load(ordering: .relaxed) == 100_000)
  }
}
