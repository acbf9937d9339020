import Probing
import Testing
import Time

@testable import Sockets

@Suite("Departure log")
struct DepartureLogTests {
  private static func launch(_ number: UInt32) -> LaunchID { LaunchID(slot: number, generation: 1) }

  @Test("a stamp takes its departure once")
  func once() {
    var log = DepartureLog(capacity: 8)
    log.insert(4, Self.launch(9), sentAt: Instant(nanoseconds: 70))
    #expect(log.outstanding == 1)
    #expect(log.take(5)?.launch == nil)
    #expect(log.take(4)?.launch == Self.launch(9))
    #expect(log.take(4)?.launch == nil)
    #expect(log.outstanding == 0)
  }

  @Test("a stamp that never came gives its place to a later departure, which is not mistaken for it")
  func overwritten() {
    var log = DepartureLog(capacity: 8)
    let later = UInt32(8 + 3)
    log.insert(3, Self.launch(1), sentAt: .zero)
    log.insert(later, Self.launch(2), sentAt: .zero)
    #expect(log.outstanding == 1)
    #expect(log.take(3)?.launch == nil)
    #expect(log.take(later)?.launch == Self.launch(2))
  }

  @Test("numbers may wrap round")
  func wrap() {
    var log = DepartureLog(capacity: 8)
    log.insert(.max, Self.launch(1), sentAt: .zero)
    log.insert(0, Self.launch(2), sentAt: .zero)
    #expect(log.take(.max)?.launch == Self.launch(1))
    #expect(log.take(0)?.launch == Self.launch(2))
  }

  @Test("nothing is known after everything was forgotten")
  func forgotten() {
    var log = DepartureLog(capacity: 8)
    log.insert(1, Self.launch(1), sentAt: .zero)
    log.removeAll()
    #expect(log.take(1)?.launch == nil)
    #expect(log.outstanding == 0)
  }
}
