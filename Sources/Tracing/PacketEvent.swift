import Packets
import Time

/// What one trace sent, what came back, and what its tracer was told: the evidence for all its other events.
///
/// With these events and its request a trace can be computed again, bit for bit (`PacketRecord` in `Probing`). They are told
/// only when the request asks for them (`TraceRequest.keepsPackets`).
package enum PacketEvent: Hashable, Sendable {
  /// A probe left; the tracer was told so.
  case departed(PacketDeparture)
  /// Something arrived. If it is matched with a probe, the tracer was told so; what it made of it is the verdict.
  case arrived(PacketArrival)
  /// The tracer was told something that is no packet.
  case told(TracerStep, at: Instant)
  /// One of the others was not kept, since there are too many.
  case leftOut
}

/// What a tracer is told beside probes that left and replies.
package enum TracerStep: Hashable, Sendable {
  /// The kernel's stamp of a departure, later than the departure was told.
  case restamped(ProbeID, departure: Instant)
  case unsendable(ProbeID, SendFailure)
  /// An error came back that fits several outstanding probes.
  case ambiguous
  /// Time has passed.
  case tick
  case cancel
}

/// A probe as it left this host.
package struct PacketDeparture: Hashable, Sendable {
  package var probe: Probe
  package var method: ProbeMethod
  /// nil where routing chose.
  package var source: IPAddress?
  package var destination: IPAddress
  /// 0 where routing chose.
  package var interfaceIndex: UInt32 = 0
  /// Destination port in host order; 0 for ICMP.
  package var port: UInt16 = 0
  package var hopLimit: UInt8
  /// When the tracer wanted it sent.
  package var queued: Instant
  /// When it was encoded and handed to the transport; the time since `queued` is that of pacing and of a full socket.
  package var handedOver: Instant
  /// When it left, as far as is known by now, and who took that time.
  package var departure: Instant
  package var stamp: StampSource
  /// The same as the tracer was told it first, before a better stamp came (`TracerStep.restamped`).
  package var toldDeparture: Instant
  package var toldStamp: StampSource
  /// When the tracer was told.
  package var settled: Instant
  /// The encoded message: the whole ICMP message, or the UDP header and its payload. The kernel fills the checksum in where
  /// that is left to it.
  package var bytes: [UInt8]

  package init(
    probe: Probe, method: ProbeMethod, source: IPAddress? = nil, destination: IPAddress, hopLimit: UInt8,
    queued: Instant, handedOver: Instant, departure: Instant, stamp: StampSource, settled: Instant, bytes: [UInt8]
  ) {
    self.probe = probe
    self.method = method
    self.source = source
    self.destination = destination
    self.hopLimit = hopLimit
    self.queued = queued
    self.handedOver = handedOver
    self.departure = departure
    self.stamp = stamp
    toldDeparture = departure
    toldStamp = stamp
    self.settled = settled
    self.bytes = bytes
  }
}
