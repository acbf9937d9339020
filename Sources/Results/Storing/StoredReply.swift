import Packets
import Time
import Tracing

/// A `Reply` in the store form.
struct StoredReply: Codable {
  /// The cases of `ReplyKind`.
  enum Kind: String, Codable {
    case exceeded, echo, unreachable, datagram, reset
    case synAck = "syn_ack"
  }

  var from: IPAddress
  var kind: Kind
  /// Only of an unreachable.
  var code: StoredCode?
  var icmpType: UInt8?
  var icmpCode: UInt8?
  var replyTTL: UInt8?
  var quotedTTL: UInt8?
  var extensions: [ExtensionDocument]?
  var arrival: StoredOffset
  var stamp: StampSource
  var read: StoredOffset

  enum CodingKeys: String, CodingKey {
    case from, kind, code, extensions, arrival, stamp, read
    case icmpType = "icmp_type"
    case icmpCode = "icmp_code"
    case replyTTL = "reply_ttl"
    case quotedTTL = "quoted_ttl"
  }

  init(_ reply: Reply, from beginning: Instant) {
    from = reply.responder
    switch reply.kind {
    case .timeExceeded: kind = .exceeded
    case .echoReply: kind = .echo
    case .unreachable(let code):
      kind = .unreachable
      self.code = StoredCode(code)
    case .datagram: kind = .datagram
    case .reset: kind = .reset
    case .synAck: kind = .synAck
    }
    icmpType = reply.icmpType
    icmpCode = reply.icmpCode
    replyTTL = reply.replyTTL
    quotedTTL = reply.quotedTTL
    extensions = reply.extensions.isEmpty ? nil : reply.extensions.map { ExtensionDocument($0) }
    arrival = StoredOffset(reply.arrival, from: beginning)
    stamp = reply.stamp
    read = StoredOffset(reply.read, from: beginning)
  }

  func reply(from beginning: Instant) throws(StoreFormError) -> Reply {
    let objects = try (extensions ?? []).map { object throws(StoreFormError) in
      guard let object = ICMPExtensionObject(object) else {
        throw .malformed("reply.extensions: a field is out of range")
      }
      return object
    }
    return Reply(
      responder: from, kind: try replyKind, icmpType: icmpType, icmpCode: icmpCode, replyTTL: replyTTL,
      quotedTTL: quotedTTL, extensions: objects, arrival: arrival.instant(from: beginning), stamp: stamp,
      read: read.instant(from: beginning))
  }

  private var replyKind: ReplyKind {
    get throws(StoreFormError) {
      switch kind {
      case .exceeded: return .timeExceeded
      case .echo: return .echoReply
      case .unreachable:
        guard let code else { throw .malformed("reply.code is missing") }
        return .unreachable(code.value)
      case .datagram: return .datagram
      case .reset: return .reset
      case .synAck: return .synAck
      }
    }
  }
}

/// An `UnreachableCode` in the store form.
struct StoredCode: Codable {
  var family: AddressFamily
  var type: UInt8
  var code: UInt8
  var mtu: UInt32?

  init(_ code: UnreachableCode) {
    family = code.family
    type = code.type
    self.code = code.code
    mtu = code.mtu
  }

  var value: UnreachableCode { UnreachableCode(family: family, type: type, code: code, mtu: mtu) }
}

extension ICMPExtensionObject {
  /// The object of a document; nil when a number is out of the range of its field on the wire.
  init?(_ document: ExtensionDocument) {
    switch document {
    case .mpls(let documents):
      let labels = documents.compactMap { MPLSLabel($0) }
      guard labels.count == documents.count else { return nil }
      self = .mpls(labels)
    case .interface(let document):
      guard let interface = InterfaceInformation(document) else { return nil }
      self = .interfaceInformation(interface)
    case .unknown(let object):
      guard let classNumber = UInt8(exactly: object.classNumber), let type = UInt8(exactly: object.type),
        let bytes = Self.bytes(hexadecimal: object.bytes)
      else { return nil }
      self = .unknown(classNumber: classNumber, type: type, bytes: bytes)
    }
  }

  private static func bytes(hexadecimal text: String) -> [UInt8]? {
    let digits = text.utf8.compactMap { Unicode.Scalar($0).properties.numericType == nil ? hexLetter($0) : $0 - 0x30 }
    guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  private static func hexLetter(_ byte: UInt8) -> UInt8? {
    (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte) ? byte - UInt8(ascii: "a") + 10 : nil
  }
}

extension MPLSLabel {
  fileprivate init?(_ document: ExtensionDocument.Label) {
    guard (0...0xf_ffff).contains(document.label), (0...7).contains(document.trafficClass),
      let ttl = UInt8(exactly: document.ttl)
    else { return nil }
    self.init(
      label: UInt32(document.label), trafficClass: UInt8(document.trafficClass),
      bottomOfStack: document.bottomOfStack, timeToLive: ttl)
  }
}

extension InterfaceInformation {
  /// Names are written with escapes, of up to ten characters for one of theirs.
  private static let longestWrittenName = 10 * longestName

  fileprivate init?(_ document: ExtensionDocument.Interface) {
    guard let role = Role.allCases.first(where: { $0.word == document.role }) else { return nil }
    self.init(role: role, name: document.name)
    if let index = document.index {
      guard let number = UInt32(exactly: index) else { return nil }
      self.index = number
    }
    if let mtu = document.mtu {
      guard let number = UInt32(exactly: mtu) else { return nil }
      self.mtu = number
    }
    if let text = document.address {
      guard let address = IPAddress(text) else { return nil }
      self.address = address
    }
    guard document.name.map({ $0.utf8.count <= Self.longestWrittenName }) ?? true else { return nil }
  }
}
