import Packets

// Theory of operation
//
// A host behind a translator learns its public address from a server outside, which says where a request came from
// (RFC 8489, the Binding method). All is in network order:
//
//     0                   1                   2                   3
//     +---+---------------------------+-------------------------------+
//     |0 0|            type           |   length of the attributes    |   0x0001 request, 0x0101 success, 0x0111 error
//     +---+---------------------------+-------------------------------+
//     |                      magic cookie 0x2112a442                  |
//     +---------------------------------------------------------------+
//     |                     transaction id, 96 bits                   |
//     +-------------------------------+-------------------------------+
//     |        attribute type         |   length without the padding  |   as many as the length says,
//     +-------------------------------+-------------------------------+
//     |     value, padded to a multiple of 4 bytes by any bytes ...   |   each padded
//     +---------------------------------------------------------------+
//
//     XOR-MAPPED-ADDRESS 0x0020, MAPPED-ADDRESS 0x0001          ERROR-CODE 0x0009
//     +---------------+---------------+---------------+        +-----------------------+---------+------------+
//     |       0       | family 1 or 2 |  port, 16 bit |        |     reserved, 21 bit  | class 3 | number 8   |
//     +---------------+---------------+---------------+        +-----------------------+---------+------------+
//     |        address, 4 or 16 bytes ...             |        |     reason phrase, UTF-8 ...                 |
//     +-----------------------------------------------+        +----------------------------------------------+
//
// In the XOR form the port is combined with the first half of the cookie, the address with the cookie and the transaction
// id, since some translators rewrite every copy of an address that they see. So it is preferred wherever it stands.
//
// An attribute below 0x8000 must be understood; an answer with one that is not is refused. FINGERPRINT (0x8028) is a CRC of all before
// it and stands last. MESSAGE-INTEGRITY proves a password, and we have none: what stands behind it counts for nothing.

/// Binding requests and their answers, RFC 8489.
package enum STUNMessage {
  /// The port of a server that names none.
  package static let usualPort: UInt16 = 3478
  /// A longer message is refused: an answer to a bare request has about 100 bytes, and fits into one packet.
  package static let mostBytes = 1500

  static let magicCookie: UInt32 = 0x2112_a442
  static let headerByteCount = 20

  /// A request without attributes, 20 bytes.
  package static func bindingRequest(_ id: STUNTransactionID) -> [UInt8] {
    var writer = ByteWriter(capacity: headerByteCount)
    writer.append(STUNMessageType.bindingRequest.rawValue)
    writer.append(UInt16(0))
    writer.append(magicCookie)
    writer.append(id.high)
    writer.append(id.low)
    return writer.bytes
  }
}

/// What tells the answer to one request from all else: 96 bits that nobody can guess.
package struct STUNTransactionID: Hashable, Sendable {
  /// The first 32 bits.
  package let high: UInt32
  /// The other 64.
  package let low: UInt64

  /// The number with those 32 and 64 bits.
  package init(high: UInt32, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// A new one.
  package init(using random: inout some RandomNumberGenerator) {
    self.init(high: random.next(), low: random.next())
  }
}

/// What a server answers to a Binding request.
package enum STUNAnswer: Hashable, Sendable {
  /// Where the request came from, as the server saw it.
  case mapped(IPAddress, port: UInt16)
  /// - Parameters:
  ///   - code: 300…699.
  ///   - reason: the server's words, unsafe to print as they are; at most `mostReasonBytes` of them.
  case refused(code: Int, reason: String)

  /// RFC 8489 section 14.8 allows 509 bytes; a message shows fewer.
  package static let mostReasonBytes = 128
}

/// The messages that this module writes and reads.
enum STUNMessageType: UInt16 {
  case bindingRequest = 0x0001
  case bindingSuccess = 0x0101
  case bindingError = 0x0111
}
