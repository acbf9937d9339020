import Enrichment
import Packets

/// Texts that say who, each kept once, numbered from 0.
struct TextPool: Sendable {
  private var bytes: [UInt8] = []
  /// Where each text ends; it begins where the one before ends.
  private var ends: [UInt32] = []

  /// Numbers by hash while the pool is filled: one more than a text's number, 0 where there is none. A power of two.
  private var slots: [UInt32] = []

  var byteCount: Int { bytes.count + ends.count * MemoryLayout<UInt32>.stride }

  /// The number of a text, which is added if it is new; nil when the pool is full.
  mutating func number(of text: Range<Int>, in source: Span<UInt8>) -> UInt32? {
    if (ends.count + 1) * 2 > slots.count { grow() }
    var slot = Self.hash(source, text) & (slots.count - 1)
    while slots[slot] != 0 {
      let number = slots[slot] - 1
      if isEqual(number, text, in: source) { return number }
      slot = (slot + 1) & (slots.count - 1)
    }
    guard bytes.count + text.count <= PrefixTable.mostTextBytes else { return nil }
    for index in text { bytes.append(source[index]) }
    ends.append(UInt32(bytes.count))
    slots[slot] = UInt32(ends.count)
    return UInt32(ends.count - 1)
  }

  /// Gives back what is only needed while the pool is filled.
  mutating func seal() {
    slots = []
  }

  /// Reads `13335<tab>US<tab>NAME` or `1_2,3`.
  func origin(_ number: UInt32, prefix: Prefix?) -> Origin {
    let text = range(number)
    let tab = UInt8(ascii: "\t")
    let fields = bytes[text].split(separator: tab, maxSplits: 2, omittingEmptySubsequences: false)
    let asns = asns(in: fields[0].indices)
    guard fields.count == 3 else { return Origin(asns: asns, prefix: prefix) }
    let country = fields[1].count == 2 && fields[1].allSatisfy { (0x41...0x5a).contains($0) }
    return Origin(
      asns: asns, prefix: prefix, country: country ? String(decoding: fields[1], as: UTF8.self) : nil,
      name: fields[2].isEmpty ? nil : String(decoding: fields[2], as: UTF8.self))
  }

  /// The AS numbers of a list that was found right when it was added; each once, without 0.
  private func asns(in list: Range<Int>) -> [UInt32] {
    var asns: [UInt32] = []
    for word in bytes[list].split(whereSeparator: { $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ",") }) {
      guard let number = PrefixLine.number(bytes.span, word.indices), number != 0, !asns.contains(number) else {
        continue
      }
      asns.append(number)
    }
    return asns
  }

  private func range(_ number: UInt32) -> Range<Int> {
    (number == 0 ? 0 : Int(ends[Int(number) - 1]))..<Int(ends[Int(number)])
  }

  private func isEqual(_ number: UInt32, _ text: Range<Int>, in source: Span<UInt8>) -> Bool {
    let known = range(number)
    guard known.count == text.count else { return false }
    for offset in 0..<known.count where bytes[known.lowerBound + offset] != source[text.lowerBound + offset] {
      return false
    }
    return true
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: max(1_024, slots.count * 2))
    for number in ends.indices {
      var slot = Self.hash(bytes.span, range(UInt32(number))) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(number + 1)
    }
  }

  /// Seeded anew in each process, so that no file can be made of texts that collide.
  private static func hash(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    var hasher = Hasher()
    bytes.extracting(range).withUnsafeBytes { hasher.combine(bytes: $0) }
    return hasher.finalize()
  }
}
