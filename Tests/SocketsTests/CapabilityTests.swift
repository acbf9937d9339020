import CSystemIO
import Glibc
import SystemIO
import Testing

@testable import Sockets

/// Each on a thread of its own: capabilities belong to a thread.
@Suite("Capability", .enabled(if: geteuid() == 0, "giving capabilities up needs some to begin with: root"))
struct CapabilityTests {
  private static let netRaw: UInt64 = 1 << 13

  @Test("CAP_NET_RAW is effective only while a socket is made")
  func raisedRoundSocket() throws {
    let observed = Locked<[Bool]>([])
    try onThread {
      try checked(csio_set_capabilities(0, Self.netRaw, 0), "capset")
      observed.withLock { $0.append(Self.canOpenRaw()) }
      observed.withLock { $0.append(Capability.withRawSockets { Self.canOpenRaw() }) }
      observed.withLock { $0.append(Self.canOpenRaw()) }
      observed.withLock { $0.append(Capability.hasRawSockets) }
    }
    #expect(observed.withLock { $0 } == [false, true, false, true])
  }

  @Test("without the capability the kernel's refusal comes through")
  func notPermitted() throws {
    let observed = Locked<Int32>(0)
    try onThread {
      try checked(csio_set_capabilities(0, 0, 0), "capset")
      #expect(!Capability.hasRawSockets)
      observed.withLock { $0 = Capability.withRawSockets { csio_raw_icmp_socket(0) } }
    }
    #expect(observed.withLock { $0 } == -EPERM)
  }

  @Test("plain root gives up all but raw sockets and files")
  func reduce() throws {
    let observed = Locked<(effective: UInt64, permitted: UInt64)>((0, 0))
    try onThread {
      try Capability.reduce()
      var sets: (UInt64, UInt64, UInt64) = (0, 0, 0)
      try checked(csio_get_capabilities(&sets.0, &sets.1, &sets.2), "capget")
      let found = (effective: sets.0, permitted: sets.1)
      observed.withLock { $0 = found }
    }
    let (effective, permitted) = observed.withLock { $0 }
    #expect(effective & Self.netRaw == 0)
    #expect(permitted & ~(Self.netRaw | 0b1_1111) == 0)
    #expect(permitted & Self.netRaw != 0)
    #expect(effective == permitted & 0b1_1111, "Files stay readable.")
  }

  private static func canOpenRaw() -> Bool {
    let descriptor = csio_raw_icmp_socket(0)
    guard descriptor >= 0 else { return false }
    _ = FileDescriptor(owning: descriptor)
    return true
  }

  private func onThread(_ body: @escaping @Sendable () throws -> Void) throws {
    let failure = Locked<(any Error)?>(nil)
    try Thread("capability") {
      do { try body() } catch { failure.withLock { $0 = error } }
    }.join()
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
