import Packets

/// One object of an ICMP extension structure in its JSON form; the field `kind` says which.
package enum ExtensionDocument: Hashable, Sendable {
  /// RFC 4950, outermost label first.
  case mpls([Label])
  /// RFC 5837.
  case interface(Interface)
  /// Any other, its bytes in hexadecimal.
  case unknown(Unknown)

  package struct Label: Codable, Hashable, Sendable {
    package var label: Int
    package var trafficClass: Int
    package var bottomOfStack: Bool
    package var ttl: Int

    enum CodingKeys: String, CodingKey {
      case label, ttl
      case trafficClass = "traffic_class"
      case bottomOfStack = "bottom_of_stack"
    }
  }

  package struct Interface: Codable, Hashable, Sendable {
    package var role: String
    @ExplicitNull package var index: Int? = nil
    @ExplicitNull package var address: String? = nil
    @ExplicitNull package var name: String? = nil
    @ExplicitNull package var mtu: Int? = nil
  }

  package struct Unknown: Codable, Hashable, Sendable {
    package var classNumber: Int
    package var type: Int
    package var bytes: String

    enum CodingKeys: String, CodingKey {
      case type, bytes
      case classNumber = "class"
    }
  }

  /// The JSON form of an object as it was parsed.
  package init(_ object: ICMPExtensionObject) {
    switch object {
    case .mpls(let labels):
      self = .mpls(
        labels.map {
          Label(
            label: Int($0.label), trafficClass: Int($0.trafficClass), bottomOfStack: $0.bottomOfStack,
            ttl: Int($0.timeToLive))
        })
    case .interfaceInformation(let interface):
      self = .interface(
        Interface(
          role: interface.role.word, index: interface.index.map(Int.init), address: interface.address?.description,
          name: interface.name, mtu: interface.mtu.map(Int.init)))
    case .unknown(let classNumber, let type, let bytes):
      self = .unknown(Unknown(classNumber: Int(classNumber), type: Int(type), bytes: Self.hexadecimal(bytes)))
    }
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

extension ExtensionDocument: Codable {
  private enum Kind: String, Codable {
    case mpls, interface, unknown
  }

  private enum CodingKeys: String, CodingKey {
    case kind, labels
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    switch try container.decode(Kind.self, forKey: .kind) {
    case .mpls: self = .mpls(try container.decode([Label].self, forKey: .labels))
    case .interface: self = .interface(try Interface(from: decoder))
    case .unknown: self = .unknown(try Unknown(from: decoder))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .mpls(let labels):
      try container.encode(Kind.mpls, forKey: .kind)
      try container.encode(labels, forKey: .labels)
    case .interface(let interface):
      try container.encode(Kind.interface, forKey: .kind)
      try interface.encode(to: encoder)
    case .unknown(let object):
      try container.encode(Kind.unknown, forKey: .kind)
      try object.encode(to: encoder)
    }
  }
}

extension InterfaceInformation.Role {
  /// The role as one word, the same in text and in JSON.
  package var word: String {
    switch self {
    case .incoming: "incoming"
    case .incomingSubInterface: "incoming_part"
    case .outgoing: "outgoing"
    case .nextHop: "next_hop"
    }
  }
}
