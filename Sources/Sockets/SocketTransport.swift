// Theory of operation
//
// One socket a method and family (UDP: and flow) is shared by every trace; it is made when the first trace asks for it, and kept.
// A probe that must leave from a port of its own gets a socket of its own.
//
// Sending. Records are handed to the kernel in runs for one socket, one sendmmsg a run. A refusal has three meanings:
//
//   no room (EAGAIN, ENOBUFS, ENOMEM)   the rest of the run stays `held`, and is offered again
//   an error that is queued             ICMP errors about earlier probes make one later send fail with their errno: the same
//                                       probe is sent again, at most `mostSends` times
//   anything else                       the probe is unsendable
//
// Receiving: `SocketReader`.

import CSystemIO
import Glibc
import Packets
import Probing
import Synchronization
import SystemIO
import Time
import Tracing

/// Probes over the kernel's sockets.
///
/// Belongs to one event loop, and is used on its thread only.
package final class SocketTransport: Transport {
  /// Most sockets made for one probe each that are open at a time: a quarter of the 1,024 descriptors that a process has by default.
  private static let mostOwnSockets = 256
  /// How long such a socket is kept at least, for the reply to its probe; further probes are held meanwhile.
  private static let ownSocketAge = Duration.seconds(3)

  private let loop: EventLoop
  private let options: SocketOptions
  private let wake = SharedWake()
  private var wallClock: WallClockWatch?
  private var stampKeeper: StampKeeper?
  /// The keeper has been waited for.
  private var isStamping = false
  private let wallClockWasSet = SocketAlarm()

  /// Most shared sockets: one a method and family, and one a flow of UDP. Beyond, the one of a flow that has rested longest
  /// makes way.
  private static let mostShared = 512
  /// How long a flow's socket must have rested for that: the reply to its last probe has come, or is later than any timeout
  /// that people use.
  private static let flowSocketRest = Duration.seconds(60)

  /// Shared sockets in the order of their making.
  private(set) var shared: [LiveSocket] = []
  /// Sockets made for one probe each, oldest first.
  private(set) var own: [LiveSocket] = []
  /// The identifier of raw echo requests, for both families.
  private let identifier = UInt16.random(in: 1...UInt16.max)
  private var closedDrops = 0

  var reader = SocketReader()
  /// The shared socket that is read first, another one each time.
  var firstToRead = 0
  var outgoing = [csio_departure](repeating: csio_departure(), count: Int(csio_send_max))

  /// A transport without sockets yet.
  ///
  /// - Parameters:
  ///   - loop: says when something has arrived.
  ///   - receiveBufferBytes: of each shared socket; the kernel may give less.
  ///   - isFiltered: false leaves raw sockets without their packet filter: only for the test that shows what it is for.
  package convenience init(
    on loop: EventLoop, receiveBufferBytes: Int = SocketOptions.usualReceiveBufferBytes, isFiltered: Bool = true
  ) {
    self.init(on: loop, stampKeeper: nil, receiveBufferBytes: receiveBufferBytes, isFiltered: isFiltered)
  }

  /// - Parameter stampKeeper: one that was made earlier, so that less is left to wait for; nil has the transport make its own.
  init(
    on loop: EventLoop, stampKeeper: StampKeeper?, receiveBufferBytes: Int = SocketOptions.usualReceiveBufferBytes,
    isFiltered: Bool = true
  ) {
    self.loop = loop
    self.stampKeeper = stampKeeper
    options = SocketOptions(receiveBufferBytes: Int32(clamping: receiveBufferBytes), isFiltered: isFiltered)
  }

  package func attach(wake body: @escaping @Sendable () -> Void) {
    wake.set(body)
    do throws(SystemError) {
      wallClock = try loop.watchWallClock { [wallClockWasSet] in
        wallClockWasSet.isRaised.store(true, ordering: .relaxed)
      }
    } catch {
      // Without the notice a step is found when the clocks are sampled next, which is before the next stamp is used.
      wallClock = nil
    }
  }

  package func open(_ method: ProbeMethod, flow: FlowID) throws(SendFailure) -> UInt16 {
    if let socket = sharedSocket(method, flow) {
      socket.usedAt = MonotonicClock.now
      return socket.identity
    }
    try makeRoom()
    let socket = try make(method, flow: flow, launch: nil)
    keepStamping()
    shared.append(socket)
    return socket.identity
  }

  /// Due at once while datagrams wait in the stash, whose socket may have nothing more to be woken by.
  package var nextArrivalTime: Instant? { reader.stashed == nil ? nil : .zero }

  package var dropCount: Int {
    shared.reduce(closedDrops) { $0 + $1.drops }
  }

  package func close() {
    wake.set(nil)
    wallClock = nil
    stampKeeper = nil
    for socket in shared + own { socket.registration?.cancel() }
    closedDrops = dropCount
    shared = []
    own = []
    reader.removeAll()
  }

  /// Takes and clears the notice that the wall clock was set.
  func takeWallClockNotice() -> Bool {
    wallClockWasSet.isRaised.exchange(false, ordering: .relaxed)
  }

  /// The shared socket for probes of that kind; nil before `open`.
  func sharedSocket(_ method: ProbeMethod, _ flow: FlowID) -> LiveSocket? {
    shared.first { $0.carries(method, flow) }
  }

  /// Makes a socket for one probe, in place of the oldest when there are too many.
  ///
  /// - Returns: nil while even the oldest may still get its reply.
  func makeOwnSocket(_ record: DepartureBatch.Record, at now: Instant) throws(SendFailure) -> LiveSocket? {
    if own.count == Self.mostOwnSockets {
      guard own[0].madeAt + Self.ownSocketAge <= now else { return nil }
      if reader.stashed === own[0] { return nil }
      own.removeFirst().registration?.cancel()
    }
    let socket = try make(record.method, flow: record.flow, launch: record.launch)
    own.append(socket)
    return socket
  }

  /// Closes the socket of the flow that has rested longest, when there are as many as there may be.
  private func makeRoom() throws(SendFailure) {
    guard shared.count >= Self.mostShared else { return }
    let resting = shared.indices.filter { shared[$0].flow != nil && reader.stashed !== shared[$0] }
    guard let oldest = resting.min(by: { shared[$0].usedAt < shared[$1].usedAt }),
      shared[oldest].usedAt + Self.flowSocketRest <= MonotonicClock.now
    else {
      throw SendFailure(
        call: "socket", errno: EMFILE, reason: "\(Self.mostShared) flows were used within the last minute",
        advice: "wait a minute, or use fewer flows")
    }
    closedDrops += shared[oldest].drops
    shared.remove(at: oldest).registration?.cancel()
  }

  /// Makes sure, once, that replies will be stamped.
  private func keepStamping() {
    guard !isStamping else { return }
    isStamping = true
    do throws(SystemError) {
      let keeper = if let stampKeeper { stampKeeper } else { try StampKeeper() }
      _ = keeper.waitForStamps()
      stampKeeper = keeper
    } catch {
      // Without a loopback interface nothing can be tried; the first replies may be stamped by the program.
      stampKeeper = nil
    }
  }

  private func make(_ method: ProbeMethod, flow: FlowID, launch: LaunchID?) throws(SendFailure) -> LiveSocket {
    do throws(SystemError) {
      let socket = try LiveSocket.make(
        method, flow: flow, identifier: identifier, options, launch: launch)
      socket.registration = try loop.register(socket.descriptor.raw) { [wake, alarm = socket.alarm] readiness in
        alarm.isRaised.store(true, ordering: .relaxed)
        if readiness.hasError { alarm.hasError.store(true, ordering: .relaxed) }
        wake.call()
      }
      return socket
    } catch {
      throw SendFailure(opening: method, error)
    }
  }
}
