import Probing
import Synchronization
import Testing

@Suite("SharedWake")
struct SharedWakeTests {
  private final class StackAddress: Sendable {
    let value = Atomic(UInt(0))

    func takeNow() {
      var local = 0
      withUnsafeMutablePointer(to: &local) { value.store(UInt(bitPattern: $0), ordering: .relaxed) }
    }
  }

  @Test("the thousandth wake-up goes through no more calls than the first")
  func callsDoNotPileUp() {
    let address = StackAddress()
    let wake = SharedWake()
    wake.set { address.takeNow() }
    var depths: Set<UInt> = []
    for _ in 0..<1000 {
      wake.call()
      depths.insert(address.value.load(ordering: .relaxed))
    }
    #expect(depths.count == 1)
  }
}
