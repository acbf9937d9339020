import Testing

/// A packet as bytes, written in hex with a comment a field.
struct Sample: Sendable, CustomTestStringConvertible {
  let name: String
  let bytes: [UInt8]

  /// Reads lines of hex; `#` begins a comment.
  init(_ name: String, _ hex: String) {
    self.name = name
    bytes = hex.split(separator: "\n").flatMap { line in
      line.prefix { $0 != "#" }.split(separator: " ").map { digits in
        guard let byte = UInt8(digits, radix: 16) else { preconditionFailure("'\(digits)' in \(name) is no byte") }
        return byte
      }
    }
  }

  var testDescription: String { name }

  /// Every sample: what the tests of hostile bytes cut and change.
  static let all: [Sample] = [
    .ipv4OptionsUDP, .ipv4Fragment, .ipv6ChainTCP, .tcpSynAck, .icmpEchoRequest, .icmpv6EchoReply, .timeExceededICMP,
    .fragmentationNeededUDP, .prohibitedTCP, .packetTooBigUDP, .timeExceededMPLS, .legacyMPLS, .timeExceededInterface,
  ]
}
