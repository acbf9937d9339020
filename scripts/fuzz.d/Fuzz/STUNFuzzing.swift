import Enrichment
import Packets

/// STUN messages as they are, and the same with a header and a fingerprint that are right, so that the attributes are reached.
enum STUNFuzzing {
  private static let id = STUNTransactionID(high: 0xb7e7_a701, low: 0xbc34_d686_fa87_dfae)

  private static let cookieAndID = hex("2112a442 b7e7a701 bc34d686 fa87dfae")

  /// The answers of RFC 5769, one with a plain address, and one that refuses.
  static let seeds = [
    hex(
      """
      0101003c 2112a442 b7e7a701 bc34d686 fa87dfae  8022000b 7465737420766563746f7220  00200008 0001a147 e112a643
      00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7  80280004 c07d4c96
      """),
    hex(
      """
      01010048 2112a442 b7e7a701 bc34d686 fa87dfae  8022000b 7465737420766563746f7220
      00200014 0002a147 0113a9faa5d3f179bc25f4b5bed2b9d9
      00080014 a382954e4be67bf11784c97c8292c275bfe3ed41  80280004 c8fb0b4c
      """),
    hex("01010014 2112a442 b7e7a701 bc34d686 fa87dfae  00010008 000104d2 09090909  00040000  80280000"),
    hex("0111000c 2112a442 b7e7a701 bc34d686 fa87dfae  00090008 00000414 6e6f2121"),
  ]

  static func run(_ bytes: [UInt8]) {
    read(bytes)
    guard bytes.count >= 20 else { return }
    var mended = bytes
    mended.removeLast(bytes.count % 4)
    let length = mended.count - 20
    mended.replaceSubrange(0..<4, with: [1, bytes[1] & 0x10 | 1, UInt8(length >> 8 & 0xff), UInt8(length & 0xff)])
    mended.replaceSubrange(4..<20, with: cookieAndID)
    read(mended)
  }

  private static func read(_ bytes: [UInt8]) {
    do throws(STUNError) {
      switch try STUNMessage.answer(in: bytes.span.bytes, to: id) {
      case .mapped(let address, _): precondition(address.family == .ipv6 || address.high == 0, "IPv4 has 32 bits.")
      case .refused(let code, let reason):
        precondition((300...699).contains(code), "A code has its range.")
        // A byte that is no UTF-8 becomes three.
        precondition(reason.utf8.count <= 3 * STUNAnswer.mostReasonBytes, "A reason has its bound.")
      }
      precondition(bytes.count <= STUNMessage.mostBytes, "A message has its bound.")
    } catch {
      precondition((0...bytes.count).contains(error.offset), "A fault lies in its message.")
      precondition(error.field != .mappedAddress || error.isAboutUs, "An answer with a fault is an answer.")
    }
  }
}
