// Theory of operation
//
// A table is a text of up to some hundred thousand lines, each of which says who originates a range of addresses. Loaded, it is
// for each family one sorted array of segments: where a segment begins, and which line speaks for the addresses from there to the
// next. Nested and overlapping ranges are resolved when the table is loaded, so that a look-up is one binary search, without
// allocation until an origin is made of it. The texts of the lines' ends (AS numbers, country, name) are kept once each, as
// bytes, and are read when they are asked for: 500,000 prefixes have some 80,000 of them.

import Enrichment
import Packets
import SystemIO

/// Who originates which prefix, from a file in one of two public layouts, told apart line by line:
///
///     iptoasn    range_start  range_end  AS_number  country_code  AS_description     IPv4, IPv6 or both
///     pfx2as     prefix  length  AS_numbers                                          CAIDA's; 1_2 several origins, 3,4 a set
///
/// with tabs between. Empty lines and those that begin with `#` say nothing. AS number 0 is iptoasn's "not routed".
package struct PrefixTable: Sendable {
  /// A line that cannot be used.
  package struct Fault: Hashable, Sendable {
    /// From 1.
    package let line: Int
    /// What is wrong with it.
    package let reason: LineFault

    /// That line, for that reason.
    package init(line: Int, reason: LineFault) {
      self.line = line
      self.reason = reason
    }
  }

  /// The segments of each family.
  let ipv4: PrefixSegments<UInt32>
  let ipv6: PrefixSegments<UInt128>
  let texts: TextPool

  /// Lines that say something.
  package let count: Int
  /// The first lines that cannot be used; the others are.
  package let faults: [Fault]
  /// How many lines cannot be used.
  package let faultCount: Int
  /// Whether the file goes on beyond what is taken of one (`mostLines`, `mostTextBytes`).
  package let isCut: Bool

  /// The most lines that are read: five times the routes of the internet.
  package static let mostLines = 5_000_000
  /// The longest line, in bytes without its end; the longest name of an AS has about 100.
  package static let longestLine = 1_024
  /// The most bytes of different texts: twenty times those of today's table.
  package static let mostTextBytes = 64 << 20
  /// So many faults are kept to be shown.
  package static let shownFaults = 5

  /// What it takes in memory.
  package var byteCount: Int { ipv4.byteCount + ipv6.byteCount + texts.byteCount }

  /// The origin of an address, by the longest prefix or smallest range that holds it.
  ///
  /// Its prefix is the announced one; of a range, the longest block inside the range that holds the address.
  package func origin(of address: IPAddress) -> Origin? {
    guard let match = match(address) else { return nil }
    return texts.origin(match.text, prefix: Prefix(address, length: match.length))
  }

  /// Finds what speaks for an address; allocates nothing.
  package func match(_ address: IPAddress) -> PrefixMatch? {
    switch address.family {
    case .ipv4: ipv4.find(UInt32(truncatingIfNeeded: address.low))
    case .ipv6: ipv6.find(UInt128(address.high) << 64 | UInt128(address.low))
    }
  }
}

/// What speaks for an address.
package struct PrefixMatch: Hashable, Sendable {
  /// Of the prefix, in bits.
  package let length: Int
  /// Number of the text that says who.
  let text: UInt32
}
