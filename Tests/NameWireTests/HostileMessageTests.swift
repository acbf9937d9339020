import NameWire
import Packets
import Testing

@Suite("Hostile DNS messages")
struct HostileMessageTests {
  private func outcome(_ bytes: [UInt8], first end: Int) -> Result<NameMessage, NameWireError> {
    do throws(NameWireError) {
      return .success(try NameMessage.parse(bytes.span.bytes.extracting(first: end)))
    } catch {
      return .failure(error)
    }
  }

  @Test("every sample cut at every length is refused, whatever lies behind the cut", arguments: Sample.all)
  func cuts(sample: Sample) {
    for end in 0..<sample.bytes.count {
      let followed = Array(sample.bytes[..<end]) + [UInt8](repeating: 0, count: 64)
      guard case .failure(let error) = outcome(followed, first: end) else {
        Issue.record("cut at \(end) it was read")
        continue
      }
      #expect(error.reason == .truncated && error.offset <= end, "cut at \(end): \(error)")
    }
  }

  @Test("every sample with any byte changed is read or refused, at an offset inside", arguments: Sample.all)
  func changes(sample: Sample) {
    for index in sample.bytes.indices {
      for value in [0x00, 0x01, 0x3f, 0x40, 0x80, 0xc0, 0xff] as [UInt8] {
        var bytes = sample.bytes
        bytes[index] = value
        if case .failure(let error) = outcome(bytes, first: bytes.count) {
          #expect((0...bytes.count).contains(error.offset), "\(error)")
        }
      }
    }
  }

  /// A header that announces one answer, and its bytes.
  private func answer(_ hex: String) -> [UInt8] {
    Sample.bytes("00 01 80 00 00 00 00 01 00 00 00 00") + Sample.bytes(hex)
  }

  @Test(
    "compression that does not go backwards is refused",
    arguments: [
      // To itself.
      ("c0 0c", NameWireError(.compressionPointer, at: 12, .notBackwards)),
      // Forwards.
      ("c0 20", NameWireError(.compressionPointer, at: 12, .notBackwards)),
      // To the start of the name that it ends: a loop that grows.
      ("01 61 c0 0c", NameWireError(.compressionPointer, at: 14, .notBackwards)),
      // Into the middle of the name, behind its start.
      ("01 61 01 62 c0 0e", NameWireError(.compressionPointer, at: 16, .notBackwards)),
      // Beyond the end.
      ("ff ff", NameWireError(.compressionPointer, at: 12, .notBackwards)),
    ])
  func loops(hex: String, error: NameWireError) {
    #expect(outcome(answer(hex), first: 12 + hex.split(separator: " ").count) == .failure(error))
  }

  @Test("two names that point at each other are refused")
  func mutualLoop() {
    // At 12 a pointer to 14 would go forwards; at 14 one back to 12 is read first by nobody.
    let bytes = answer("c0 0e c0 0c 00 01 00 01 00 00 00 00 00 00")
    #expect(outcome(bytes, first: bytes.count) == .failure(NameWireError(.compressionPointer, at: 12, .notBackwards)))
  }

  @Test("a long way back of pointers alone is refused")
  func pointerChain() {
    // 200 pointers, each to the one before; the first to a root.
    var bytes = Sample.bytes("00 01 80 00 00 00 00 01 00 00 00 00 00 00")
    for index in 0..<200 {
      let target = index == 0 ? 12 : 12 + 2 * index
      bytes += [0xc0 | UInt8(target >> 8), UInt8(target & 0xff)]
    }
    let last = bytes.count - 2
    #expect(throws: NameWireError(.compressionPointer, at: last - 2 * 127, .tooMany)) {
      try DomainName.parse(bytes.span.bytes, at: last)
    }
    #expect(throws: Never.self) { try DomainName.parse(bytes.span.bytes, at: 12 + 2 * 126) }
  }

  @Test(
    "labels of other kinds are refused", arguments: ["41 61", "80 61", "7f 61"])
  func labelKinds(hex: String) {
    #expect(outcome(answer(hex), first: 14) == .failure(NameWireError(.name, at: 12, .badLabel)))
  }

  @Test("a name of 255 bytes is read, one of 256 refused")
  func nameLength() throws {
    let label = [UInt8(63)] + [UInt8](repeating: 0x61, count: 63)
    let longest = label + label + label + [61] + [UInt8](repeating: 0x61, count: 61) + [0]
    #expect(longest.count == 255)
    #expect(try DomainName.parse(longest.span.bytes, at: 0).name.wire == longest)
    let longer = label + label + label + [62] + [UInt8](repeating: 0x61, count: 62) + [0]
    #expect(throws: NameWireError(.name, at: 0, .badLength)) { try DomainName.parse(longer.span.bytes, at: 0) }
  }

  @Test(
    "data of a length that its type cannot have is refused",
    arguments: [
      ("an address of three bytes", "00 00 01 00 01 00 00 00 00 00 03 01 02 03", NameWireError.Field.address, 23),
      ("an address of sixteen for A", "00 00 01 00 01 00 00 00 00 00 10 " + zeros(16), .address, 23),
      ("an address of four for AAAA", "00 00 1c 00 01 00 00 00 00 00 04 01 02 03 04", .address, 23),
      ("a name that ends early", "00 00 0c 00 01 00 00 00 00 00 02 00 00", .name, 23),
      ("a name that goes on behind the data", "00 00 0c 00 01 00 00 00 00 00 01 01 61 00", .name, 23),
      ("a string that goes on behind the data", "00 00 10 00 01 00 00 00 00 00 02 02 61 62", .text, 23),
    ])
  func dataLength(what: String, hex: String, field: NameWireError.Field, offset: Int) {
    let bytes = answer(hex)
    #expect(outcome(bytes, first: bytes.count) == .failure(NameWireError(field, at: offset, .badLength)))
  }

  private static func zeros(_ count: Int) -> String {
    Array(repeating: "00", count: count).joined(separator: " ")
  }

  @Test("a TXT record without any string is an empty text")
  func noStrings() throws {
    let bytes = answer("00 00 10 00 01 00 00 00 00 00 00")
    #expect(try NameMessage.parse(bytes.span.bytes).answers == [NameRecord(.root, timeToLive: 0, .text([]))])
  }

  @Test("a record of another class is skipped")
  func otherClass() throws {
    let bytes = answer("00 00 10 00 03 00 00 00 00 00 02 01 61")
    #expect(try NameMessage.parse(bytes.span.bytes).answers.isEmpty)
  }

  @Test("two questions are refused")
  func twoQuestions() {
    let bytes = Sample.bytes("00 01 00 00 00 02 00 00 00 00 00 00")
    #expect(outcome(bytes, first: bytes.count) == .failure(NameWireError(.question, at: 4, .tooMany)))
  }

  @Test("counts beyond what is there end with the bytes")
  func countsLie() {
    let bytes = Sample.bytes("00 01 80 00 00 00 ff ff ff ff ff ff")
    #expect(outcome(bytes, first: bytes.count) == .failure(NameWireError(.name, at: 12, .truncated)))
  }
}
