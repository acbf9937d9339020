import Enrichment
import FoundationEssentials
import Glibc
import Lookups
import Packets
import SystemIO
import TestSupport
import Testing

@Suite("A MaxMind database")
struct MaxMindDatabaseTests {
  private let directory: TemporaryDirectory
  private var path: String { directory.path + "/a.mmdb" }

  init() throws {
    directory = try TemporaryDirectory()
  }

  private func open(_ bytes: [UInt8]) throws -> MaxMindDatabase {
    try Data(bytes).write(to: URL(filePath: path))
    return try MaxMindDatabase(path: path)
  }

  private func open(
    _ layout: String, family: AddressFamily = .ipv6, _ networks: (String, MaxMindWriter.Value)...
  ) throws -> MaxMindDatabase {
    var writer = MaxMindWriter(layout: layout, family: family)
    for (prefix, value) in networks { writer.add(try #require(Prefix(prefix)), value) }
    return try open(writer.bytes)
  }

  private static func asn(_ number: MaxMindWriter.Value, _ name: String = "EXAMPLE") -> MaxMindWriter.Value {
    .map(["autonomous_system_number": number, "autonomous_system_organization": .text(name)])
  }

  @Test("gives the origin of both families with the longest prefix")
  func origins() throws {
    let database = try open(
      "GeoLite2-ASN", ("192.0.0.0/16", Self.asn(.uint32(64500), "Outer, Inc.")),
      ("192.0.2.0/24", Self.asn(.uint32(64501), "Inner")), ("2001:db8::/32", Self.asn(.uint32(4_200_000_000), "Six")))
    #expect(database.layout == "GeoLite2-ASN")
    #expect(database.nodes > 100)
    func origin(_ text: String) throws -> Origin? { try database.origin(of: address(text)) }
    #expect(
      try origin("192.0.2.255") == Origin(asns: [64501], prefix: Prefix("192.0.2.0/24"), name: "Inner"))
    #expect(try origin("192.0.3.0")?.asns == [64500])
    // The outer network is split round the inner one: what is shown is the part that holds the address.
    #expect(try origin("192.0.3.0")?.prefix == Prefix("192.0.3.0/24"))
    #expect(try origin("192.0.128.1")?.prefix == Prefix("192.0.128.0/17"))
    #expect(try origin("192.1.0.0") == nil)
    #expect(
      try origin("2001:db8:1::1") == Origin(asns: [4_200_000_000], prefix: Prefix("2001:db8::/32"), name: "Six"))
    #expect(try origin("2001:db9::") == nil)
  }

  @Test("takes AS numbers of every width, and 0 or more than 32 bits for none")
  func widths() throws {
    let database = try open(
      "DBIP-ASN-Lite", ("192.0.2.0/27", Self.asn(.uint16(64501))), ("192.0.2.32/27", Self.asn(.uint32(64502))),
      ("192.0.2.64/27", Self.asn(.uint64(64503))), ("192.0.2.96/27", Self.asn(.uint64(1 << 32))),
      ("192.0.2.128/27", Self.asn(.uint32(0))), ("192.0.2.160/27", Self.asn(.text("64506"))),
      ("192.0.2.192/27", .map([:])))
    let asns = try (0..<7).map { try database.origin(of: IPAddress(192, 0, 2, $0 * 32))?.asns }
    #expect(asns == [[64501], [64502], [64503], nil, nil, nil, nil])
  }

  @Test("of IPv4 alone knows no IPv6 address")
  func ipv4Only() throws {
    let database = try open("GeoLite2-ASN", family: .ipv4, ("192.0.2.0/24", Self.asn(.uint32(64500))))
    #expect(try database.origin(of: address("192.0.2.1"))?.prefix == Prefix("192.0.2.0/24"))
    #expect(try database.origin(of: address("::c000:201")) == nil)
  }

