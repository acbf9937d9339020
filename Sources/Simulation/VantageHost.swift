import Glibc
import Packets
import Probing
import Time
import Tracing

/// The host of the lab where traces start: what its kernel does with the messages of a prober, in front of the network.
struct VantageHost {
  private let topology: Topology
  private var simulation: DatagramSimulation
  private let capacity: Int
  private var writer = ByteWriter()

  init(_ topology: Topology, seed: UInt64, capacity: Int) {
    self.topology = topology
    self.capacity = capacity
    simulation = DatagramSimulation(topology, seed: seed, capacity: capacity)
  }

  /// When something is due; nil when nothing is under way.
  var nextEventTime: Instant? { simulation.nextEventTime }

  /// Sends a probe.
  ///
  /// - Parameter bytes: the batch's, of which `record.range` is the transport-layer message.
  /// - Throws: what a kernel would refuse.
  mutating func send(_ record: DepartureBatch.Record, message bytes: [UInt8], at now: Instant) throws(SendFailure) {
    let source = try source(of: record)
    writer.removeAll()
    ProbeDatagram.write(
      record, message: bytes, source: source, identification: simulation.nextIdentification(), into: &writer)
    let header = ProbeDatagram.header(of: record, source: source, length: writer.count)
    do throws(DatagramSimulation.Refusal) {
      try simulation.send(writer.storage, header, at: now)
    } catch {
      switch error {
      case .noRoute:
        throw Self.failure(ENETUNREACH, "the lab's host has no \(record.destination.family) link")
      case .full: throw Self.failure(ENOBUFS, "\(capacity) datagrams are under way already")
      }
    }
  }

  /// Appends to `batch` what has arrived by `now`, as far as the batch has room, in the forms in which raw sockets give
  /// it out.
  mutating func receive(into batch: inout ArrivalBatch, by now: Instant) {
    simulation.receive(atMost: ArrivalBatch.mostRecords - batch.records.count, by: now) { datagram, time in
      Self.append(datagram, time, to: &batch)
    }
  }

  /// IPv4: the datagram from its header on. IPv6: the ICMPv6 message, with source and hop limit beside it. Only ICMP: a
  /// raw socket for it sees nothing else.
  private static func append(_ datagram: [UInt8], _ time: Instant, to batch: inout ArrivalBatch) {
    let bytes = datagram.span.bytes
    let isIPv4 = bytes.uint8(at: 0) >> 4 == 4
    guard bytes.uint8(at: isIPv4 ? 9 : 6) == (isIPv4 ? IPProtocol.icmp : .icmpv6).rawValue else { return }
    let start = batch.bytes.count
    batch.bytes.append(contentsOf: datagram[(isIPv4 ? 0 : IPv6Header.length)...])
    var record = ArrivalBatch.Record(
      form: isIPv4 ? .ipv4Datagram : .icmpMessage, family: isIPv4 ? .ipv4 : .ipv6, protocolName: .icmp,
      source: isIPv4
        ? IPAddress(ipv4: bytes.uint32(at: 12)) : IPAddress(high: bytes.uint64(at: 8), low: bytes.uint64(at: 16)),
      stamp: time, stampSource: .kernel, range: start..<batch.bytes.count)
    if !isIPv4 { record.hopLimit = bytes.uint8(at: 7) }
    batch.records.append(record)
  }

  /// The longest transport-layer message in bytes: an Ethernet frame's 1,500 less an IPv6 header.
  private static let longestMessage = 1_460
  /// The shortest: an ICMP or UDP header.
  private static let shortestMessage = 8

  /// The source address of a probe.
  ///
  /// - Throws: when the host has none of the family, or not the one that was asked for; when the interface or the
  ///   length of the message is impossible.
  private func source(of record: DepartureBatch.Record) throws(SendFailure) -> IPAddress {
    let family = record.destination.family
    guard let own = topology.nodes[Topology.vantage].address(family) else {
      throw Self.failure(ENETUNREACH, "the lab's host has no \(family) address")
    }
    guard record.source == nil || record.source == own else {
      throw Self.failure(EADDRNOTAVAIL, "the lab's host has the \(family) address \(own) only")
    }
    guard record.interfaceIndex == 0 else {
      throw Self.failure(ENODEV, "the lab's host has one interface, which has no number")
    }
    guard (Self.shortestMessage...Self.longestMessage).contains(record.range.count) else {
      throw Self.failure(EMSGSIZE, "a message has \(Self.shortestMessage) to \(Self.longestMessage) bytes")
    }
    return own
  }

  private static func failure(_ errno: Int32, _ reason: String) -> SendFailure {
    SendFailure(call: "lab", errno: errno, reason: reason)
  }
}
