import Packets
import Probing
import Time
import Tracing

/// A transport to a simulated network: real datagrams out, real ICMP bytes back, each at its time.
///
/// It has no clock: `send` and `receive` are told the time, and `nextArrivalTime` says when to come back. With a
/// `Prober` it runs in real time, with a `Rehearsal` in virtual time. The same seed and the same calls give the same
/// bytes and the same instants.
package final class SimulatedNetwork: Transport {
  private var host: VantageHost
  /// Where another form of the network can be left, from any thread: with nodes and links added, behaviours stated anew,
  /// failures. What is under way stays so.
  package let mailbox = TopologyMailbox()

  /// Most datagrams under way at once: over twice what the hardest test asks for (200,000), at about 300 bytes each.
  package static let usualCapacity = 1 << 19

  /// - Parameters:
  ///   - seed: decides jitter, losses and header identifications.
  ///   - capacity: how many datagrams may be under way at once; more are refused with ENOBUFS.
  package init(_ topology: Topology, seed: UInt64, capacity: Int = SimulatedNetwork.usualCapacity) {
    host = VantageHost(topology, seed: seed, capacity: capacity)
  }

  /// The ICMP identifier of flow 0, and the first UDP source port; other flows count up from there.
  private static let firstIdentifier: UInt16 = 0x4c61
  private static let firstPort: UInt16 = 49_152

  /// The identifier of a flow: the same at each call, and another one for each flow. UDP ports stay in the dynamic
  /// range (RFC 6335 section 6), which has room for 16,384 flows; those beyond share.
  static func identity(_ method: ProbeMethod, _ flow: FlowID) -> UInt16 {
    switch method.protocolName {
    case .icmp: Self.firstIdentifier &+ flow.value
    case .udp: Self.firstPort + flow.value % (UInt16.max - Self.firstPort + 1)
    }
  }

  package func open(_ method: ProbeMethod, flow: FlowID) throws(SendFailure) -> UInt16 {
    Self.identity(method, flow)
  }

  package func send(_ batch: inout DepartureBatch, at now: Instant) {
    if let topology = mailbox.take() { host.apply(topology) }
    for index in batch.records.indices {
      do {
        let record = batch.records[index]
        let sender = record.ownSocket ? FlightSender(launch: record.launch, hasOwnSocket: true) : .only
        try host.send(record, message: batch.bytes, from: sender, at: now)
        batch.records[index].result = .departed(now, .kernel)
      } catch {
        batch.records[index].result = .failed(error)
      }
    }
  }

  package func receive(into batch: inout ArrivalBatch, by now: Instant) {
    host.receive(into: &batch, by: now)
  }

  /// When the network has something to do next: an arrival here, or at a node on the way. So it is never later than the
  /// next arrival, and a `receive` at that time may bring nothing yet.
  package var nextArrivalTime: Instant? { host.nextEventTime }

  /// A simulated socket loses nothing.
  package var dropCount: Int { 0 }

  /// Nothing wakes a simulated network but the time, which `nextArrivalTime` tells.
  package func attach(wake: @escaping @Sendable () -> Void) {}

  package func close() {}
}
