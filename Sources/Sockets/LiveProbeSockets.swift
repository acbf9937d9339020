import Packets
import Probing
import SystemIO
import Tracing

/// The kernel's sockets for engines that wait on them by themselves.
///
/// Holds one descriptor of its own from the first `open` on, as long as it lives (`StampKeeper`).
package final class LiveProbeSockets: ProbeSocketSource {
  private struct State: Sendable {
    /// nil before the first use, and where there is no loopback interface.
    var keeper: StampKeeper?
    var isStamping = false
  }

  private let state = Locked(State())
  /// Of probes; the sockets' own may differ (`LiveProbeSocket`).
  private let identifier = UInt16.random(in: 1...UInt16.max)
  private let options = SocketOptions(
    receiveBufferBytes: Int32(SocketOptions.usualReceiveBufferBytes), isFiltered: true)

  /// Opens nothing yet.
  package init() {}

  package func open(_ method: ProbeMethod, flow: FlowID) throws(SendFailure) -> UInt16 {
    if let refusal = SocketSurvey.refusal(of: method) { throw SendFailure(opening: method, refusal) }
    keepStamping()
    switch method.protocolName {
    case .icmp: return identifier
    // Another port for each flow, of the dynamic range (RFC 6335 section 6).
    case .udp: return Self.firstPort | ((identifier &+ flow.value) & ~Self.firstPort)
    case .tcp: preconditionFailure("TCP probes come out of captures, and are not sent.")
    }
  }

  /// 0xc000, so that what is added to it fits below.
  private static let firstPort: UInt16 = 49_152

  package func makeSocket(for record: DepartureBatch.Record) throws(SendFailure) -> any ProbeSocket {
    try make(record.method, flow: record.flow, launch: record.launch)
  }

  package func makeSharedSocket(_ method: ProbeMethod, flow: FlowID) throws(SendFailure) -> any ProbeSocket {
    try make(method, flow: flow, launch: nil)
  }

  package var keptDescriptors: Int { state.withLock { $0.keeper == nil ? 0 : 1 } }

  /// Its own `StampKeeper`, and the watch for steps of the wall clock.
  package var transportDescriptors: Int { 2 }

  package func makeTransport(on loop: EventLoop) throws(SystemError) -> sending any Transport {
    SocketTransport(on: loop, stampKeeper: state.withLock { $0.keeper })
  }

  private func make(
    _ method: ProbeMethod, flow: FlowID, launch: LaunchID?
  ) throws(SendFailure) -> LiveProbeSocket {
    do throws(SystemError) {
      return LiveProbeSocket(
        try LiveSocket.make(method, flow: flow, identifier: identifier, options, launch: launch))
    } catch {
      throw SendFailure(opening: method, error)
    }
  }

  /// Makes sure, once, that replies will be stamped. Other threads that come meanwhile wait, too.
  private func keepStamping() {
    state.withLock { state in
      guard !state.isStamping else { return }
      state.isStamping = true
      do throws(SystemError) {
        let keeper = try StampKeeper()
        _ = keeper.waitForStamps()
        state.keeper = keeper
      } catch {
        // Without a loopback interface nothing can be tried; the first replies may be stamped by the program.
        state.keeper = nil
      }
    }
  }
}
