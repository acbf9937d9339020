import NameWire
import Testing

/// A DNS message as bytes, written in hex with a comment a field.
struct Sample: Sendable, CustomTestStringConvertible {
  let name: String
  let bytes: [UInt8]

  /// Reads lines of hex; `#` begins a comment.
  init(_ name: String, _ hex: String) {
    self.name = name
    bytes = Self.bytes(hex)
  }

  /// The bytes of lines of hex; `#` begins a comment.
  static func bytes(_ hex: String) -> [UInt8] {
    hex.split(separator: "\n").flatMap { line in
      line.prefix { $0 != "#" }.split(separator: " ").map { digits in
        guard let byte = UInt8(digits, radix: 16) else { preconditionFailure("'\(digits)' is no byte") }
        return byte
      }
    }
  }

  var testDescription: String { name }

  /// What is right, and what the tests of hostile bytes cut and change.
  static let all: [Sample] = [.query, .pointerAnswer, .originAnswer, .addressAnswer, .absence]

  /// A question as `dig` sends it, with EDNS.
  static let query = Sample(
    "query",
    """
    1a 2b                                # identifier
    01 20                                # RD, and a reserved bit (AD)
    00 01 00 00 00 00 00 01              # 1 question, 1 additional record
    01 39 01 32 01 30 03 31 39 32        # 9.2.0.192
    07 69 6e 2d 61 64 64 72              # in-addr
    04 61 72 70 61 00                    # arpa
    00 0c                                # PTR
    00 01                                # class IN
    00                                   # root
    00 29                                # OPT
    10 00                                # takes 4096 bytes
    00 00 00 00                          # extended code, version, flags
    00 04                                # length of the data
    00 0a 00 00                          # an option, empty
    """)

  /// Its answer by way of a CNAME (RFC 2317), compressed, with records of other types round it.
  static let pointerAnswer = Sample(
    "pointerAnswer",
    """
    1a 2b                                # identifier
    85 80                                # QR, AA, RD, RA
    00 01 00 03 00 01 00 00              # 1 question, 3 answers, 1 authority
    01 39 01 32 01 30 03 31 39 32        # 9.2.0.192, at 12
    07 49 4e 2d 41 44 44 52              # IN-ADDR, at 22
    04 61 72 70 61 00                    # arpa
    00 0c 00 01                          # PTR IN
    c0 0c                                # the question's name
    00 05 00 01                          # CNAME IN
    00 00 0e 10                          # 3600 s
    00 09                                # length of the data
    01 39 04 30 2d 31 35 c0 0e           # 9.0-15 and from 14 on: 2.0.192.in-addr.arpa
    c0 0c                                # the question's name
    00 2e 00 01                          # RRSIG IN, which is skipped
    00 00 0e 10                          # 3600 s
    00 03 01 02 03                       # data
    c0 34                                # the CNAME's data, at 52
    00 0c 00 01                          # PTR IN
    00 00 02 58                          # 600 s
    00 0d                                # length of the data
    02 72 31 07 65 78 61 6d 70 6c 65     # r1.example
    c0 1e                                # at 30: arpa
    c0 1e                                # arpa
    00 02 00 01                          # NS IN
    00 00 00 05                          # 5 s
    00 02 c0 1e                          # arpa
    """)

  /// Two TXT records, of one string and of two.
  static let originAnswer = Sample(
    "originAnswer",
    """
    00 07                                # identifier
    81 80                                # QR, RD, RA
    00 01 00 02 00 00 00 00              # 1 question, 2 answers
    01 61 00                             # a
    00 10 00 01                          # TXT IN
    c0 0c 00 10 00 01                    # a TXT IN
    00 00 00 3c                          # 60 s
    00 04                                # length of the data
    03 31 20 7c                          # "1 |"
    c0 0c 00 10 00 01                    # a TXT IN
    ff ff ff ff                          # a time with its highest bit set
    00 05                                # length of the data
    01 32                                # "2"
    00                                   # ""
    01 33                                # "3"
    """)

  /// A and AAAA, which no server sends together.
  static let addressAnswer = Sample(
    "addressAnswer",
    """
    00 08                                # identifier
    84 00                                # QR, AA
    00 01 00 02 00 00 00 00              # 1 question, 2 answers
    01 61 00                             # a
    00 01 00 01                          # A IN
    c0 0c 00 01 00 01                    # a A IN
    00 00 00 3c                          # 60 s
    00 04 c0 00 02 09                    # 192.0.2.9
    c0 0c 00 1c 00 01                    # a AAAA IN
    00 00 00 3c                          # 60 s
    00 10                                # length of the data
    20 01 0d b8 00 00 00 00              # 2001:db8:
    00 00 00 00 00 00 00 09              # :9
    """)

  /// NXDOMAIN with the zone's SOA.
  static let absence = Sample(
    "absence",
    """
    00 09                                # identifier
    81 83                                # QR, RD, RA, NXDOMAIN
    00 01 00 00 00 01 00 00              # 1 question, 1 authority
    01 62 01 61 00                       # b.a
    00 0c 00 01                          # PTR IN
    c0 0e 00 06 00 01                    # a SOA IN
    00 00 00 3c                          # 60 s
    00 18                                # length of the data
    c0 0e c0 0e                          # a, a
    00 00 00 01 00 00 00 02 00 00 00 03 00 00 00 04 00 00 00 05
    """)
}
