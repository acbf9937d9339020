import CSystemIO
import Packets
import Probing
import Synchronization
import SystemIO
import Time
import Tracing

/// A socket that probes leave by, shared by every trace or made for one probe. What the three kinds have in common; how each
/// is made is in `RawSocket`, `PingSocket` and `UDPSocket`.
final class LiveSocket {
  let descriptor: FileDescriptor
  let method: ProbeMethod
  /// This host's end on the wire: the ICMP identifier, or the UDP source port.
  let identity: UInt16
  /// The flow that the identity stands for; nil where one socket carries them all (ICMP: the flow is the checksum).
  let flow: FlowID?
  /// The probe that this socket was made for; nil for a shared one.
  let launch: LaunchID?
  let madeAt: Instant
  /// When a trace last asked for it, or sent by it.
  var usedAt: Instant
  /// Who stamps.
  var stamping: Stamping
  /// Whether what leaves now may not be fragmented; `SocketOptions.apply` begins with it.
  private var dontFragment = true
  /// The number of the next departure on this socket.
  var nextIdentifier: UInt32 = 0
  var departures: DepartureLog
  /// A moment at which nothing lay in the socket unread: what is read next was stamped after it.
  var emptyAt: Instant
  /// What the event loop has said since the socket was last read.
  let alarm = SocketAlarm()
  var registration: EventLoop.Registration?

  /// Which stamps the kernel takes.
  enum Stamping {
    /// Of departure and receipt, each departure named by the identifier that it is sent with (Linux 6.13).
    case byIdentifier
    /// Of departure and receipt, departures named by their number on the socket.
    case byCount
    /// Of receipt only.
    case receiptOnly
    /// None: the program's clock is all there is.
    case none
  }

  init(
    _ descriptor: consuming FileDescriptor, method: ProbeMethod, identity: UInt16, flow: FlowID? = nil,
    launch: LaunchID?
  ) {
    stamping = Self.requestStamps(descriptor.raw)
    self.descriptor = descriptor
    self.method = method
    self.identity = identity
    self.flow = flow
    self.launch = launch
    departures = DepartureLog(capacity: launch == nil ? DepartureLog.sharedCapacity : 1)
    madeAt = MonotonicClock.now
    usedAt = madeAt
    emptyAt = madeAt
  }

  /// Whether probes of that kind leave by this socket.
  func carries(_ method: ProbeMethod, _ flow: FlowID) -> Bool {
    self.method == method && (self.flow == nil || self.flow == flow)
  }

  /// Whether ICMP errors come through the error queue.
  var queuesErrors: Bool {
    switch method.socket {
    case .raw, .lab, .capture: false
    case .ping, .errqueue: true
    }
  }

  /// Whether the error queue may hold something.
  var mayHaveQueued: Bool { queuesErrors || departures.outstanding > 0 }

  /// What the datagrams are that this socket receives; nil when none of them can be about a probe.
  var form: ArrivalBatch.Form? {
    switch (method.socket, method.family) {
    case (.raw, .ipv4): .ipv4Datagram
    case (.raw, .ipv6), (.ping, .ipv4), (.ping, .ipv6): .icmpMessage
    case (.errqueue, .ipv4), (.errqueue, .ipv6): .udpDatagram
    case (.lab, _), (.capture, _): nil
    }
  }

  /// Has probes leave with or without "don't fragment" from now on.
  func setDontFragment(_ isOn: Bool) {
    guard isOn != dontFragment else { return }
    // Refused, which no kernel does, probes leave as before.
    if csio_dont_fragment(descriptor.raw, method.family.isIPv6, isOn ? 1 : 0) == 0 { dontFragment = isOn }
  }

  /// Ends stamps of departure: which of them belongs to which departure can no longer be told.
  func forgetDepartures() {
    stamping = csio_want_receipt_stamps(descriptor.raw) < 0 ? .none : .receiptOnly
    departures.removeAll()
  }

  /// How many arrivals the kernel dropped because this socket's buffer was full; 0 when it does not say.
  var drops: Int { max(0, Int(csio_drops(descriptor.raw))) }

  private static let knowsIdentifiers = csio_knows_departure_identifiers() == 1

  private static func requestStamps(_ descriptor: Int32) -> Stamping {
    if csio_want_stamps(descriptor) == 0 { return knowsIdentifiers ? .byIdentifier : .byCount }
    if csio_want_receipt_stamps(descriptor) == 0 || csio_want_receipt_stamps_old(descriptor) == 0 {
      return .receiptOnly
    }
    return .none
  }
}

/// What the event loop says about a socket, for its transport to look at when it is asked.
final class SocketAlarm: Sendable {
  /// Something may be there to read.
  let isRaised = Atomic(false)
  /// An error is pending.
  let hasError = Atomic(false)
}
