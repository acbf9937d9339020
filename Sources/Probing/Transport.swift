import Packets
import Time
import Tracing

/// Names one launch of a probe: a slot of the probe table, and which tenant of that slot is meant.
package struct LaunchID: Hashable, Sendable {
  package var slot: UInt32
  package var generation: UInt32

  package init(slot: UInt32, generation: UInt32) {
    self.slot = slot
    self.generation = generation
  }
}

/// Carries probes out and replies in, as bytes.
///
/// A transport is used from one thread only, the one of its `Prober` (or of a `Rehearsal`), and never calls back into
/// it except through `attach`. It encodes and parses nothing: `Probing/Protocols` does, for every transport alike.
/// Batches are flat and are reused, so that neither a probe nor a reply costs an allocation.
package protocol Transport: AnyObject {
  /// Makes ready to send by `method` on `flow`.
  ///
  /// Cheap when it is ready already.
  /// - Returns: what identifies this host's end on the wire: the ICMP identifier, or the UDP source port.
  /// - Throws: when the machine refuses the socket: the call, its errno, and the way out.
  func open(_ method: ProbeMethod, flow: FlowID) throws(SendFailure) -> UInt16

  /// Sends the batch in order, and writes into each record's `result` what became of it.
  func send(_ batch: inout DepartureBatch, at now: Instant)

  /// Appends what has arrived by `now`, at most `ArrivalBatch.mostRecords` in all.
  ///
  /// A departure stamp comes before any reply that could belong to it.
  func receive(into batch: inout ArrivalBatch, by now: Instant)

  /// When the next arrival is due, for a transport that knows; nil when descriptors will tell, or when nothing is due.
  var nextArrivalTime: Instant? { get }

  /// Arrivals that the kernel dropped since the transport was opened, because nobody read them in time.
  var dropCount: Int { get }

  /// Asks to be woken: `wake` is called, on the transport's own event loop, when something may have arrived.
  func attach(wake: @escaping @Sendable () -> Void)

  /// Closes every descriptor. The transport is not used afterwards.
  func close()
}

/// Probes about to leave: one arena of encoded transport-layer messages, and a flat record for each.
package struct DepartureBatch {
  package enum Result {
    /// Not handed to the kernel yet: the transport is to be offered it again.
    case held
    case departed(Instant, StampSource)
    indirect case failed(SendFailure)
  }

  package struct Record {
    package var launch: LaunchID
    package var method: ProbeMethod
    package var flow: FlowID
    /// True when the probe must leave on a socket, and so from a port, of its own.
    package var ownSocket: Bool
    package var destination: IPAddress
    /// Destination port in host order; 0 for ICMP.
    package var port: UInt16
    /// nil lets routing choose.
    package var source: IPAddress?
    /// 0 lets routing choose.
    package var interfaceIndex: UInt32
    package var hopLimit: UInt8
    /// Whether the datagram may be fragmented by nobody on its way.
    package var dontFragment: Bool
    /// Where the message lies in `bytes`: the whole ICMP message, or the UDP header and its payload.
    package var range: Range<Int>
    package var result: Result = .held

    package init(
      launch: LaunchID, method: ProbeMethod, flow: FlowID, ownSocket: Bool, destination: IPAddress, port: UInt16,
      source: IPAddress?, interfaceIndex: UInt32, hopLimit: UInt8, dontFragment: Bool = true, range: Range<Int>
    ) {
      self.launch = launch
      self.method = method
      self.flow = flow
      self.ownSocket = ownSocket
      self.destination = destination
      self.port = port
      self.source = source
      self.interfaceIndex = interfaceIndex
      self.hopLimit = hopLimit
      self.dontFragment = dontFragment
      self.range = range
    }
  }

  package var bytes: [UInt8] = []
  package var records: [Record] = []

  /// Most probes handed to a transport in one turn, so that arrivals are never left unread for longer than it takes to
  /// send them (about 0.5 ms).
  package static let mostRecords = 64

  package init() {
    bytes.reserveCapacity(Self.mostRecords * 128)
    records.reserveCapacity(Self.mostRecords)
  }

  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    records.removeAll(keepingCapacity: true)
  }
}

/// What has arrived: one arena of bytes as received, and a flat record for each.
package struct ArrivalBatch {
  /// What a record's bytes are.
  package typealias Form = ArrivalForm

  package struct Record {
    package var form: Form
    package var family: AddressFamily
    /// Which protocol the receiving socket speaks.
    package var protocolName: ProbeProtocolName
    /// Who sent it; of a queued error, its offender. nil when the kernel did not say.
    package var source: IPAddress?
    /// Of a queued error: where the probe had been sent.
    package var quotedDestination: IPAddress?
    /// Of a queued error on a UDP socket: the probe's destination port, in host order. Of a UDP datagram: the port that
    /// it came from, which is to be the same.
    package var quotedPort: UInt16 = 0
    /// Of a queued error or a UDP datagram: the receiving socket's own end, as `Transport.open` returned it (UDP source
    /// port, ICMP identifier).
    package var localIdentity: UInt16 = 0
    /// TTL or hop limit of the arriving packet, when the kernel gave it beside the bytes.
    package var hopLimit: UInt8?
    /// Of a queued error: ICMP type, code and `ee_info` (the next-hop MTU).
    package var errorType: UInt8 = 0
    package var errorCode: UInt8 = 0
    package var errorInfo: UInt32 = 0
    /// Of a queued error: where in the bytes the RFC 4884 extension structure begins.
    package var extensionOffset: Int?
    /// When it arrived; of a departure stamp, when the probe left.
    package var stamp: Instant
    package var stampSource: StampSource
    /// The launch, where the socket alone tells: a departure stamp, or an arrival on a socket of a probe's own.
    package var launch: LaunchID?
    package var range: Range<Int>

    package init(
      form: Form, family: AddressFamily, protocolName: ProbeProtocolName, source: IPAddress?, stamp: Instant,
      stampSource: StampSource, range: Range<Int>
    ) {
      self.form = form
      self.family = family
      self.protocolName = protocolName
      self.source = source
      self.stamp = stamp
      self.stampSource = stampSource
      self.range = range
    }
  }

  package var bytes: [UInt8] = []
  package var records: [Record] = []

  /// Most arrivals taken in one turn, so that deadlines are looked at between two batches.
  package static let mostRecords = 128
  /// Most bytes kept of one arrival: an ICMP error is at most 576 bytes (RFC 1812 section 4.3.2.3), over IPv6 at most
  /// 1,280 (RFC 4443 section 2.4 c).
  package static let mostBytes = 1536

  package init() {
    bytes.reserveCapacity(Self.mostRecords * 256)
    records.reserveCapacity(Self.mostRecords)
  }

  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    records.removeAll(keepingCapacity: true)
  }
}
