import Enrichment
import Lookups
import Packets
import Testing

@Suite("Origins in the cache on disk")
struct CacheStorePrefixTests {
  private let bench: CacheBench

  init() throws {
    bench = try CacheBench()
  }

  private func asn(of text: String) throws -> UInt32? {
    guard case .origin(let origin) = bench.found(.origin(try address(text), .cymru))?.content else { return nil }
    return origin.asns.first
  }

  @Test("an origin speaks for every address of its prefix, the longest prefix first")
  func longestPrefix() throws {
    bench.keep(.origin(try address("198.51.1.1"), .cymru), .origin(16, prefix: "198.51.0.0/16"))
    bench.keep(.origin(try address("198.51.100.1"), .cymru), .origin(24, prefix: "198.51.100.0/24"))
    bench.keep(.origin(try address("198.51.100.130"), .cymru), .origin(25, prefix: "198.51.100.128/25"))
    bench.keep(.origin(try address("2001:db8::1"), .cymru), .origin(32, prefix: "2001:db8::/32"))
    #expect(try asn(of: "198.51.0.0") == 16)
    #expect(try asn(of: "198.51.255.255") == 16)
    #expect(try asn(of: "198.51.100.0") == 24)
    #expect(try asn(of: "198.51.100.127") == 24)
    #expect(try asn(of: "198.51.100.128") == 25)
    #expect(try asn(of: "198.51.101.0") == 16, "Back from a longer prefix that ended.")
    #expect(try asn(of: "198.52.0.0") == nil)
    #expect(try asn(of: "2001:db8:ffff::") == 32)
    #expect(try asn(of: "2001:db9::") == nil)
  }

  @Test("that there is no origin holds for the one address, until the address has one")
  func absence() throws {
    let one = try address("198.51.100.1")
    bench.keep(.origin(one, .cymru), .absent(from: .cymru))
    #expect(bench.found(.origin(one, .cymru))?.content == .absent)
    #expect(try bench.found(.origin(address("198.51.100.2"), .cymru)) == nil)
    bench.keep(.origin(one, .cymru), .origin(24, prefix: "198.51.100.0/24"))
    #expect(try asn(of: "198.51.100.1") == 24)
  }

  @Test("a prefix that is not announced any more gives way to what is")
  func withdrawal() throws {
    let one = Question.origin(try address("198.51.100.1"), .cymru)
    // One cache: each prunes what has expired when it first writes.
    let cache = bench.cache()
    cache.store(one, .origin(24, prefix: "198.51.100.0/24", lifetime: .seconds(60)))
    cache.flush()
    bench.advance(by: .seconds(61))
    #expect(cache.find(one) == nil)
    cache.store(one, .origin(16, prefix: "198.51.0.0/16"))
    cache.flush()
    #expect(try asn(of: "198.51.100.1") == 16)
    #expect(try asn(of: "198.51.100.2") == 16)
  }

  @Test("a longer prefix that has expired hides the shorter: only Team Cymru can say which is right")
  func expiredHides() throws {
    bench.keep(.origin(try address("198.51.1.1"), .cymru), .origin(16, prefix: "198.51.0.0/16"))
    bench.keep(
      .origin(try address("198.51.100.1"), .cymru), .origin(24, prefix: "198.51.100.0/24", lifetime: .seconds(60)))
    bench.advance(by: .seconds(61))
    #expect(try asn(of: "198.51.100.1") == nil)
    #expect(try asn(of: "198.51.101.1") == 16)
  }

  @Test(
    "among nested and disjoint prefixes at random it finds what a search of all of them finds",
    arguments: AddressFamily.allCases)
  func agreesWithSearch(family: AddressFamily) {
    for seed in SeededGenerator.seeds(for: "agreesWithSearch") {
      var random = SeededGenerator(seed: seed)
      let bench = bench
      let cache = bench.cache()
      #expect(cache.clear())
      // Few distinct bits, so that prefixes nest and addresses hit.
      func somewhere() -> IPAddress {
        let bits = UInt64.random(in: 0..<64, using: &random) << 18 | UInt64.random(in: 0..<4, using: &random)
        return switch family {
        case .ipv4: IPAddress(ipv4: 0xc000_0000 | UInt32(bits))
        case .ipv6: IPAddress(high: 0x2001_0db8_0000_0000 | bits, low: UInt64.random(in: 0..<3, using: &random) << 62)
        }
      }
      let lengths = family == .ipv4 ? 8...32 : 28...128
      var stored: [Prefix: UInt32] = [:]
      for asn in UInt32(1)...1_200 {
        guard let prefix = Prefix(somewhere(), length: Int.random(in: lengths, using: &random)) else { continue }
        let answer = Answer(
          .origin(Origin(asns: [asn], prefix: prefix)), from: .cymru, lifetime: .seconds(86_400))
        // Asked for an address that no longer prefix holds, since that one would give way.
        let asked = (0..<20).map { _ in somewhere() }.first { address in
          prefix.contains(address) && !stored.keys.contains { $0.length > prefix.length && $0.contains(address) }
        }
        guard let asked else { continue }
        cache.store(.origin(asked, .cymru), answer)
        cache.flush()
        stored[prefix] = asn
      }
      #expect(stored.count > 20)
      for _ in 0..<500 {
        let address = somewhere()
        let expected = stored.filter { $0.key.contains(address) }.max { $0.key.length < $1.key.length }
        guard case .origin(let origin) = cache.find(.origin(address, .cymru))?.content else {
          #expect(expected == nil, "seed \(seed), \(address)")
          continue
        }
        #expect(origin.prefix == expected?.key, "seed \(seed), \(address)")
        #expect(origin.asns.first == expected?.value, "seed \(seed), \(address)")
      }
    }
  }
}
