import FoundationEssentials
import Packets
import Probing
import Time
import Tracing

// A `PacketRecord` in the store form: the text of base64 over bytes, since a trace has as many packets as the rest of its
// document has words.
//
//     version 1 │ packets and steps, in the order in which they were told │ 0 │ left out │ foreign left out
//
// Each packet or step begins with its tag. Numbers are LEB128 (seven bits a byte, the lowest first, the eighth says that more
// follow); a moment is the nanoseconds since the trace began, with its sign in the lowest bit; an address is 4 or 6 and
// its bytes; bytes and texts come behind their number. What may be missing has a bit in the flags in front.

/// The tags of the packets' store form.
enum PacketTag {
  static let version: UInt8 = 1
  static let end: UInt8 = 0
  static let departed: UInt8 = 1
  static let arrived: UInt8 = 2
  static let restamped: UInt8 = 3
  static let unsendable: UInt8 = 4
  static let ambiguous: UInt8 = 5
  static let tick: UInt8 = 6
  static let cancel: UInt8 = 7
}

/// Bits of the flags of a departure and of an arrival.
struct PacketFlags: OptionSet {
  let rawValue: UInt64

  init(rawValue: UInt64) { self.rawValue = rawValue }

  static let ownSocket = PacketFlags(rawValue: 1)
  static let programStamp = PacketFlags(rawValue: 2)
  static let udp = PacketFlags(rawValue: 4)
  static let ipv6 = PacketFlags(rawValue: 8)
  static let source = PacketFlags(rawValue: 16)
  static let quotedDestination = PacketFlags(rawValue: 32)
  static let hopLimit = PacketFlags(rawValue: 64)
  static let extensions = PacketFlags(rawValue: 128)
  static let tcp = PacketFlags(rawValue: 256)
  static let all = PacketFlags(rawValue: 511)

  /// The protocol that the flags say.
  var protocolName: ProbeProtocolName { contains(.tcp) ? .tcp : contains(.udp) ? .udp : .icmp }

  /// The flag of a protocol.
  init(_ name: ProbeProtocolName) {
    switch name {
    case .icmp: self = []
    case .udp: self = .udp
    case .tcp: self = .tcp
    }
  }
}

/// Writes a record as bytes.
struct PacketWriter {
  private let began: Instant
  private var bytes: [UInt8] = [PacketTag.version]

  /// The text of a record.
  ///
  /// - Parameter began: when its trace did.
  static func text(_ record: PacketRecord, from began: Instant) -> String {
    var writer = PacketWriter(began: began)
    writer.write(record)
    return Data(writer.bytes).base64EncodedString()
  }

  private init(began: Instant) { self.began = began }

  private mutating func write(_ record: PacketRecord) {
    for step in record.steps {
      switch step {
      case .departed(let place): write(record.departures[place])
      case .arrived(let place): write(record.arrivals[place])
      case .told(let step, at: let instant): write(step, instant)
      }
    }
    bytes.append(PacketTag.end)
    number(UInt64(record.leftOut))
    number(UInt64(record.foreignLeftOut))
  }

  private mutating func write(_ packet: PacketDeparture) {
    bytes.append(PacketTag.departed)
    var flags = PacketFlags()
    if packet.probe.ownSocket { flags.insert(.ownSocket) }
    if packet.toldStamp == .program { flags.insert(.programStamp) }
    flags.formUnion(PacketFlags(packet.method.protocolName))
    if packet.method.family == .ipv6 { flags.insert(.ipv6) }
    if packet.source != nil { flags.insert(.source) }
    number(flags.rawValue)
    probe(packet.probe.id)
    number(UInt64(packet.probe.flow.value))
    index(of: packet.method.socket)
    address(packet.destination)
    if let source = packet.source { address(source) }
    number(UInt64(packet.interfaceIndex))
    number(UInt64(packet.port))
    bytes.append(packet.hopLimit)
    for instant in [packet.queued, packet.handedOver, packet.toldDeparture, packet.settled] { moment(instant) }
    string(packet.bytes)
  }

  private mutating func write(_ packet: PacketArrival) {
    bytes.append(PacketTag.arrived)
    var flags = PacketFlags()
    if packet.isOnOwnSocket { flags.insert(.ownSocket) }
    if packet.stampSource == .program { flags.insert(.programStamp) }
    flags.formUnion(PacketFlags(packet.protocolName))
    if packet.family == .ipv6 { flags.insert(.ipv6) }
    if packet.source != nil { flags.insert(.source) }
    if packet.quotedDestination != nil { flags.insert(.quotedDestination) }
    if packet.hopLimit != nil { flags.insert(.hopLimit) }
    if packet.extensionOffset != nil { flags.insert(.extensions) }
    number(flags.rawValue)
    bytes.append(packet.form.rawValue)
    if let source = packet.source { address(source) }
    if let destination = packet.quotedDestination { address(destination) }
    if let hopLimit = packet.hopLimit { bytes.append(hopLimit) }
    if let offset = packet.extensionOffset { number(UInt64(max(0, offset))) }
    number(UInt64(packet.quotedPort))
    number(UInt64(packet.localIdentity))
    bytes += [packet.errorType, packet.errorCode]
    number(UInt64(packet.errorInfo))
    moment(packet.stamp)
    moment(packet.read)
    switch packet.match {
    case .probe(let id, let key):
      bytes.append(0)
      probe(id)
      index(of: key)
    case .ambiguous: bytes.append(1)
    case .unknown: bytes.append(2)
    case .unreadable: bytes.append(3)
    }
    if let verdict = packet.verdict { index(of: verdict, from: 1) } else { bytes.append(0) }
    string(packet.bytes)
  }

  private mutating func write(_ step: TracerStep, _ instant: Instant) {
    switch step {
    case .restamped(let id, let departure):
      bytes.append(PacketTag.restamped)
      probe(id)
      moment(departure)
    case .unsendable(let id, let failure):
      bytes.append(PacketTag.unsendable)
      probe(id)
      string(failure.call.utf8)
      number(UInt64(UInt32(bitPattern: failure.errno)))
      string(failure.reason.utf8)
      string((failure.advice ?? "").utf8)
    case .ambiguous: bytes.append(PacketTag.ambiguous)
    case .tick: bytes.append(PacketTag.tick)
    case .cancel: bytes.append(PacketTag.cancel)
    }
    moment(instant)
  }

  private mutating func probe(_ id: ProbeID) {
    bytes.append(id.ttl.value)
    number(UInt64(id.attempt))
  }

  private mutating func address(_ address: IPAddress) {
    let (length, first, second): (UInt8, UInt64, UInt64) =
      switch address.family {
      case .ipv4: (4, 0, address.low)
      case .ipv6: (6, address.high, address.low)
      }
    bytes.append(length)
    if length == 6 { for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(first >> shift & 0xff)) } }
    for shift in stride(from: length == 6 ? 56 : 24, through: 0, by: -8) { bytes.append(UInt8(second >> shift & 0xff)) }
  }

  private mutating func moment(_ instant: Instant) {
    let offset = (instant - began).nanoseconds
    number(UInt64(bitPattern: offset << 1 ^ offset >> 63))
  }

  private mutating func index<Word: CaseIterable & Equatable>(of word: Word, from first: UInt8 = 0) {
    let place = Word.allCases.enumerated().first { $0.element == word }?.offset ?? 0
    bytes.append(first + UInt8(place))
  }

  private mutating func string(_ text: some Collection<UInt8>) {
    number(UInt64(text.count))
    bytes += text
  }

  private mutating func number(_ value: UInt64) {
    var rest = value
    while rest > 0x7f {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
