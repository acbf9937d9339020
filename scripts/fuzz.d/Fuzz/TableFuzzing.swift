import Enrichment
import Lookups
import Packets

/// The text of a prefix table; and where the first byte is 4 or 6, a table of prefixes made of four bytes each, whose longest match is
/// compared with that of a search through all.
enum TableFuzzing {
  static let seeds =
    [
      "1.0.0.0\t1.0.0.255\t64500\tZZ\tEXAMPLE\n2001:db8::\t2001:db8:ffff::\t64501\tNone\tExample Ltd\r\n# comment\n",
      "192.0.2.0\t24\t64500_64501,64502\n2001:db8::\t32\t64500\n0.0.0.0\t0\t1\n",
      "1.0.0.0\t1.0.3.255\t0\tNone\tNot routed\n1.0.0.0\t2001:db8::\t1\tZZ\tx\n1.0.0.0\n\t\t\t\t\n",
    ].map { Array($0.utf8) } + [
      [4, 10, 0, 8, 1, 10, 1, 16, 2, 10, 1, 24, 3, 0, 0, 0, 4], [6, 32, 1, 32, 1, 32, 1, 48, 2, 0, 0, 0, 3],
    ]

  static func run(_ bytes: [UInt8]) {
    switch bytes.first {
    case 4: compare(.ipv4, bytes.dropFirst())
    case 6: compare(.ipv6, bytes.dropFirst())
    case _: read(bytes)
    }
  }

  private static func read(_ bytes: [UInt8]) {
    do throws(SourceTrouble) {
      let table = try PrefixTable(text: bytes)
      precondition(table.faults.count <= PrefixTable.shownFaults, "Only so many faults are kept.")
      precondition(table.faultCount >= table.faults.count, "All faults are counted.")
      let number = bytes.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      for address in [IPAddress(ipv4: number), .unspecified(.ipv4), .unspecified(.ipv6), IPAddress(high: .max, low: 0)]
      {
        if let origin = table.origin(of: address) {
          precondition(origin.prefix?.contains(address) == true, "An origin is the address's.")
        }
      }
    } catch {
      precondition(!"\(error)".isEmpty, "An error says what is wrong.")
    }
  }

  /// A search through all is quadratic: enough for ranges inside ranges inside ranges.
  private static let mostPrefixes = 40

  private static func compare(_ family: AddressFamily, _ bytes: ArraySlice<UInt8>) {
    let words = stride(from: bytes.startIndex, to: bytes.endIndex - 3, by: 4).prefix(mostPrefixes)
    let prefixes = words.compactMap { prefix(family, Array(bytes[$0..<$0 + 4])) }
    guard !prefixes.isEmpty else { return }
    let text = prefixes.map { "\($0.address)\t\($0.length)\t64500\n" }.joined()
    do throws(SourceTrouble) {
      let table = try PrefixTable(text: Array(text.utf8))
      precondition(table.faultCount == 0, "A good line is good.")
      for address in prefixes.flatMap({ edges(of: $0) }) {
        let longest = prefixes.filter { $0.contains(address) }.map(\.length).max()
        precondition(table.match(address)?.length == longest, "The longest prefix is found.")
      }
    } catch {
      preconditionFailure("A good table is good: \(error)")
    }
  }

  private static func prefix(_ family: AddressFamily, _ bytes: [UInt8]) -> Prefix? {
    let start = UInt64(bytes[0]) << 56 | UInt64(bytes[1]) << 48 | UInt64(bytes[3]) << 32
    switch family {
    case .ipv4: return Prefix(IPAddress(ipv4: UInt32(start >> 32)), length: Int(bytes[2] % 33))
    case .ipv6: return Prefix(IPAddress(high: start, low: start), length: Int(bytes[2] % 129))
    }
  }

  /// The first and the last address of a block, and those beside them.
  private static func edges(of prefix: Prefix) -> [IPAddress] {
    switch prefix.address.family {
    case .ipv4:
      let first = UInt32(truncatingIfNeeded: prefix.address.low)
      let last = first | (prefix.length == 0 ? .max : UInt32.max >> UInt32(prefix.length))
      return [first, last, first &- 1, last &+ 1].map { IPAddress(ipv4: $0) }
    case .ipv6:
      let first = UInt128(prefix.address.high) << 64 | UInt128(prefix.address.low)
      let last = first | (prefix.length == 0 ? .max : UInt128.max >> UInt128(prefix.length))
      return [first, last, first &- 1, last &+ 1].map {
        IPAddress(high: UInt64($0 >> 64), low: UInt64(truncatingIfNeeded: $0))
      }
    }
  }
}
