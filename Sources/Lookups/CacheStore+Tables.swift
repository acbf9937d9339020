// Theory of operation
//
// An origin is found by the longest prefix that holds an address. The rows are ordered by (family, first address, length), and
// the search goes backwards from the last row at or before the address:
//
//   the row holds the address   it is the longest that does: a longer one would begin later, or at the same address and
//                               come later by its length
//   it does not                 every prefix that holds the address and begins before this row holds this row's first
//                               address too, so it is no longer than what both addresses share: the search goes on there
//
// Each step shares fewer bits than the one before, so there are at most 33 or 129 of them; with the prefixes of the
// internet two or three. "There is no origin" is a row for the one address.

import Enrichment
import Packets
import SQLite

/// A table of names by key, `names` or `as_names`.
struct CacheNames {
  enum Key {
    case address(IPAddress)
    case number(UInt32)
  }

  private let select: Statement
  private let replace: Statement

  init(table: String, in database: Database) throws(SQLiteError) {
    select = try database.prepare("SELECT name, stored, expires FROM \(table) WHERE key = ?1")
    replace = try database.prepare("REPLACE INTO \(table)(key, name, stored, expires) VALUES (?1, ?2, ?3, ?4)")
  }

  func find(_ key: Key, at now: Int64) throws(SQLiteError) -> CacheRow<String>? {
    try select.bind(key)
    return try select.first { row in
      guard row.isNull(at: 0) || row.text(at: 0) != nil else { return nil }
      return CacheRow(row.text(at: 0), row, timesAt: 1, now)
    }
  }

  func store(_ key: Key, _ name: String?, _ entry: CacheEntry) throws(SQLiteError) {
    try replace.bind(key)
    try replace.bind(name, at: 2)
    try replace.bind(entry.stored, at: 3)
    try replace.bind(entry.expires, at: 4)
    try replace.run()
  }
}

/// The table of origins, by prefix.
struct CacheOrigins {
  private let select: Statement
  private let replace: Statement
  private let delete: Statement

  init(in database: Database) throws(SQLiteError) {
    select = try database.prepare(
      """
      SELECT first, length, asns, country, registry, name, stored, expires FROM origins
      WHERE family = ?1 AND (first, length) <= (?2, ?3) ORDER BY first DESC, length DESC LIMIT 1
      """)
    replace = try database.prepare(
      """
      REPLACE INTO origins(family, first, length, asns, country, registry, name, stored, expires)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
      """)
    delete = try database.prepare("DELETE FROM origins WHERE family = ?1 AND first = ?2 AND length = ?3")
  }

  func find(_ address: IPAddress, at now: Int64) throws(SQLiteError) -> CacheRow<Origin>? {
    try longest(address) { prefix, row in Self.read(row, prefix, at: now) } ?? nil
  }

  /// Puts an origin in place, and takes away what said more about the address: those prefixes are not announced any more.
  func store(_ address: IPAddress, _ origin: CachedOrigin?, _ entry: CacheEntry) throws(SQLiteError) {
    guard let prefix = origin?.prefix ?? Prefix(address, length: address.family.addressBitCount) else { return }
    while let longer = try longest(address, { found, _ in found }), longer.length > prefix.length {
      try delete.bind(longer)
      try delete.run()
    }
    try replace.bind(prefix)
    try replace.bind(origin.map { $0.origin.asns.map { String($0) }.joined(separator: " ") }, at: 4)
    try replace.bind(origin?.origin.country, at: 5)
    try replace.bind(origin?.origin.registry, at: 6)
    try replace.bind(origin?.origin.name, at: 7)
    try replace.bind(entry.stored, at: 8)
    try replace.bind(entry.expires, at: 9)
    try replace.run()
  }

  /// Gives the row of the longest prefix that holds the address to `body`; nil when there is no such row.
  private func longest<Result>(
    _ address: IPAddress, _ body: (Prefix, Statement) -> Result
  ) throws(SQLiteError) -> Result? {
    var bits = address.family.addressBitCount
    while let limit = Prefix(address, length: bits) {
      try select.bind(limit)
      let step: Step<Result>? = try select.first { row in
        guard let first = row.bytes(at: 0).flatMap({ IPAddress(bytes: $0) }), first.family == address.family,
          let prefix = row.integer(at: 1).flatMap({ Prefix(first, length: Int($0)) }), prefix.address == first
        else { return .on(bits - 1) }  // a row of nobody's making
        guard prefix.contains(address) else { return .on(min(bits - 1, first.commonBits(with: address))) }
        return .found(body(prefix, row))
      }
      switch step {
      case nil: return nil
      case .found(let result): return result
      case .on(let shorter): bits = shorter
      }
    }
    return nil
  }

  private enum Step<Result> {
    case found(Result)
    /// Only prefixes of at most so many bits are left.
    case on(Int)
  }

  private static func read(_ row: Statement, _ prefix: Prefix, at now: Int64) -> CacheRow<Origin>? {
    guard !row.isNull(at: 2) else { return CacheRow(nil, row, timesAt: 6, now) }
    guard let words = row.text(at: 2)?.split(separator: " ") else { return nil }
    let asns = words.compactMap { UInt32($0) }
    guard !asns.isEmpty, asns.count == words.count else { return nil }
    let origin = Origin(
      asns: asns, prefix: prefix, country: row.text(at: 3), registry: row.text(at: 4), name: row.text(at: 5))
    return CacheRow(origin, row, timesAt: 6, now)
  }
}

extension CacheRow {
  /// Nil when the row does not hold any more.
  fileprivate init?(_ value: Value?, _ row: Statement, timesAt column: Int32, _ now: Int64) {
    guard let stored = row.integer(at: column), let expires = row.integer(at: column + 1),
      let times = CacheTime.judge(stored: stored, expires: expires, at: now)
    else { return nil }
    self.init(value: value, age: times.age, lifetime: times.lifetime)
  }
}

extension Statement {
  fileprivate func bind(_ key: CacheNames.Key) throws(SQLiteError) {
    switch key {
    case .address(let address): try bind(address.bytes, at: 1)
    case .number(let number): try bind(Int64(number), at: 1)
    }
  }

  /// Family, first address and length, as the first three parameters.
  fileprivate func bind(_ prefix: Prefix) throws(SQLiteError) {
    try bind(prefix.address.family == .ipv4 ? 4 : 6, at: 1)
    try bind(prefix.address.bytes, at: 2)
    try bind(Int64(prefix.length), at: 3)
  }
}

extension IPAddress {
  /// In network order, so that bytes compare as addresses do.
  fileprivate var bytes: [UInt8] {
    var writer = ByteWriter()
    write(into: &writer)
    return writer.bytes
  }

  fileprivate init?(bytes: [UInt8]) {
    let family: AddressFamily
    switch bytes.count {
    case 4: family = .ipv4
    case 16: family = .ipv6
    case _: return nil
    }
    do throws(PacketError) {
      try self.init(reading: family, from: bytes.span.bytes, at: 0)
    } catch {
      return nil
    }
  }

  /// How many leading bits two addresses of one family share.
  fileprivate func commonBits(with other: IPAddress) -> Int {
    switch family {
    case .ipv4: (UInt32(truncatingIfNeeded: low) ^ UInt32(truncatingIfNeeded: other.low)).leadingZeroBitCount
    case .ipv6:
      high == other.high ? 64 + (low ^ other.low).leadingZeroBitCount : (high ^ other.high).leadingZeroBitCount
    }
  }
}
