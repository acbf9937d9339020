import Packets
import Tracing

/// Type and code of an ICMP message in words.
struct ICMPWords {
  /// What the type means.
  let type: String
  /// What the code means; nil where it says no more.
  let code: String?
  /// Where they are laid down.
  let source: String
  /// Whether it is about a probe, and quotes it.
  let isError: Bool

  init(family: AddressFamily, type number: UInt8, code: UInt8) {
    let unreachable = UnreachableCode(family: family, type: number, code: code)
    switch family {
    case .ipv4:
      isError = [ICMPType.timeExceeded, ICMPType.destinationUnreachable, ICMPType.parameterProblem].contains(number)
      switch (number, code) {
      case (ICMPType.destinationUnreachable, 6...12): source = "RFC 1122 section 3.2.2.1"
      case (ICMPType.destinationUnreachable, 13...): source = "RFC 1812 section 5.2.7.1"
      default: source = "RFC 792"
      }
      switch number {
      case ICMPType.echoReply: (type, self.code) = ("echo reply", nil)
      case ICMPType.echoRequest: (type, self.code) = ("echo request", nil)
      case ICMPType.timeExceeded: (type, self.code) = ("time exceeded", Self.exceeded(code))
      case ICMPType.destinationUnreachable: (type, self.code) = ("destination unreachable", unreachable.meaning)
      case ICMPType.parameterProblem: (type, self.code) = ("parameter problem", nil)
      default: (type, self.code) = ("not about probes", nil)
      }
    case .ipv6:
      isError = (ICMPv6Type.destinationUnreachable...ICMPv6Type.parameterProblem).contains(number)
      source = "RFC 4443"
      switch number {
      case ICMPv6Type.echoReply: (type, self.code) = ("echo reply", nil)
      case ICMPv6Type.echoRequest: (type, self.code) = ("echo request", nil)
      case ICMPv6Type.timeExceeded: (type, self.code) = ("time exceeded", Self.exceeded(code))
      case ICMPv6Type.destinationUnreachable: (type, self.code) = ("destination unreachable", unreachable.meaning)
      case ICMPv6Type.packetTooBig: (type, self.code) = ("packet too big", nil)
      case ICMPv6Type.parameterProblem: (type, self.code) = ("parameter problem", nil)
      default: (type, self.code) = ("not about probes", nil)
      }
    }
  }

  private static func exceeded(_ code: UInt8) -> String {
    code == 0 ? "the TTL ran out in transit" : "a fragment did not come in time"
  }
}

/// An extension object in words.
struct ExtensionWords {
  let text: String
  let meaning: String?
  let source: String?

  init(_ object: ICMPExtensionObject) {
    switch object {
    case .mpls(let labels):
      let entries = labels.map {
        "label \($0.label), class \($0.trafficClass)\($0.bottomOfStack ? ", bottom" : ""), TTL \($0.timeToLive)"
      }
      text = "MPLS: \(entries.joined(separator: "; "))"
      meaning = "the labels that the probe arrived with: the router switches it through a tunnel"
      source = "RFC 4950, RFC 3032 section 2.1"
    case .interfaceInformation(let interface):
      let parts = [
        interface.index.map { "index \($0)" }, interface.address.map { "address \($0)" },
        interface.name.map { "name \($0)" }, interface.mtu.map { "MTU \($0)" },
      ]
      text = "interface: \(parts.compactMap { $0 }.joined(separator: ", "))"
      switch interface.role {
      case .incoming: meaning = "by which the probe came in"
      case .incomingSubInterface: meaning = "the part of a bundle by which the probe came in"
      case .outgoing: meaning = "by which the probe would have gone out"
      case .nextHop: meaning = "where the probe would have gone next"
      }
      source = "RFC 5837 section 4"
    case .unknown(let classNumber, let type, let bytes):
      text = "object of class \(classNumber), type \(type), \(bytes.count) bytes"
      meaning = "not known here"
      source = nil
    }
  }
}

/// What the TTL of a packet that arrived tells of the way back.
struct TTLGuess {
  /// What senders usually begin with, and how many routers were passed then.
  let initial: Int
  let routers: Int

  /// The least of the usual first values that it can come from: 32, 64, 128 and 255.
  init(_ value: UInt8) {
    initial = [32, 64, 128].first { Int(value) <= $0 } ?? 255
    routers = initial - Int(value)
  }

  var sentence: String {
    "if that was \(initial), the way back passes \(routers == 1 ? "1 router" : "\(routers) routers")"
  }
}
