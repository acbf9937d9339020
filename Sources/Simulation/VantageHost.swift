import Glibc
import Packets
import Probing
import Time
import Tracing

/// The host of the lab where traces start: what its kernel does with the messages of a prober, in front of the network.
struct VantageHost {
  private var addresses: HostAddresses
  private var simulation: DatagramSimulation
  private let capacity: Int
  /// nil leaves chances to the order of events.
  private var chances: FlightChances?
  private var writer = ByteWriter()

  /// - Parameter hasOwnChances: whether what happens to a probe is independent of when the others leave.
  init(_ topology: Topology, seed: UInt64, capacity: Int, hasOwnChances: Bool = false) {
    chances = hasOwnChances ? FlightChances(seed: seed) : nil
    addresses = HostAddresses(topology)
    self.capacity = capacity
    simulation = DatagramSimulation(topology, seed: seed, capacity: capacity)
  }

  /// Goes on with another form of the same network.
  mutating func apply(_ topology: Topology) {
    addresses = HostAddresses(topology)
    simulation.apply(topology)
  }

  /// When something is due; nil when nothing is under way.
  var nextEventTime: Instant? { simulation.nextEventTime }

  /// When the next answer arrives here, of those that are on their way; nil when none is.
  var nextAnswerTime: Instant? { simulation.nextAnswerTime }

  /// Whether an answer arrives here at `nextEventTime`, and not a datagram at a node on the way.
  var isAnswerNext: Bool { simulation.isAnswerNext }

  /// Sends a probe.
  ///
  /// - Parameters:
  ///   - bytes: the batch's, of which `record.range` is the transport-layer message.
  ///   - sender: given back with the answer.
  /// - Throws: what a kernel would refuse.
  mutating func send(
    _ record: DepartureBatch.Record, message bytes: [UInt8], from sender: FlightSender = .only, at now: Instant
  ) throws(SendFailure) {
    let source = try addresses.source(of: record)
    writer.removeAll()
    ProbeDatagram.write(
      record, message: bytes, source: source, identification: simulation.nextIdentification(), into: &writer)
    let header = ProbeDatagram.header(of: record, source: source, length: writer.count)
    do throws(DatagramSimulation.Refusal) {
      try simulation.send(writer.storage, header, from: sender, seed: chances?.next(for: record), at: now)
    } catch {
      switch error {
      case .noRoute:
        throw SendFailure(
          lab: ENETUNREACH, "no way leads out: the lab's host has no \(record.destination.family) link that works")
      case .tooLong(let mtu): throw SendFailure(lab: EMSGSIZE, "the lab's host has a link of \(mtu) bytes")
      case .full: throw SendFailure(lab: ENOBUFS, "\(capacity) datagrams are under way already")
      }
    }
  }

  /// Appends to `batch` what has arrived by `now`, as far as the batch has room, in the forms in which raw sockets give
  /// it out.
  mutating func receive(into batch: inout ArrivalBatch, by now: Instant) {
    simulation.receive(atMost: ArrivalBatch.mostRecords - batch.records.count, by: now) { datagram, time, sender in
      guard Self.isHeard(datagram) else { return }
      let bytes = datagram.span.bytes
      if sender.hasOwnSocket, batch.append(shortQuote: bytes, of: sender.launch, stamp: time, stampSource: .kernel) {
        return
      }
      batch.append(labDatagram: bytes, stamp: time, stampSource: .kernel)
    }
  }

  /// Takes the next answer that is due by `now`, whatever it is, in the order of time.
  ///
  /// - Parameter take: is given the answer from its IP header on, when it is due, and who sent what it answers; not
  ///   called when nothing is due.
  mutating func takeAnswer(by now: Instant, _ take: ([UInt8], Instant, FlightSender) -> Void) {
    simulation.receive(atMost: 1, by: now, take)
  }

