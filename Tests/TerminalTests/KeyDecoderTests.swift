import Testing

@testable import Terminal

@Suite("Keys from bytes")
struct KeyDecoderTests {
  private typealias Key = KeyDecoder.Key

  private static func keys(_ bytes: some Sequence<UInt8>, settling: Bool = true) -> [KeyDecoder.Key] {
    var decoder = KeyDecoder()
    var keys: [KeyDecoder.Key] = []
    for byte in bytes { decoder.take(byte, into: &keys) }
    if settling { decoder.settle(into: &keys) }
    return keys
  }

  private static func characters(_ text: String) -> [KeyDecoder.Key] { text.unicodeScalars.map { .character($0) } }

  @Test("UTF-8 becomes characters", arguments: ["plain", "grün", "日本", "🙂", "a\u{301}"])
  func utf8(text: String) {
    #expect(Self.keys(text.utf8) == Self.characters(text))
  }

  @Test("Ctrl-C and Ctrl-Z are keys of their own")
  func controlKeys() {
    #expect(Self.keys([0x61, 0x03, 0x1A, 0x04]) == [.character("a"), .interrupt, .suspend, .character("\u{4}")])
  }

  @Test(
    "bytes that are no UTF-8, NUL and C1 controls vanish, and the next character is whole",
    arguments: [
      [0xFF], [0x80], [0xC3], [0xE6, 0x97], [0xF0, 0x9F, 0x99], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5], [0x00],
      [0xC2, 0x80],  // U+0080, libedit's name for a paste
      [0xC2, 0x9B],  // CSI
    ] as [[UInt8]])
  func invalid(bytes: [UInt8]) {
    #expect(Self.keys(bytes + [0x61]) == [.character("a")])
  }

  @Test("an arrow key comes through as it is; a lone ESC waits, then is a key")
  func escapes() {
    #expect(Self.keys("\u{1B}[A".utf8) == Self.characters("\u{1B}[A"))
    #expect(Self.keys("\u{1B}[201~".utf8) == Self.characters("\u{1B}[201~"))
    #expect(Self.keys([0x1B], settling: false) == [])
    #expect(Self.keys([0x1B]) == [.character("\u{1B}")])
    #expect(Self.keys([0x1B, 0x1B]) == Self.characters("\u{1B}\u{1B}"))
    #expect(Self.keys([0x1B, 0x03]) == [.character("\u{1B}"), .interrupt])
  }

  @Test(
    "a paste is one key: line ends are newlines, controls go, the last line end goes",
    arguments: [
      ("trace a\r\nset x\r", "trace a\nset x"), ("a\tb", "a b"), ("a\u{3}\u{1A}\u{1B}[31mb", "a[31mb"), ("", ""),
      ("grün 日本", "grün 日本"), ("\n\n", ""), ("a\n\nb", "a\n\nb"),
    ])
  func paste(pasted: String, text: String) {
    #expect(Self.keys("x\u{1B}[200~\(pasted)\u{1B}[201~y".utf8) == [.character("x"), .pasted(text), .character("y")])
  }

  @Test("a paste without end is bounded, and still ends")
  func endlessPaste() {
    let bytes = Array("\u{1B}[200~".utf8) + Array(repeating: 0x61, count: KeyDecoder.pasteLimitBytes * 2)
    guard case .pasted(let text) = Self.keys(bytes + Array("\u{1B}[201~".utf8)).first else {
      Issue.record("no paste")
      return
    }
    #expect(text.utf8.count == KeyDecoder.pasteLimitBytes)
  }
}
