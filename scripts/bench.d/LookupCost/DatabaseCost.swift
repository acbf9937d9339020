import Enrichment
import Glibc
import Lookups
import Packets
import SystemIO

/// A MaxMind database with the layout of GeoLite2-ASN and 100,000 networks.
struct DatabaseCost {
  private static let networks = 100_000
  private static let lookups = 500_000

  private let path: String

  init(directory: String) {
    path = directory + "/asn.mmdb"
  }

  func write() {
    var writer = MaxMindWriter(layout: "GeoLite2-ASN")
    for number in 0..<Self.networks {
      guard let prefix = Prefix(Self.address(number), length: 22) else { continue }
      let asn = UInt32(1 + number * 7_919 % (Self.networks / 6))
      writer.add(
        prefix,
        .map([
          "autonomous_system_number": .uint32(asn),
          "autonomous_system_organization": .text("EXAMPLE-AS-\(asn) Example Networks, Inc."),
        ]))
    }
    let bytes = writer.bytes
    guard let file = fopen(path, "w") else { preconditionFailure("the database can be written") }
    precondition(fwrite(bytes, 1, bytes.count, file) == bytes.count, "there is room for it")
    fclose(file)
  }

  /// Origins found a second, with the look at the file that goes before each and without it.
  func found() -> (checked: Double, unchecked: Double) {
    do throws(SourceTrouble) {
      let database = try MaxMindDatabase(path: path)
      let checked = try Self.rate { number throws(SourceTrouble) in
        guard isCurrent(database) else { return false }
        return try database.origin(of: Self.address(number)) != nil
      }
      let unchecked = try Self.rate { number throws(SourceTrouble) in
        try database.origin(of: Self.address(number)) != nil
      }
      return (checked, unchecked)
    } catch {
      preconditionFailure(error.why)
    }
  }

  private func isCurrent(_ database: MaxMindDatabase) -> Bool {
    do throws(SystemError) { return try FileStamp(path: path) == database.stamp } catch { return false }
  }

  private static func rate(_ isFound: (Int) throws(SourceTrouble) -> Bool) throws(SourceTrouble) -> Double {
    let before = clock()
    for number in 0..<lookups {
      let isFound = try isFound(number * 7_919 % networks)
      precondition(isFound, "every address has an origin")
    }
    return Double(lookups) * Double(CLOCKS_PER_SEC) / Double(clock() - before)
  }

  private static func address(_ number: Int) -> IPAddress {
    IPAddress(ipv4: 0x0100_0009 + UInt32(number) << 10)
  }
}
