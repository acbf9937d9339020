/// Reads pcapng (draft-ietf-opsawg-pcapng): sections of blocks, each `type, length, …, length`.
///
/// Of the blocks, section header, interface description, enhanced, simple and the obsolete packet block are read; all
/// others are stepped over. A section may have another byte order than the one before, and has interfaces of its own.
struct PcapngReader {
  /// The type of a section header, the same in both byte orders.
  static let sectionHeader: UInt32 = 0x0a0d_0d0a
  private static let byteOrderMagic: UInt32 = 0x1a2b_3c4d
  /// Type and length before a block's body, and the length again behind it.
  private static let frameLength = 12
  /// Most interfaces of one section: mergecap makes one for each file that it joins.
  private static let mostInterfaces = 4_096
  /// Most options looked at in a block; an interface has about ten.
  private static let mostOptions = 64

  private struct Interface {
    var linkNumber: UInt32
    var snapLength: Int
    var resolution: StampResolution
  }

  private var input: CaptureBytes
  private var interfaces: [Interface] = []
  private var file = CaptureFile(format: .pcapng)

  static func read(_ bytes: [UInt8]) throws(CaptureError) -> CaptureFile {
    var reader = PcapngReader(input: CaptureBytes(bytes: bytes, isBigEndian: true))
    var offset = 0
    while offset < bytes.count {
      do throws(CaptureError) {
        offset += try reader.readBlock(at: offset)
      } catch {
        // Before the first packet there is nothing to use, unless the file is just cut off.
        guard !reader.file.packets.isEmpty else { throw error }
        reader.file.fault = error
        break
      }
    }
    return reader.file
  }

  private init(input: CaptureBytes) { self.input = input }

  /// - Returns: the length of the block.
  private mutating func readBlock(at offset: Int) throws(CaptureError) -> Int {
    guard input.has(Self.frameLength, at: offset) else { throw CaptureError(.truncated("block"), at: offset) }
    if input.uint32(at: offset) == Self.sectionHeader { try beginSection(at: offset) }
    let type = input.uint32(at: offset)
    let length = Int(input.uint32(at: offset + 4))
    guard length >= Self.frameLength, length.isMultiple(of: 4) else {
      throw CaptureError(.malformed("block length"), at: offset + 4)
    }
    guard input.has(length, at: offset) else { throw CaptureError(.truncated("block"), at: offset) }
    guard Int(input.uint32(at: offset + length - 4)) == length else {
      throw CaptureError(.malformed("block length"), at: offset + length - 4)
    }
    let body = (offset + 8)..<(offset + length - 4)
    switch type {
    case 1: try readInterface(body)
    case 2, 6: try readPacket(body, isObsolete: type == 2)
    case 3: try readSimplePacket(body)
    default: break
    }
    return length
  }

  private mutating func beginSection(at offset: Int) throws(CaptureError) {
    guard input.has(16, at: offset) else { throw CaptureError(.truncated("section header"), at: offset) }
    input.isBigEndian = true
    if input.uint32(at: offset + 8) != Self.byteOrderMagic { input.isBigEndian = false }
    guard input.uint32(at: offset + 8) == Self.byteOrderMagic else {
      throw CaptureError(.malformed("byte order of the section"), at: offset + 8)
    }
    let version = input.uint16(at: offset + 12)
    guard version == 1 else { throw CaptureError(.unsupported("version \(version) of pcapng"), at: offset + 12) }
    interfaces = []
  }

  private mutating func readInterface(_ body: Range<Int>) throws(CaptureError) {
    guard body.count >= 8 else { throw CaptureError(.malformed("interface block"), at: body.lowerBound - 8) }
    guard interfaces.count < Self.mostInterfaces else {
      throw CaptureError(.tooMany("interfaces", limit: Self.mostInterfaces), at: body.lowerBound - 8)
    }
    var interface = Interface(
      linkNumber: UInt32(input.uint16(at: body.lowerBound)),
      snapLength: Int(input.uint32(at: body.lowerBound + 4)), resolution: StampResolution())
    try forEachOption(in: (body.lowerBound + 8)..<body.upperBound) { code, value in
      switch (code, value.count) {
      case (9, 1): interface.resolution.code = input.bytes[value.lowerBound]
      // A signed number of seconds, in the order of the section.
      case (14, 8):
        let high = input.uint32(at: value.lowerBound + (input.isBigEndian ? 0 : 4))
        let low = input.uint32(at: value.lowerBound + (input.isBigEndian ? 4 : 0))
        interface.resolution.offsetSeconds = Int64(bitPattern: UInt64(high) << 32 | UInt64(low))
      default: break
      }
    }
    interfaces.append(interface)
  }

