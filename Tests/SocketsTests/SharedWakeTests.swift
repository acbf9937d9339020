import Glibc
import Synchronization
import Testing

@testable import Sockets

@Suite("SharedWake")
struct SharedWakeTests {
  /// How many calls deep its caller is, up to a thousand.
  private final class CallDepth: Sendable {
    let value = Atomic(0)

    func takeNow() {
      var frames = [UnsafeMutableRawPointer?](repeating: nil, count: 1000)
      value.store(Int(backtrace(&frames, Int32(frames.count))), ordering: .relaxed)
    }
  }

  @Test("the thousandth wake-up goes through no more calls than the first")
  func callsDoNotPileUp() {
    let depth = CallDepth()
    let wake = SharedWake()
    wake.set { depth.takeNow() }
    var depths: Set<Int> = []
    for _ in 0..<1000 {
      wake.call()
      depths.insert(depth.value.load(ordering: .relaxed))
    }
    #expect(depths.count == 1)
  }
}
