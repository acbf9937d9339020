import Glibc
import Packets
import Probing
import SystemIO
import Time
import Tracing

/// A path of routers that answers as a table says, by sockets that are one end of a pair each.
///
/// The stamps are the table's own, so that a test knows to the nanosecond what the kernel said: a probe leaves when it
/// is sent, and its reply arrives `arrival` later, whenever it is read.
final class ScriptedNet: ProbeSocketSource {
  /// What becomes of the probes of one TTL.
  enum Hop: Hashable, Sendable {
    /// The answer lies in the socket as soon as the probe has left.
    case answers
    /// The answer lies in the socket when the test says so (`answer`).
    case answersWhenTold
    /// As `answers`, and whoever reads it is kept from doing so until that long after the departure.
    case stallsReader(Duration)
    /// Somebody else's packet comes first, then the answer.
    case answersBehindStranger
    case silent
    /// There is no socket for it.
    case refused
  }

  /// A reply as it lies in a socket: its bytes, and the probe's own departure.
  struct Answer: Sendable {
    let ttl: UInt8
    let launch: LaunchID
    let departure: Instant
    let bytes: [UInt8]
  }

  static let target = IPAddress(203, 0, 113, 80)
  static let source = IPAddress(192, 168, 1, 2)
  static let method = ProbeMethod(protocolName: .icmp, socket: .lab, family: .ipv4)

  private struct State: Sendable {
    /// Probes whose answer the test has still to ask for.
    var waiting: [UInt8: [@Sendable () -> Void]] = [:]
    var open = 0
    var mostOpen = 0
    var sent: [UInt8] = []
  }

  let hops: [Hop]
  /// By how much the stamp of a reply is behind the departure's.
  let arrival: Duration
  /// Whether there is no transport for a reactor.
  private let refusesTransport: Bool
  private let state = Locked(State())

  /// - Parameter hops: by TTL from 1 on; the last is the target.
  init(_ hops: [Hop], arrival: Duration = .milliseconds(1), refusesTransport: Bool = false) {
    self.refusesTransport = refusesTransport
    self.hops = hops
    self.arrival = arrival
  }

  /// Sockets open now, and most at once.
  var sockets: (now: Int, most: Int) { state.withLock { ($0.open, $0.mostOpen) } }

  /// TTLs of the probes that left, in order.
  var sent: [UInt8] { state.withLock { $0.sent } }

  func hop(_ ttl: UInt8) -> Hop { hops[min(Int(ttl), hops.count) - 1] }

  /// Who answers at a TTL.
  func responder(_ ttl: UInt8) -> IPAddress { Int(ttl) >= hops.count ? Self.target : IPAddress(192, 0, 2, ttl) }

  /// Lets the answers to the probes of that TTL come, which have left.
  func answer(_ ttl: UInt8) {
    for put in state.withLock({ $0.waiting.removeValue(forKey: ttl) ?? [] }) { put() }
  }

  func open(_ method: ProbeMethod, flow: FlowID) throws(SendFailure) -> UInt16 { 0x4242 }

  func makeSocket(for record: DepartureBatch.Record) throws(SendFailure) -> any ProbeSocket {
    guard hop(record.hopLimit) != .refused else { throw Self.refusal }
    state.withLock { state in
      state.open += 1
      state.mostOpen = max(state.mostOpen, state.open)
    }
    return ScriptedSocket(self)
  }

  func makeSharedSocket(_ method: ProbeMethod, flow: FlowID) throws(SendFailure) -> any ProbeSocket {
    throw Self.refusal
  }

  var keptDescriptors: Int { 0 }

  /// The timer of its mailbox.
  var transportDescriptors: Int { 1 }

  func makeTransport(on loop: EventLoop) throws(SystemError) -> sending any Transport {
    guard !refusesTransport else { throw SystemError(call: "timerfd_create", errno: EMFILE) }
    return ScriptedTransport(self, try ScriptedTransport.Mailbox(on: loop))
  }

  static let refusal = SendFailure(call: "socket", errno: EMFILE, reason: "too many open files")

  func closed() { state.withLock { $0.open -= 1 } }

  /// Notes a departure, and has the answer put where it belongs, now or when told.
  func depart(
    _ record: DepartureBatch.Record, _ bytes: [UInt8], at departure: Instant,
    put: @escaping @Sendable (Answer) -> Void
  ) {
    let ttl = record.hopLimit
    let answer = Answer(
      ttl: ttl, launch: record.launch, departure: departure, bytes: message(to: Array(bytes[record.range]), ttl))
    let stranger = Answer(ttl: ttl, launch: record.launch, departure: departure, bytes: [3, 1, 0, 0, 0, 0, 0, 0])
    state.withLock { $0.sent.append(ttl) }
    switch hop(ttl) {
    case .answers, .stallsReader: put(answer)
    case .answersBehindStranger:
      put(stranger)
      put(answer)
    case .answersWhenTold: state.withLock { $0.waiting[ttl, default: []].append { put(answer) } }
    case .silent, .refused: break
    }
  }

  /// The ICMP message that answers a probe: an echo reply, or a time exceeded that quotes it.
  private func message(to probe: [UInt8], _ ttl: UInt8) -> [UInt8] {
    var writer = ByteWriter()
    if responder(ttl) == Self.target {
      ICMPMessage.writeEcho(
        isReply: true, family: .ipv4, identifier: UInt16(probe[4]) << 8 | UInt16(probe[5]),
        sequence: UInt16(probe[6]) << 8 | UInt16(probe[7]), payload: probe.span.bytes.extracting(8..<probe.count),
        checksum: .message, into: &writer)
      return writer.bytes
    }
    var quote = ByteWriter()
    IPv4Header(
      source: Self.source, destination: Self.target, protocolNumber: .icmp, timeToLive: 1, payloadLength: probe.count
    ).write(into: &quote)
    quote.append(probe.span.bytes)
    ICMPMessage.writeError(
      family: .ipv4, type: ICMPType.timeExceeded, code: 0, quote: quote.bytes.span.bytes, checksum: .message,
      into: &writer)
    return writer.bytes
  }

  /// Appends an answer as a socket would hand it out: the departure's stamp, then the reply.
  func append(_ answer: Answer, to batch: inout ArrivalBatch) {
    if case .stallsReader(let stall) = hop(answer.ttl) { Self.wait(until: answer.departure + stall) }
    let start = batch.bytes.count
    var departure = ArrivalBatch.Record(
      form: .departureStamp, family: .ipv4, protocolName: .icmp, source: nil, stamp: answer.departure,
      stampSource: .kernel, range: start..<start)
    departure.launch = answer.launch
    batch.records.append(departure)
    batch.bytes += answer.bytes
    batch.records.append(
      ArrivalBatch.Record(
        form: .icmpMessage, family: .ipv4, protocolName: .icmp, source: responder(answer.ttl),
        stamp: answer.departure + arrival, stampSource: .kernel, range: start..<batch.bytes.count))
  }

  /// Holds the calling thread, which is one of the engine's: that the time passes is what is waited for.
  private static func wait(until instant: Instant) {
    while true {
      let left = (instant - MonotonicClock.now).nanoseconds
      guard left > 0 else { return }
      var time = timespec(tv_sec: Int(left / 1_000_000_000), tv_nsec: Int(left % 1_000_000_000))
      nanosleep(&time, nil)
    }
  }
}
