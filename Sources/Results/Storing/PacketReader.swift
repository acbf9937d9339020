import FoundationEssentials
import Packets
import Probing
import Time
import Tracing

/// Reads what `PacketWriter` wrote, or somebody says it did.
struct PacketReader {
  private let bytes: [UInt8]
  private let began: Instant
  private let request: TraceRequest
  private var place = 0

  /// As long as anything in a result lasts: ten years, in nanoseconds. Sums of such times cannot overflow.
  private static let longest: Int64 = 315_360_000 * 1_000_000_000
  /// The longest text read: errors of the system are sentences.
  private static let longestText = 1_024

  /// The record that a text holds.
  ///
  /// - Throws: `malformed`, with the place in the bytes.
  static func record(_ text: String, of request: TraceRequest, from began: Instant) throws(StoreFormError)
    -> PacketRecord
  {
    guard let data = Data(base64Encoded: text) else { throw .malformed("packets: not base64") }
    var reader = PacketReader(Array(data), request, began)
    return try reader.read()
  }

  private init(_ bytes: [UInt8], _ request: TraceRequest, _ began: Instant) {
    self.bytes = bytes
    self.request = request
    self.began = began
  }

  private mutating func read() throws(StoreFormError) -> PacketRecord {
    guard try byte() == PacketTag.version else { throw wrong("a version that is not known") }
    var record = PacketRecord()
    while try readOne(into: &record) {}
    // What was left out came behind all that was kept, so the order is that of the events.
    let (leftOut, foreign) = (try count(), try count())
    guard place == bytes.count else { throw wrong("something behind the end") }
    record.leaveOut(leftOut, foreign: foreign)
    return record
  }

  /// Reads a packet or a step; false at the end.
  private mutating func readOne(into record: inout PacketRecord) throws(StoreFormError) -> Bool {
    let tag = try byte()
    switch tag {
    case PacketTag.end: return false
    case PacketTag.departed: record.apply(PacketEvent.departed(try departure()))
    case PacketTag.arrived: record.apply(PacketEvent.arrived(try arrival()))
    default:
      let step = try step(tag)
      record.apply(PacketEvent.told(step, at: try moment()))
    }
    guard record.leftOut == 0, record.foreignLeftOut == 0 else { throw wrong("more packets than are kept") }
    return true
  }

  private mutating func departure() throws(StoreFormError) -> PacketDeparture {
    let flags = try flags()
    let id = try probe()
    let probe = Probe(
      id: id, flow: FlowID(try small()), ownSocket: flags.contains(.ownSocket))
    let method = ProbeMethod(
      protocolName: flags.protocolName, socket: try word(), family: flags.family)
    let destination = try address()
    let source = flags.contains(.source) ? try address() : nil
    let interface = try number()
    let port = try small()
    let hopLimit = try byte()
    let (queued, handedOver, departure, settled) = (try moment(), try moment(), try moment(), try moment())
    var packet = PacketDeparture(
      probe: probe, method: method, source: source, destination: destination, hopLimit: hopLimit, queued: queued,
      handedOver: handedOver, departure: departure, stamp: flags.stamp, settled: settled,
      bytes: try string(most: ArrivalBatch.mostBytes))
    packet.port = port
    guard let index = UInt32(exactly: interface) else { throw wrong("an interface that cannot be") }
    packet.interfaceIndex = index
    return packet
  }

  private mutating func arrival() throws(StoreFormError) -> PacketArrival {
    let flags = try flags()
    guard let form = ArrivalForm(rawValue: try byte()) else { throw wrong("a form that is not known") }
    let source = flags.contains(.source) ? try address() : nil
    let destination = flags.contains(.quotedDestination) ? try address() : nil
    let hopLimit = flags.contains(.hopLimit) ? try byte() : nil
    let offset = flags.contains(.extensions) ? Int(try small()) : nil
    let (port, local) = (try small(), try small())
    let (type, code) = (try byte(), try byte())
    guard let info = UInt32(exactly: try number()) else { throw wrong("ee_info that cannot be") }
    let (stamp, read) = (try moment(), try moment())
    let match: PacketMatch
    switch try byte() {
    case 0: match = .probe(try probe(), by: try word())
    case 1: match = .ambiguous
    case 2: match = .unknown
    case 3: match = .unreadable
    default: throw wrong("a match that is not known")
    }
    let verdict = try verdict()
    var packet = PacketArrival(
      form: form, family: flags.family, protocolName: flags.protocolName, source: source,
      stamp: stamp, stampSource: flags.stamp, read: read, match: match,
      bytes: try string(most: ArrivalBatch.mostBytes))
    packet.quotedDestination = destination
    packet.quotedPort = port
    packet.localIdentity = local
    packet.hopLimit = hopLimit
    packet.errorType = type
    packet.errorCode = code
    packet.errorInfo = info
    packet.extensionOffset = offset
    packet.isOnOwnSocket = flags.contains(.ownSocket)
    packet.verdict = verdict
    return packet
  }

