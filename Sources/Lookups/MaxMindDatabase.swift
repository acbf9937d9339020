// Theory of operation
//
// The library maps the file, so that a city database of 60 MB costs what is read of it. A mapping has two weaknesses:
//
//   replaced   by rename, as updaters do: the mapping keeps the old file, which is right but old
//   rewritten  in place, as `cp` does: pages beyond the new end are gone, and reading one kills the program (SIGBUS)
//
// Both change the file's stamp, so `LocalSources` compares it before each look-up (2 µs) and opens the file anew. What is
// left is a file that shrinks within the microsecond of a look-up. Only a copy in memory would rule that out, and cost the
// 60 MB that the mapping saves.

import CMaxMindDB
import Enrichment
import Glibc
import Packets
import SystemIO

/// An open MaxMind database (MaxMind DB format 2.0), as the file was when it was opened.
package final class MaxMindDatabase: @unchecked Sendable {
  // Unchecked because of the pointer: it is this object's own, the library only reads through it once the file is open, and says
  // that any number of threads may do so.
  private let handle: UnsafeMutablePointer<MMDB_s>

  /// The name of its layout: `GeoLite2-ASN`, `GeoLite2-City`.
  package let layout: String
  /// Nodes of its search tree; there are about as many networks in it.
  package let nodes: Int
  /// Of the file just before it was opened. While the file at the path has another one, nothing may be looked up.
  package let stamp: FileStamp

  /// Opens a file. Some 50 µs.
  ///
  /// - Throws: `SourceTrouble` when it is missing, or no database.
  package init(path: String) throws(SourceTrouble) {
    do throws(SystemError) { stamp = try FileStamp(path: path) } catch { throw SourceTrouble(error) }
    // Which could not be mapped, with an error about something else.
    guard stamp.size > 0 else { throw SourceTrouble("it is empty", try: Self.again) }
    handle = .allocate(capacity: 1)
    handle.initialize(to: MMDB_s())
    let code = MMDB_open(path, UInt32(MMDB_MODE_MMAP), handle)
    guard code == MMDB_SUCCESS else {
      handle.deallocate()
      throw Self.trouble(code)
    }
    layout = handle.pointee.metadata.database_type.map { String(cString: $0) } ?? ""
    nodes = Int(handle.pointee.metadata.node_count)
  }

  deinit {
    MMDB_close(handle)
    handle.deallocate()
  }

  /// The origin of an address, from the layout of GeoLite2-ASN.
  ///
  /// - Returns: nil when the database has none.
  /// - Throws: `SourceTrouble` when it is damaged or has another layout.
  package func origin(of address: IPAddress) throws(SourceTrouble) -> Origin? {
    guard var record = try record(of: address) else { return nil }
    guard let number = try number(["autonomous_system_number"], &record) else {
      guard Self.originLayouts.contains(where: layout.contains) else {
        throw SourceTrouble(
          "its layout '\(layout)' has no AS numbers", try: "a database with the layout of GeoLite2-ASN")
      }
      return nil
    }
    return Origin(
      asns: [number], prefix: Prefix(address, length: record.length),
      name: try text(["autonomous_system_organization"], &record))
  }

  /// City and country of an address, from the layout of GeoLite2-City or GeoLite2-Country.
  ///
  /// - Returns: nil when the database knows neither.
  /// - Throws: `SourceTrouble` when it is damaged or has another layout.
  package func place(of address: IPAddress) throws(SourceTrouble) -> Place? {
    guard var record = try record(of: address) else { return nil }
    let place = Place(
      city: try text(["city", "names", "en"], &record), country: try text(["country", "names", "en"], &record),
      countryCode: try text(["country", "iso_code"], &record))
    guard place == Place(city: nil, country: nil, countryCode: nil) else { return place }
    guard Self.placeLayouts.contains(where: layout.contains) else {
      throw SourceTrouble(
        "its layout '\(layout)' has no cities or countries",
        try: "a database with the layout of GeoLite2-City or GeoLite2-Country")
    }
    return nil
  }

  /// Layouts whose records may lack what they are made for; a record of any other layout without it is the wrong database.
  private static let originLayouts = ["ASN", "ISP"]
  private static let placeLayouts = ["City", "Country", "Enterprise"]
  /// The longest text that is taken, in bytes; the longest name of a city or a company has about 100.
  private static let longestText = 1_024

  private static let again = "get the file again"

  private struct Record {
    var entry: MMDB_entry_s
    /// Of the network that the record is about, in bits of the address's family.
    let length: Int
  }

  private func record(of address: IPAddress) throws(SourceTrouble) -> Record? {
    var code: Int32 = 0
    let found = address.withSocketAddress { MMDB_lookup_sockaddr(handle, $0, &code) }
    // A database of IPv4 alone knows nothing of an IPv6 address.
    if code == MMDB_IPV6_LOOKUP_IN_IPV4_DATABASE_ERROR { return nil }
    guard code == MMDB_SUCCESS else { throw Self.trouble(code) }
    guard found.found_entry else { return nil }
    // In a database for both families an IPv4 address is looked up, and its network counted, as one of ::/96.
    let isMapped = address.family == .ipv4 && handle.pointee.metadata.ip_version == 6
    return Record(entry: found.entry, length: max(0, Int(found.netmask) - (isMapped ? 96 : 0)))
  }

  /// A value of the record by the keys that lead to it; nil when it has none.
  private func value(_ keys: [StaticString], _ record: inout Record) throws(SourceTrouble) -> MMDB_entry_data_s? {
    let path =
      keys.map { UnsafeRawPointer($0.utf8Start).assumingMemoryBound(to: CChar.self) } as [UnsafePointer<CChar>?]
    var value = MMDB_entry_data_s()
    let code = MMDB_aget_value(&record.entry, &value, path + [nil])
    switch code {
    case MMDB_SUCCESS: return value.has_data ? value : nil
    case MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR: return nil
    case _: throw Self.trouble(code)
    }
  }

  /// A whole number of at most 32 bits, of whatever width the file gives it; 0 is none.
  private func number(_ keys: [StaticString], _ record: inout Record) throws(SourceTrouble) -> UInt32? {
    guard let value = try value(keys, &record) else { return nil }
    let number: UInt32? =
      switch Int32(value.type) {
      case MMDB_DATA_TYPE_UINT16: UInt32(value.uint16)
      case MMDB_DATA_TYPE_UINT32: value.uint32
      case MMDB_DATA_TYPE_UINT64: UInt32(exactly: value.uint64)
      case _: nil
      }
    return number == 0 ? nil : number
  }

  private func text(_ keys: [StaticString], _ record: inout Record) throws(SourceTrouble) -> String? {
    guard let value = try value(keys, &record), Int32(value.type) == MMDB_DATA_TYPE_UTF8_STRING,
      let start = value.utf8_string, (1...Self.longestText).contains(Int(value.data_size))
    else { return nil }
    let bytes = UnsafeRawBufferPointer(start: start, count: Int(value.data_size))
    return String(validating: bytes, as: UTF8.self)
  }

  private static func trouble(_ code: Int32) -> SourceTrouble {
    let says = MMDB_strerror(code).map { String(cString: $0) } ?? "error \(code)"
    switch code {
    case MMDB_FILE_OPEN_ERROR, MMDB_IO_ERROR, MMDB_OUT_OF_MEMORY_ERROR:
      return SourceTrouble(SystemError(call: "MMDB_open", errno: errno))
    case MMDB_INVALID_METADATA_ERROR, MMDB_UNKNOWN_DATABASE_FORMAT_ERROR:
      return SourceTrouble("it is no MaxMind database, or only the beginning of one: \(says)", try: Self.again)
    case _:
      return SourceTrouble("it is damaged: \(says)", try: Self.again)
    }
  }
}

extension IPAddress {
  /// The address as the C library has it, without a port.
  fileprivate func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>) -> Result) -> Result {
    switch family {
    case .ipv4:
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(truncatingIfNeeded: low).bigEndian
      return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0) }
      }
    case .ipv6:
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      withUnsafeMutableBytes(of: &address.sin6_addr) { bytes in
        bytes.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
        bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
      }
      return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0) }
      }
    }
  }
}
