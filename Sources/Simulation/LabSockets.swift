import Glibc
import Packets
import Probing
import SystemIO
import Time
import Tracing

/// A lab that engines reach by sockets, as they reach the live network: served in real time by one thread of its own.
///
/// Nothing is started or opened before the first socket. Its theory of operation is in `LabServer.swift`.
package final class LabSockets: ProbeSocketSource {
  private enum State: Sendable {
    case idle
    case serving(LabServer, Thread)
    /// Whose thread has been joined, or is just being so; nil when nothing was ever started.
    case ended(LabServer?)
  }

  private let topology: Topology
  private let seed: UInt64
  private let state = Locked(State.idle)
  /// Where another form of the network can be left, from any thread.
  package let mailbox = TopologyMailbox()

  /// - Parameter seed: decides jitter and losses: of the first, second, … probe by one way with one TTL always the same,
  ///   in whatever order threads send the others.
  package init(_ topology: Topology, seed: UInt64) {
    self.topology = topology
    self.seed = seed
  }

  deinit {
    shutDown()
  }

  /// What its thread has used so far; its last state when it has ended.
  package var usage: ThreadUsage { server?.usage ?? ThreadUsage() }

  /// How late answers were since the last call.
  package func takeLateness() -> LabLateness { server?.takeLateness() ?? LabLateness() }

  /// Ends the thread and closes every socket and every other descriptor; what is asked of a socket afterwards is
  /// refused.
  ///
  /// Whoever waits on the descriptor of a socket must have been stopped: its number may be another's now. Does nothing
  /// the second time.
  package func shutDown() {
    let running = state.withLock { state -> (LabServer, Thread)? in
      guard case .serving(let server, let thread) = state else {
        if case .idle = state { state = .ended(nil) }
        return nil
      }
      state = .ended(server)
      return (server, thread)
    }
    guard let (server, thread) = running else { return }
    server.stop()
    thread.join()
  }

  package func open(_ method: ProbeMethod, flow: FlowID) throws(SendFailure) -> UInt16 {
    guard method.socket == .lab else {
      throw SendFailure(lab: EPROTONOSUPPORT, "a '\(method.socket.rawValue)' socket leads out of the lab")
    }
    return SimulatedNetwork.identity(method, flow)
  }

  package func makeSocket(for record: DepartureBatch.Record) throws(SendFailure) -> any ProbeSocket {
    try makeLabSocket(launch: record.launch)
  }

  /// A socket that hears about every probe that leaves by it, whatever its method and flow.
  package func makeSharedSocket(_ method: ProbeMethod, flow: FlowID) throws(SendFailure) -> any ProbeSocket {
    try makeLabSocket(launch: nil)
  }

  /// None: the lab's own are the network's.
  package var keptDescriptors: Int { 0 }

  package var transportDescriptors: Int { 0 }

  package func makeTransport(on loop: EventLoop) throws(SystemError) -> sending any Transport {
    LabSocketTransport(self, on: loop)
  }

  /// - Parameter launch: the probe that it is for; nil for a shared one.
  func makeLabSocket(launch: LaunchID?) throws(SendFailure) -> LabSocket {
    let server = try startedServer()
    let (pair, token) = try server.open(isShared: launch == nil)
    return LabSocket(pair, token: token, of: server, launch: launch)
  }

  private var server: LabServer? {
    state.withLock { state in
      switch state {
      case .idle: nil
      case .serving(let server, _): server
      case .ended(let server): server
      }
    }
  }

  /// The server, started now unless it is.
  private func startedServer() throws(SendFailure) -> LabServer {
    try state.withLock { state throws(SendFailure) in
      switch state {
      case .serving(let server, _): return server
      case .ended: throw .labIsShutDown
      case .idle: break
      }
      do throws(SystemError) {
        let poll = try LabPoll()
        let server = LabServer(topology, poll)
        let thread = try Thread("lab") { [topology, seed, mailbox] in
          // A real network does not wait for this machine. Refused, the lateness tells.
          Thread.takeShortTurns()
          let meter = ThreadMeter()
          server.note(meter, hasEnded: false)
          var service = LabService(topology, seed: seed, server, poll, mailbox)
          service.run()
          server.note(meter, hasEnded: true)
        }
        state = .serving(server, thread)
        return server
      } catch {
        throw SendFailure(error)
      }
    }
  }
}
