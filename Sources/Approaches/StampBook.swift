import Packets
import Probing
import Time
import Tracing

/// The kernel's stamps of probes and replies beside those that judge, to know by how much these are wrong.
///
/// A transport sees bytes: which reply is for which probe is found here by the same identities as in `ProbeTable`, as
/// the probes carry them and the replies quote them. Kept apart from the path that counts, it decides nothing.
struct StampBook {
  private struct Departure {
    let engine: Instant
    var kernel: Instant?
    let identity: WireIdentity
  }

  private var departures: [LaunchID: Departure] = [:]
  private var launches: [WireIdentity: LaunchID] = [:]
  /// Who judges.
  private let stamps: StampSource

  /// Probes known at once; the book begins anew when it is full.
  private static let mostDepartures = 65_536

  init(_ stamps: StampSource) { self.stamps = stamps }

  mutating func note(_ batch: borrowing DepartureBatch) {
    if departures.count + batch.records.count > Self.mostDepartures {
      departures = [:]
      launches = [:]
    }
    for record in batch.records {
      guard case .departed(let instant, _) = record.result else { continue }
      let identity = Self.identity(of: record, batch.bytes)
      launches[identity] = record.launch
      departures[record.launch] = Departure(engine: instant, kernel: nil, identity: identity)
    }
  }

  mutating func note(departure record: ArrivalBatch.Record) {
    guard let launch = record.launch, record.stampSource == .kernel else { return }
    departures[launch]?.kernel = record.stamp
  }

  /// An arrival that is handed over; one that is no reply to a probe of ours is passed over.
  ///
  /// - Parameters:
  ///   - judged: with the stamp that judges it.
  ///   - original: with the kernel's stamp.
  ///   - bytes: the arrival's.
  mutating func note(
    _ judged: ArrivalBatch.Record, original: ArrivalBatch.Record, _ bytes: RawSpan, _ causes: ReactorCauses
  ) {
    guard original.stampSource == .kernel, let parsed = ReplyParser.parse(original, bytes),
      let launch = launch(of: parsed.key), let departure = departures.removeValue(forKey: launch)
    else { return }
    launches[departure.identity] = nil
    guard let kernel = departure.kernel else { return }
    // Judged by the kernel's stamps, a departure counts as the kernel stamped it.
    let left =
      switch stamps {
      case .kernel: kernel
      case .program: departure.engine
      }
    causes.note(judged.stamp - left, kernel: original.stamp - kernel)
  }

  private func launch(of key: ParsedReply.Key) -> LaunchID? {
    switch key {
    case .identity(let identity), .echo(let identity): launches[identity]
    case .launch(let launch): launch
    case .ambiguous: nil
    case .datagram(_, _, _, let launch): launch
    }
  }

  /// What a probe carries: an echo request's identifier and sequence number stand at 4 and 6 (RFC 792), a UDP
  /// datagram's source port at 0, and our number behind its header and mark (`UDPProtocol`).
  private static func identity(of record: DepartureBatch.Record, _ bytes: [UInt8]) -> WireIdentity {
    let message = bytes[record.range]
    let name = record.method.protocolName
    let (local, number) =
      switch name {
      case .icmp: (4, 6)
      case .udp: (0, 10)
      case .tcp: preconditionFailure("TCP probes come out of captures, and are not sent.")
      }
    return WireIdentity(
      protocolName: name, destination: record.destination, local: word(message, at: local), port: record.port,
      sequence: word(message, at: number))
  }

  /// Two bytes in network order; 0 where the message is shorter.
  private static func word(_ message: ArraySlice<UInt8>, at offset: Int) -> UInt16 {
    let place = message.startIndex + offset
    guard place + 1 < message.endIndex else { return 0 }
    return UInt16(message[place]) << 8 | UInt16(message[place + 1])
  }
}
