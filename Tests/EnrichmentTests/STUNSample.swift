import Enrichment

/// Messages with a comment a field.
enum STUNSample {
  /// The transaction of the samples of RFC 5769.
  static let id = STUNTransactionID(high: 0xb7e7_a701, low: 0xbc34_d686_fa87_dfae)

  /// RFC 5769 section 2.2: 192.0.2.1 port 32853.
  static let ipv4Response = bytes(
    """
    0101 003c                                       success response, length 60
    2112a442                                        magic cookie
    b7e7a701 bc34d686 fa87dfae                      transaction id
    8022 000b 7465737420766563746f72 20             SOFTWARE "test vector", padded with a space
    0020 0008 00 01 a147 e112a643                   XOR-MAPPED-ADDRESS
    0008 0014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7  MESSAGE-INTEGRITY
    8028 0004 c07d4c96                              FINGERPRINT
    """)

  /// RFC 5769 section 2.3: 2001:db8:1234:5678:11:2233:4455:6677 port 32853.
  static let ipv6Response = bytes(
    """
    0101 0048                                       success response, length 72
    2112a442                                        magic cookie
    b7e7a701 bc34d686 fa87dfae                      transaction id
    8022 000b 7465737420766563746f72 20             SOFTWARE "test vector", padded with a space
    0020 0014 00 02 a147                            XOR-MAPPED-ADDRESS
      0113a9faa5d3f179bc25f4b5bed2b9d9
    0008 0014 a382954e4be67bf11784c97c8292c275bfe3ed41  MESSAGE-INTEGRITY
    8028 0004 c8fb0b4c                              FINGERPRINT
    """)

  /// RFC 5769 section 2.1: a request, which is no answer to anything.
  static let request = bytes(
    """
    0001 0058                                       request, length 88
    2112a442                                        magic cookie
    b7e7a701 bc34d686 fa87dfae                      transaction id
    8022 0010 5354554e207465737420636c69656e74      SOFTWARE "STUN test client"
    0024 0004 6e0001ff                              PRIORITY
    8029 0008 932ff9b151263b36                      ICE-CONTROLLED
    0006 0009 6576746a3a68367659 202020             USERNAME "evtj:h6vY"
    0008 0014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2  MESSAGE-INTEGRITY
    8028 0004 e57a3bcf                              FINGERPRINT
    """)

  /// An answer to `id` with those attributes.
  static func answer(_ type: String, _ attributes: String) -> [UInt8] {
    let attributes = bytes(attributes)
    let length = [UInt8(attributes.count >> 8), UInt8(attributes.count & 0xff)]
    return bytes(type) + length + bytes("2112a442 b7e7a701 bc34d686 fa87dfae") + attributes
  }

  static func success(_ attributes: String) -> [UInt8] { answer("0101", attributes) }
  static func failure(_ attributes: String) -> [UInt8] { answer("0111", attributes) }

  /// Bytes in hexadecimal; two spaces and what follows them on a line are a comment, unless the line begins with them.
  static func bytes(_ text: String) -> [UInt8] {
    text.split(separator: "\n").flatMap { line in
      let code = line.drop { $0 == " " }
      let end = code.indices.first { code[$0...].hasPrefix("  ") } ?? code.endIndex
      let digits = code[..<end].compactMap(\.hexDigitValue)
      return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
  }
}