  @Test("gives city and country as far as they are there")
  func places() throws {
    func names(_ name: String) -> MaxMindWriter.Value { .map(["names": .map(["de": .text("?"), "en": .text(name)])]) }
    let ireland = MaxMindWriter.Value.map(["iso_code": .text("IE"), "names": .map(["en": .text("Ireland")])])
    let database = try open(
      "GeoLite2-City", ("192.0.2.0/26", .map(["city": names("Dublin"), "country": ireland])),
      ("192.0.2.64/26", .map(["country": ireland])), ("192.0.2.128/26", .map(["continent": names("Europe")])))
    #expect(
      try database.place(of: IPAddress(192, 0, 2, 1)) == Place(city: "Dublin", country: "Ireland", countryCode: "IE"))
    #expect(
      try database.place(of: IPAddress(192, 0, 2, 65)) == Place(city: nil, country: "Ireland", countryCode: "IE"))
    #expect(try database.place(of: IPAddress(192, 0, 2, 129)) == nil)
    #expect(try database.place(of: IPAddress(192, 0, 2, 200)) == nil)
  }

  @Test("with the layout for something else says so, and what it should have")
  func wrongLayout() throws {
    let city = try open("GeoLite2-City", ("192.0.2.0/24", .map(["country": .map(["iso_code": .text("IE")])])))
    #expect {
      try city.origin(of: IPAddress(192, 0, 2, 1))
    } throws: { error in
      (error as? SourceTrouble)?.why == "its layout 'GeoLite2-City' has no AS numbers"
        && (error as? SourceTrouble)?.remedy == "a database with the layout of GeoLite2-ASN"
    }
    let asn = try open("GeoLite2-ASN", ("192.0.2.0/24", Self.asn(.uint32(64500))))
    #expect {
      try asn.place(of: IPAddress(192, 0, 2, 1))
    } throws: { error in
      (error as? SourceTrouble)?.why == "its layout 'GeoLite2-ASN' has no cities or countries"
    }
  }

  @Test("texts that are not UTF-8, or longer than any name, are none")
  func hostileTexts() throws {
    let long = String(repeating: "x", count: 1_025)
    var writer = MaxMindWriter(layout: "GeoLite2-ASN")
    writer.add(try #require(Prefix("192.0.2.0/25")), Self.asn(.uint32(1), long))
    writer.add(try #require(Prefix("192.0.2.128/25")), Self.asn(.uint32(2), "spoiled"))
    var bytes = writer.bytes
    let spoiled = try #require(bytes.firstRange(of: Array("spoiled".utf8)))
    bytes[spoiled.lowerBound] = 0xff
    let database = try open(bytes)
    #expect(try database.origin(of: IPAddress(192, 0, 2, 1)) == Origin(asns: [1], prefix: Prefix("192.0.2.0/25")))
    #expect(try database.origin(of: IPAddress(192, 0, 2, 200))?.name == nil)
  }

  @Test(
    "what is missing or no database is refused in words",
    arguments: [
      (nil, "no such file or directory (ENOENT from stat)"),
      ([], "it is empty"),
      (Array("1.0.0.0\t1.0.0.255\t13335\n".utf8), "it is no MaxMind database, or only the beginning of one: "),
    ] as [([UInt8]?, String)])
  func refused(bytes: [UInt8]?, why: String) throws {
    if let bytes { try Data(bytes).write(to: URL(filePath: path)) }
    #expect {
      try MaxMindDatabase(path: path)
    } throws: { error in
      (error as? SourceTrouble)?.why.hasPrefix(why) == true
    }
    #expect {
      try MaxMindDatabase(path: directory.path)
    } throws: { error in
      (error as? SourceTrouble)?.why == "invalid argument (EINVAL from open)"
    }
  }

  @Test("a file cut short anywhere is refused: what it is stands at its end")
  func truncated() throws {
    var writer = MaxMindWriter(layout: "GeoLite2-ASN")
    for third in UInt8(0)..<8 {
      writer.add(try #require(Prefix(IPAddress(192, 0, third, 0), length: 24)), Self.asn(.uint32(64500)))
    }
    let bytes = writer.bytes
    var refused = 0
    for count in stride(from: 0, to: bytes.count, by: 7) {
      try Data(bytes.prefix(count)).write(to: URL(filePath: path))
      do throws(SourceTrouble) {
        let database = try MaxMindDatabase(path: path)
        _ = try database.origin(of: IPAddress(192, 0, 2, 1))
      } catch {
        refused += 1
      }
    }
    // The metadata comes last.
    #expect(refused == (bytes.count + 6) / 7)
  }

  @Test("damage anywhere never does more than throw", arguments: SeededGenerator.seeds(for: "damage"))
  func damage(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var writer = MaxMindWriter(layout: "GeoLite2-City")
    for third in UInt8(0)..<8 {
      let city = MaxMindWriter.Value.map(["names": .map(["en": .text("City \(third)")])])
      writer.add(try #require(Prefix(IPAddress(192, 0, third, 0), length: 24)), .map(["city": city]))
    }
    let whole = writer.bytes
    var thrown = 0
    for _ in 0..<300 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...20, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0 ... .max, using: &random)
      }
      do {
        let database = try open(bytes)
        for third in UInt8(0)..<8 {
          _ = try database.place(of: IPAddress(192, 0, third, 1))
          _ = try database.origin(of: IPAddress(192, 0, third, 1))
        }
      } catch {
        #expect(error is SourceTrouble)
        thrown += 1
      }
    }
    #expect(thrown > 0)
  }

  @Test("has a stamp that tells when its file was replaced, rewritten, cut short or removed")
  func currency() throws {
    var writer = MaxMindWriter(layout: "GeoLite2-ASN")
    writer.add(try #require(Prefix("192.0.2.0/24")), Self.asn(.uint32(64500)))
    let bytes = writer.bytes
    func isCurrent(after change: () throws -> Void) throws -> Bool {
      try Data(bytes).write(to: URL(filePath: path))
      // Long ago, or a change at once would be within what the kernel's clock for files can tell apart.
      let old = [timespec(tv_sec: 1_000_000_000, tv_nsec: 0), timespec(tv_sec: 1_000_000_000, tv_nsec: 0)]
      try #require(utimensat(AT_FDCWD, path, old, 0) == 0)
      let database = try MaxMindDatabase(path: path)
      #expect(try FileStamp(path: path) == database.stamp)
      try change()
      do throws(SystemError) { return try FileStamp(path: path) == database.stamp } catch { return false }
    }
    #expect(try isCurrent {})
    #expect(
      try !isCurrent {
        try Data(bytes).write(to: URL(filePath: path + ".new"))
        try #require(rename(path + ".new", path) == 0)
      })
    #expect(
      try !isCurrent {
        try #require(truncate(path, 100) == 0)
      })
    #expect(
      try !isCurrent {
        let file = Glibc.open(path, O_WRONLY)
        try #require(file >= 0)
        defer { close(file) }
        try #require(pwrite(file, "x", 1, 0) == 1)
      })
    #expect(
      try !isCurrent {
        try #require(unlink(path) == 0)
      })
  }
}
