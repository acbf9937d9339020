import Enrichment
import Lookups
import Packets

/// The cache on disk, nearly full: 35,000 names and as many origins.
struct CacheCost {
  private static let rows = 35_000
  private static let perCommit = 16

  private let path: String

  init(directory: String) {
    path = directory + "/cache.db"
  }

  /// Entries stored a second, in commits as large as what one turn of the loop brings.
  func stored() -> Double {
    let cache = CacheStore(path: path)
    precondition(cache.clear(), "nobody else uses it")
    let time = processorSeconds {
      for number in 0..<Self.rows {
        cache.store(
          .name(Self.address(number)), Answer(.name("host\(number).example.net"), from: .dns, lifetime: Self.hour))
        let origin = Origin(asns: [UInt32(number) + 1], prefix: Prefix(Self.address(number), length: 24), country: "ZZ")
        cache.store(.origin(Self.address(number), .cymru), Answer(.origin(origin), from: .cymru, lifetime: Self.hour))
        if number.isMultiple(of: Self.perCommit / 2) { cache.flush() }
      }
      cache.flush()
    }
    return Double(2 * Self.rows) / time
  }

  /// Look-ups a second among what `stored` stored.
  func found(_ question: (IPAddress) -> Question) -> Double {
    let cache = CacheStore(path: path)
    var found = 0
    let time = processorSeconds {
      // In an order that is not that of the file.
      for number in 0..<Self.rows where cache.find(question(Self.address(number * 7_919 % Self.rows))) != nil {
        found += 1
      }
    }
    precondition(found == Self.rows, "what was stored is found: \(found)")
    return Double(Self.rows) / time
  }

  private static let hour = Duration.seconds(3_600)

  /// One address in each of as many blocks of 256.
  private static func address(_ number: Int) -> IPAddress {
    IPAddress(ipv4: 0x2000_0000 + UInt32(number) << 8 + 9)
  }
}
