import NameWire
import Packets
import Testing

@Suite("Domain names")
struct DomainNameTests {
  @Test(
    "text becomes labels and comes back",
    arguments: [
      ("example.test", "07 65 78 61 6d 70 6c 65 04 74 65 73 74 00", "example.test"),
      ("example.test.", "07 65 78 61 6d 70 6c 65 04 74 65 73 74 00", "example.test"),
      (".", "00", "."),
      (#"a\.b.c"#, "03 61 2e 62 01 63 00", #"a\.b.c"#),
      (#"a\\b"#, "03 61 5c 62 00", #"a\\b"#),
      (#"\000\255\032"#, "03 00 ff 20 00", #"\000\255\032"#),
      ("a b", "03 61 20 62 00", #"a\032b"#),
      (#"\a"#, "01 61 00", "a"),
      ("_tcp.*", "04 5f 74 63 70 01 2a 00", "_tcp.*"),
    ])
  func text(text: String, hex: String, shown: String) throws {
    let name = try DomainName(text)
    #expect(name.wire == Sample.bytes(hex))
    #expect(name.description == shown)
    #expect(try DomainName(name.description).wire == name.wire)
  }

  @Test(
    "what is no name says why",
    arguments: [
      ("", DomainNameError.emptyLabel), ("..", .emptyLabel), ("a..b", .emptyLabel), (".a", .emptyLabel),
      (String(repeating: "a", count: 64), .longLabel), (#"a\"#, .badEscape), (#"\256"#, .badEscape),
      (#"\25"#, .badEscape), (#"\2a5"#, .badEscape), ("b\u{fc}cher.test", .notASCII), (#"\\#u{fc}"#, .badEscape),
      (Array(repeating: "abcdefg", count: 32).joined(separator: "."), .tooLong),
    ])
  func refused(text: String, error: DomainNameError) {
    #expect(throws: error) { try DomainName(text) }
  }

  @Test("255 bytes are a name")
  func longest() throws {
    let text = Array(repeating: "abcdefg", count: 31).joined(separator: ".") + ".abcde"
    #expect(try DomainName(text).wire.count == 255)
    #expect(throws: DomainNameError.tooLong) { try DomainName(text + "f") }
  }

  @Test("every byte is shown as printable ASCII, and comes back as itself")
  func everyByte() throws {
    for byte in UInt8.min...UInt8.max {
      let wire = [2, byte, 0x61, 0]
      let name = try DomainName.parse(wire.span.bytes, at: 0).name
      let shown = name.description
      #expect(shown.utf8.allSatisfy { (0x21...0x7e).contains($0) }, "byte \(byte)")
      #expect(try DomainName(shown).wire == wire, "byte \(byte)")
    }
  }

  @Test("no two names are shown alike")
  func unambiguous() throws {
    let wires: [[UInt8]] = [
      [3, 0x61, 0x2e, 0x62, 0], [1, 0x61, 1, 0x62, 0], [4, 0x5c, 0x30, 0x34, 0x36, 0], [1, 0x2e, 0],
    ]
    let shown = try wires.map { try DomainName.parse($0.span.bytes, at: 0).name.description }
    #expect(Set(shown).count == wires.count)
  }

  @Test("names are equal in any case of ASCII letters, and in no other way")
  func equality() throws {
    #expect(try DomainName("WWW.Example.Test") == DomainName("www.example.test."))
    #expect(try Set([DomainName("A.b"), DomainName("a.B")]).count == 1)
    #expect(try DomainName("a.b") != DomainName(#"a\.b"#))
    #expect(try DomainName("a") != DomainName("b"))
    // The bit that tells the cases of a letter apart also tells these two apart.
    #expect(try DomainName("[") != DomainName("{"))
  }

  @Test("a final dot changes nothing but the root")
  func labels() throws {
    #expect(try DomainName("a.bc.").labels.map(Array.init) == [[0x61], [0x62, 0x63]])
    #expect(DomainName.root.labels.isEmpty)
  }
}
