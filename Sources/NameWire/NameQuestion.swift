import Packets

/// What is asked of a name server: the records of one type that a name has.
package struct NameQuestion: Hashable, Sendable, CustomStringConvertible {
  /// Whose records.
  package var name: DomainName
  /// Which of them.
  package var type: RecordType

  /// A question in the class of the internet, the only one in use.
  package init(_ name: DomainName, _ type: RecordType) {
    self.name = name
    self.type = type
  }

  /// As in `9.2.0.192.in-addr.arpa PTR`.
  package var description: String { "\(name) \(type)" }
}

/// A record of a name (RFC 1035 section 3.2.1), of a type that is asked for here.
package struct NameRecord: Hashable, Sendable {
  /// What a record says.
  package enum Content: Hashable, Sendable {
    /// A or AAAA, by the family.
    case address(IPAddress)
    /// CNAME: the name that this one is another word for.
    case canonicalName(DomainName)
    /// PTR.
    case pointer(DomainName)
    /// TXT: its strings one after the other, which is how every user of the type reads them.
    case text([UInt8])
  }

  /// Whose record it is.
  package var name: DomainName
  /// How long it may be kept, in seconds.
  package var timeToLive: UInt32
  /// What it says.
  package var content: Content

  /// A record in the class of the internet.
  package init(_ name: DomainName, timeToLive: UInt32, _ content: Content) {
    self.name = name
    self.timeToLive = timeToLive
    self.content = content
  }
}

extension NameRecord.Content {
  /// The type that goes with it.
  package var type: RecordType {
    switch self {
    case .address(let address): address.family == .ipv4 ? .a : .aaaa
    case .canonicalName: .cname
    case .pointer: .ptr
    case .text: .txt
    }
  }
}

/// What a name server says about the question as a whole (RFC 1035 section 4.1.1).
package struct ResponseCode: RawRepresentable, Hashable, Sendable {
  /// 0…15.
  package let rawValue: UInt8

  /// The code with that number, of which only the low four bits count.
  package init(rawValue: UInt8) { self.rawValue = rawValue & 0xf }

  /// The answers are the answer, also when there are none.
  package static let noError = ResponseCode(rawValue: 0)
  /// FORMERR: the server could not read the question.
  package static let formatError = ResponseCode(rawValue: 1)
  /// SERVFAIL: the server could not find out.
  package static let serverFailure = ResponseCode(rawValue: 2)
  /// NXDOMAIN: there is no such name.
  package static let noSuchName = ResponseCode(rawValue: 3)
  /// NOTIMP: the server does not know this kind of question.
  package static let notImplemented = ResponseCode(rawValue: 4)
  /// REFUSED: the server does not answer this to us.
  package static let refused = ResponseCode(rawValue: 5)
}

extension ResponseCode: CustomStringConvertible {
  /// The code's name in the registry, as in `SERVFAIL`.
  package var description: String {
    switch self {
    case .noError: "NOERROR"
    case .formatError: "FORMERR"
    case .serverFailure: "SERVFAIL"
    case .noSuchName: "NXDOMAIN"
    case .notImplemented: "NOTIMP"
    case .refused: "REFUSED"
    case _: "RCODE \(rawValue)"
    }
  }
}
