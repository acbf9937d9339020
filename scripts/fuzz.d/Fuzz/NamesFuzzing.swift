import NameWire
import Packets

/// DNS messages, and what is written of them again; names as text.
enum NamesFuzzing {
  static let seeds = [
    // A question for the name of 192.0.2.9, with EDNS.
    hex(
      """
      1a2b 0100 0001 0000 0000 0001  01 39 01 32 01 30 03 313932 07 696e2d61646472 04 61727061 00  000c 0001
      00 0029 04d0 00000000 0000
      """),
    // Its answer: an alias in a delegated zone, and the name (RFC 2317).
    hex(
      """
      1a2b 8180 0001 0002 0000 0000  01 39 01 32 01 30 03 313932 07 696e2d61646472 04 61727061 00  000c 0001
      c00c 0005 0001 00000e10 0004  01 39 c00e
      c02a 000c 0001 00000e10 000e  07 726f75746572 39 04 74657374 00
      """),
    // Texts, of which one has two strings, and an IPv6 address.
    hex(
      """
      0001 8580 0001 0003 0000 0000  01 61 04 74657374 00  0010 0001
      c00c 0010 0001 ffffffff 0006  02 4153 02 3634  c00c 0010 0001 00000000 0001 00
      c00c 001c 0001 0000003c 0010  20010db8000000000000000000000009
      """),
    Array("\u{5}9.2.0.192.in-addr.arpa".utf8), Array("a\\.b\\046c.\\255test.".utf8),
  ]

  static func run(_ bytes: [UInt8]) {
    message(bytes)
    text(String(decoding: bytes, as: UTF8.self))
  }

  private static func message(_ bytes: [UInt8]) {
    do throws(NameWireError) {
      let message = try NameMessage.parse(bytes.span.bytes)
      let written = message.bytes()
      precondition(written.count <= NameMessage.mostBytes, "A message has its bound.")
      let again = try NameMessage.parse(written.span.bytes)
      // Names are written without compression, so what was short may be too long, and lose its answers.
      precondition(
        again == message || (again.isTruncated && again.answers.isEmpty), "What is written is what was read.")
      if let name = message.asked?.name { check(name) }
      for record in message.answers.prefix(8) { check(record.name) }
    } catch {
      precondition((0...bytes.count).contains(error.offset), "A fault lies in its message.")
    }
  }

  private static func check(_ name: DomainName) {
    precondition((1...DomainName.mostBytes).contains(name.wire.count), "A name has its bound.")
    let text = name.description
    precondition(text.utf8.allSatisfy { (0x21...0x7e).contains($0) }, "A name is shown safely.")
    do throws(DomainNameError) {
      let again = try DomainName(text)
      precondition(again.wire == name.wire, "A name is read as it is written.")
    } catch {
      preconditionFailure("A name is read as it is written: \(error)")
    }
    if let reverse = ReverseName(name) {
      precondition(reverse.domainName == name, "What a name asks for is asked by that name.")
    }
  }

  private static func text(_ text: String) {
    do throws(DomainNameError) {
      check(try DomainName(text))
    } catch {
      precondition(!error.description.isEmpty, "An error says what is wrong.")
    }
  }
}