  /// Whether a raw socket for ICMP hears of a datagram: over IPv6 not of a damaged one (RFC 3542 section 3.1).
  static func isHeard(_ datagram: [UInt8]) -> Bool {
    guard datagram[0] >> 4 == 6 else { return datagram[9] == IPProtocol.icmp.rawValue }
    guard datagram[6] == IPProtocol.icmpv6.rawValue else { return false }
    let bytes = datagram.span.bytes
    var checksum = InternetChecksum()
    checksum.addPseudoHeader(
      source: IPAddress(high: bytes.uint64(at: 8), low: bytes.uint64(at: 16)),
      destination: IPAddress(high: bytes.uint64(at: 24), low: bytes.uint64(at: 32)), protocol: .icmpv6,
      length: bytes.byteCount - IPv6Header.length)
    checksum.add(bytes, in: IPv6Header.length..<bytes.byteCount)
    return checksum.holds
  }
}

extension ArrivalBatch {
  /// Appends a datagram of the lab as a raw socket gives it out. IPv4: from its header on. IPv6: the ICMPv6 message,
  /// with source and hop limit beside it.
  ///
  /// - Parameter datagram: from its IP header on, which is whole.
  mutating func append(labDatagram datagram: RawSpan, stamp: Instant, stampSource: StampSource) {
    let isIPv4 = datagram.uint8(at: 0) >> 4 == 4
    let start = bytes.count
    datagram.extracting((isIPv4 ? 0 : IPv6Header.length)..<datagram.byteCount).withUnsafeBytes {
      bytes.append(contentsOf: $0)
    }
    var record = Record(
      form: isIPv4 ? .ipv4Datagram : .icmpMessage, family: isIPv4 ? .ipv4 : .ipv6, protocolName: .icmp,
      source: isIPv4
        ? IPAddress(ipv4: datagram.uint32(at: 12))
        : IPAddress(high: datagram.uint64(at: 8), low: datagram.uint64(at: 16)),
      stamp: stamp, stampSource: stampSource, range: start..<bytes.count)
    if !isIPv4 { record.hopLimit = datagram.uint8(at: 7) }
    records.append(record)
  }
}

extension ArrivalBatch {
  /// Appends an ICMP error that quotes too little of a UDP probe to tell it from others, as the error queue of a socket gives
  /// it out from which the probe left alone: the socket tells. What is quoted may be padded (RFC 4884 section 5.1).
  ///
  /// - Parameter datagram: from its IP header on, which is whole.
  /// - Returns: false for what is no such error.
  mutating func append(
    shortQuote datagram: RawSpan, of launch: LaunchID, stamp: Instant, stampSource: StampSource
  ) -> Bool {
    let family: AddressFamily = datagram.uint8(at: 0) >> 4 == 4 ? .ipv4 : .ipv6
    let message: ICMPMessage
    do throws(PacketError) {
      message = try ICMPMessage.parse(
        datagram, at: family == .ipv4 ? IPv4Header.minimumLength : IPv6Header.length, family: family)
    } catch {
      return false
    }
    guard let quoted = message.quoted, quoted.protocolNumber == .udp,
      UDPProtocol.number(inPayload: quoted.payload, of: datagram) == nil
    else { return false }
    let start = bytes.count
    datagram.extracting(quoted.payload).withUnsafeBytes { bytes.append(contentsOf: $0) }
    if let extensions = message.extensions {
      datagram.extracting(extensions).withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
    var record = Record(
      form: .queuedError, family: family, protocolName: .udp,
      source: family == .ipv4
        ? IPAddress(ipv4: datagram.uint32(at: 12))
        : IPAddress(high: datagram.uint64(at: 8), low: datagram.uint64(at: 16)),
      stamp: stamp, stampSource: stampSource, range: start..<bytes.count)
    if message.extensions != nil { record.extensionOffset = quoted.payload.count }
    record.quotedDestination = quoted.destination
    record.quotedPort = quoted.destinationPort ?? 0
    record.localIdentity = quoted.sourcePort ?? 0
    record.hopLimit = datagram.uint8(at: family == .ipv4 ? 8 : 7)
    record.errorType = message.type
    record.errorCode = message.code
    record.errorInfo = message.nextHopMTU ?? 0
    record.launch = launch
    records.append(record)
    return true
  }
}