  private mutating func verdict() throws(StoreFormError) -> PacketVerdict? {
    let number = Int(try byte())
    guard number > 0 else { return nil }
    guard number <= PacketVerdict.allCases.count else { throw wrong("a verdict that is not known") }
    return PacketVerdict.allCases[number - 1]
  }

  private mutating func step(_ tag: UInt8) throws(StoreFormError) -> TracerStep {
    switch tag {
    case PacketTag.restamped: return .restamped(try probe(), departure: try moment())
    case PacketTag.unsendable:
      let id = try probe()
      let call = try text()
      guard let errno = UInt32(exactly: try number()) else { throw wrong("an errno that cannot be") }
      let (reason, advice) = (try text(), try text())
      return .unsendable(
        id,
        SendFailure(
          call: call, errno: Int32(bitPattern: errno), reason: reason, advice: advice.isEmpty ? nil : advice))
    case PacketTag.ambiguous: return .ambiguous
    case PacketTag.tick: return .tick
    case PacketTag.cancel: return .cancel
    default: throw wrong("a tag that is not known")
    }
  }

  private mutating func flags() throws(StoreFormError) -> PacketFlags {
    let flags = PacketFlags(rawValue: try number())
    guard PacketFlags.all.isSuperset(of: flags) else { throw wrong("flags that are not known") }
    return flags
  }

  private mutating func probe() throws(StoreFormError) -> ProbeID {
    guard let ttl = TTL(Int(try byte())), (request.firstTTL...request.lastTTL).contains(ttl) else {
      throw wrong("a TTL that was not asked for")
    }
    return ProbeID(ttl: ttl, attempt: try small())
  }

  private mutating func address() throws(StoreFormError) -> IPAddress {
    func half(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
    switch try byte() {
    case 4: return IPAddress(ipv4: UInt32(truncatingIfNeeded: half(try take(4))))
    case 6: return IPAddress(high: half(try take(8)), low: half(try take(8)))
    default: throw wrong("an address of no family")
    }
  }

  private mutating func moment() throws(StoreFormError) -> Instant {
    let value = try number()
    let offset = Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    guard (-Self.longest...Self.longest).contains(offset) else { throw wrong("a moment longer than ten years away") }
    return began + Duration(nanoseconds: offset)
  }

  private mutating func word<Word: CaseIterable>() throws(StoreFormError) -> Word {
    let all = Array(Word.allCases)
    let place = Int(try byte())
    guard all.indices.contains(place) else { throw wrong("a word that is not known") }
    return all[place]
  }

  private mutating func text() throws(StoreFormError) -> String {
    guard let text = String(validating: try string(most: Self.longestText), as: UTF8.self) else {
      throw wrong("a text that is not UTF-8")
    }
    return text
  }

  private mutating func string(most: Int) throws(StoreFormError) -> [UInt8] {
    let length = try number()
    guard length <= UInt64(most) else { throw wrong("a string of \(length) bytes") }
    return Array(try take(Int(length)))
  }

  private mutating func small() throws(StoreFormError) -> UInt16 {
    guard let value = UInt16(exactly: try number()) else { throw wrong("a number above 65,535") }
    return value
  }

  private mutating func count() throws(StoreFormError) -> Int {
    let value = try number()
    guard value <= UInt64(StoredTrace.mostCounted) else { throw wrong("a count out of range") }
    return Int(value)
  }

  private mutating func number() throws(StoreFormError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      let next = try byte()
      value |= UInt64(next & 0x7f) << shift
      if next & 0x80 == 0 { return value }
    }
    throw wrong("a number without end")
  }

  private mutating func byte() throws(StoreFormError) -> UInt8 {
    guard let byte = try take(1).first else { throw wrong("nothing") }
    return byte
  }

  private mutating func take(_ count: Int) throws(StoreFormError) -> ArraySlice<UInt8> {
    guard count <= bytes.count - place else { throw .malformed("packets: cut off at byte \(bytes.count)") }
    defer { place += count }
    return bytes[place..<place + count]
  }

  private func wrong(_ what: String) -> StoreFormError { .malformed("packets: \(what), at byte \(place)") }
}

extension PacketFlags {
  fileprivate var family: AddressFamily { contains(.ipv6) ? .ipv6 : .ipv4 }
  fileprivate var stamp: StampSource { contains(.programStamp) ? .program : .kernel }
}
