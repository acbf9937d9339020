import Packets
import Testing

/// Reads bytes as everything there is; returns what was read, so that readings can be compared.
///
/// A `PacketError` is a fine answer; a trap would end the test run.
private func readAll(_ bytes: [UInt8], cutAt end: Int) -> [String] {
  func attempt<Value>(_ parse: () throws(PacketError) -> Value) -> String {
    do throws(PacketError) {
      return "\(try parse())"
    } catch {
      return "\(error)"
    }
  }
  let span = bytes.span.bytes.extracting(first: end)
  var results = [
    attempt { () throws(PacketError) in try IPv4Header.parse(bytes.span.bytes.extracting(first: end)) },
    attempt { () throws(PacketError) in try IPv6Header.parse(bytes.span.bytes.extracting(first: end)) },
    attempt { () throws(PacketError) in try UDPHeader.parse(bytes.span.bytes.extracting(first: end)) },
    attempt { () throws(PacketError) in try TCPHeader.parse(bytes.span.bytes.extracting(first: end)) },
    attempt { () throws(PacketError) in
      try IPv6ExtensionChain.walk(bytes.span.bytes.extracting(first: end), from: .hopByHopOptions, at: 40)
    },
    "\(ICMPExtension.parse(span, in: 0..<end))",
  ]
  for family in AddressFamily.allCases {
    results.append(
      attempt { () throws(PacketError) in
        try QuotedDatagram.parse(bytes.span.bytes, at: 0, end: end, family: family)
      })
    for offset in [0, 20] {
      results.append(
        attempt { () throws(PacketError) in
          let span = bytes.span.bytes.extracting(first: end)
          let message = try ICMPMessage.parse(span, at: offset, family: family)
          let extensions = message.extensions.map { ICMPExtension.parse(span, in: $0) }
          return (message, extensions, message.extensionError, message.kind, message.nextHopMTU)
        })
    }
  }
  return results
}

@Suite("Hostile bytes")
struct HostileBytesTests {
  @Test("every sample cut at every length is read or refused", arguments: Sample.all)
  func truncation(sample: Sample) {
    for end in 0...sample.bytes.count {
      // Bytes behind the cut must not matter: reading past it would see the difference.
      let cut = Array(sample.bytes[..<end])
      let followed = cut + [UInt8](repeating: 0xa5, count: 64)
      #expect(readAll(cut, cutAt: end) == readAll(followed, cutAt: end), "cut at \(end)")
    }
  }

  @Test("a whole message with its first bytes cut is truncated, by name", arguments: 0..<8)
  func truncatedHeader(end: Int) {
    let bytes = Sample.timeExceededMPLS.bytes
    #expect(throws: PacketError(.icmpHeader, at: 0, .truncated)) {
      try ICMPMessage.parse(bytes.span.bytes.extracting(first: end), family: .ipv4)
    }
  }

  @Test("samples with random changes are read or refused", arguments: SeededGenerator.seeds(for: "mutations"))
  func mutation(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for sample in Sample.all {
      for _ in 0..<300 {
        var bytes = sample.bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          let index = Int.random(in: 0..<bytes.count, using: &random)
          bytes[index] =
            [0, 1, 0x20, 0x7f, 0xff, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
        }
        let end = Bool.random(using: &random) ? bytes.count : Int.random(in: 0...bytes.count, using: &random)
        #expect(readAll(bytes, cutAt: end).count == 12, "seed \(seed)")
      }
    }
  }

  @Test("offsets that no packet has are refused, not followed", arguments: [-1, 1 << 40, Int.max, Int.min])
  func offsets(offset: Int) {
    let bytes = Sample.ipv4OptionsUDP.bytes
    #expect(throws: PacketError(.ipv4Header, at: offset, .truncated)) {
      try IPv4Header.parse(bytes.span.bytes, at: offset)
    }
    #expect(throws: PacketError(.icmpHeader, at: offset, .truncated)) {
      try ICMPMessage.parse(bytes.span.bytes, at: offset, family: .ipv4)
    }
    #expect(throws: PacketError(.ipv6Header, at: offset, .truncated)) {
      try QuotedDatagram.parse(bytes.span.bytes, at: offset, end: .max, family: .ipv6)
    }
  }

  @Test("an error says the field, where it is and what is wrong")
  func description() {
    #expect(
      PacketError(.ipv4HeaderLength, at: 20, .badLength).description
        == "IPv4 header length at offset 20: impossible length")
    #expect(Set(PacketField.allCases.map(\.description)).count == PacketField.allCases.count)
  }
}