  /// Calls `visit` with the code and the place of each option; options that run over the block are an error.
  private func forEachOption(
    in range: Range<Int>, _ visit: (UInt16, Range<Int>) -> Void
  ) throws(CaptureError) {
    var offset = range.lowerBound
    for _ in 0..<Self.mostOptions {
      guard offset + 4 <= range.upperBound else { return }
      let code = input.uint16(at: offset)
      let length = Int(input.uint16(at: offset + 2))
      guard code != 0 else { return }
      guard offset + 4 + length <= range.upperBound else { throw CaptureError(.malformed("option"), at: offset) }
      visit(code, (offset + 4)..<(offset + 4 + length))
      offset += 4 + (length + 3) / 4 * 4
    }
  }

  private mutating func readPacket(_ body: Range<Int>, isObsolete: Bool) throws(CaptureError) {
    let start = body.lowerBound
    guard body.count >= 20 else { throw CaptureError(.malformed("packet block"), at: start - 8) }
    let number = isObsolete ? Int(input.uint16(at: start)) : Int(input.uint32(at: start))
    let interface = try interface(number, at: start)
    let units = UInt64(input.uint32(at: start + 4)) << 32 | UInt64(input.uint32(at: start + 8))
    try add(
      interface, bytesAt: start + 20, length: Int(input.uint32(at: start + 12)),
      wireLength: Int(input.uint32(at: start + 16)), end: body.upperBound,
      stamp: interface.resolution.nanoseconds(units))
  }

  private mutating func readSimplePacket(_ body: Range<Int>) throws(CaptureError) {
    guard body.count >= 4 else { throw CaptureError(.malformed("packet block"), at: body.lowerBound - 8) }
    let interface = try interface(0, at: body.lowerBound)
    let wireLength = Int(input.uint32(at: body.lowerBound))
    let kept = interface.snapLength == 0 ? wireLength : min(wireLength, interface.snapLength)
    try add(
      interface, bytesAt: body.lowerBound + 4, length: kept, wireLength: wireLength, end: body.upperBound, stamp: nil)
  }

  private func interface(_ number: Int, at offset: Int) throws(CaptureError) -> Interface {
    guard interfaces.indices.contains(number) else {
      throw CaptureError(.malformed("interface of a packet"), at: offset)
    }
    return interfaces[number]
  }

  private mutating func add(
    _ interface: Interface, bytesAt start: Int, length: Int, wireLength: Int, end: Int, stamp: Int64?
  ) throws(CaptureError) {
    guard let link = LinkType(number: interface.linkNumber) else {
      throw CaptureError(.linkType(interface.linkNumber), at: start)
    }
    guard file.packets.count < CaptureFile.mostPackets else {
      throw CaptureError(.tooMany("packets", limit: CaptureFile.mostPackets), at: start)
    }
    guard length <= CaptureFile.longestPacket, length <= end - start else {
      throw CaptureError(.malformed("packet length"), at: start)
    }
    file.packets.append(
      CapturedPacket(
        number: file.packets.count + 1, stamp: stamp, link: link, bytes: Array(input.bytes[start..<(start + length)]),
        wireLength: max(length, wireLength)))
  }
}

/// What the stamps of an interface count (`if_tsresol`, `if_tsoffset`).
struct StampResolution: Hashable {
  /// Units a second: 10 to the power of minus this, or with the highest bit 2 to that of the lower seven. Usually 10^-6.
  var code: UInt8 = 6
  /// To be added, in seconds.
  var offsetSeconds: Int64 = 0

  /// A stamp in nanoseconds since 1970; what is out of range becomes the nearest that is inside.
  func nanoseconds(_ units: UInt64) -> Int64 {
    let exponent = Int(code & 0x7f)
    // 64 bits of units times 30 bits of nanoseconds fit, and so does a shift or a quotient of them.
    var value = Int128(units) * 1_000_000_000
    if code & 0x80 != 0 {
      value >>= Int128(exponent)
    } else {
      for _ in 0..<exponent where value > 0 { value /= 10 }
    }
    return Int64(clamping: value + Int128(offsetSeconds) * 1_000_000_000)
  }
}
