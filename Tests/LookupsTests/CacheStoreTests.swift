import Enrichment
import Glibc
import Lookups
import Packets
import SystemIO
import TestSupport
import Testing

/// A directory, a wall clock that stands until it is set, and caches that use both.
final class CacheBench: Sendable {
  let directory: TemporaryDirectory
  private let time = Locked<Int64>(1_800_000_000_000)

  init() throws {
    directory = try TemporaryDirectory()
  }

  var path: String { directory.path + "/state/ftrsh/cache.db" }

  /// Milliseconds since 1970.
  var now: Int64 {
    get { time.withLock { $0 } }
    set { time.withLock { $0 = newValue } }
  }

  func advance(by duration: Duration) {
    now += duration.components.seconds * 1_000
  }

  /// A shell's cache.
  func cache() -> CacheStore {
    CacheStore(path: path) { self.now }
  }

  /// What a later shell finds.
  func found(_ question: Question) -> Answer? {
    cache().find(question)
  }

  func keep(_ question: Question, _ answer: Answer) {
    let cache = cache()
    cache.store(question, answer)
    cache.flush()
  }
}

extension Answer {
  static func name(_ name: String, lifetime: Duration = .seconds(3_600)) -> Answer {
    Answer(.name(name), from: .dns, lifetime: lifetime)
  }

  static func origin(_ asns: UInt32..., prefix: String, country: String? = nil, lifetime: Duration = .seconds(3_600))
    -> Answer
  {
    Answer(
      .origin(Origin(asns: asns, prefix: Prefix(prefix), country: country)), from: .cymru, lifetime: lifetime)
  }

  static func absent(from source: FactSource) -> Answer {
    Answer(.absent, from: source, lifetime: .seconds(300))
  }
}

func address(_ text: String) throws -> IPAddress {
  try #require(IPAddress(text))
}

@Suite("The cache on disk")
struct CacheStoreTests {
  private let bench: CacheBench
  private let router = IPAddress(192, 0, 2, 9)

  init() throws {
    bench = try CacheBench()
  }

  @Test("what one shell learned, the next one knows, with its age and the rest of its lifetime")
  func outlivesSession() throws {
    let router6 = try address("2001:db8::9")
    let origin = Origin(
      asns: [64500, 64501], prefix: Prefix("192.0.2.0/24"), country: "ZZ", registry: "ripencc", name: "EXAMPLE")
    let kept: [(Question, Answer)] = [
      (.name(router), .name("ae8.example.net")),
      (.name(router6), .name("")),
      (.origin(router, .cymru), Answer(.origin(origin), from: .cymru, lifetime: .seconds(86_400))),
      (.asName(64500), Answer(.asName("EXAMPLE — Ünïcode"), from: .cymru, lifetime: .seconds(86_400))),
      (.name(IPAddress(192, 0, 2, 10)), .absent(from: .dns)),
      (.origin(router6, .cymru), .absent(from: .cymru)),
      (.asName(4_294_967_295), .absent(from: .cymru)),
    ]
    let first = bench.cache()
    for (question, answer) in kept { first.store(question, answer) }
    first.flush()
    bench.advance(by: .seconds(60))
    let second = bench.cache()
    for (question, answer) in kept {
      var older = answer
      older.age = .seconds(60)
      older.lifetime = answer.lifetime - .seconds(60)
      #expect(second.find(question) == older)
    }
    #expect(second.counts() == CacheStore.Counts(names: 3, origins: 2, asNames: 2))
    #expect(second.takeNote() == nil)
  }

  @Test("an entry ends with its lifetime, to the millisecond")
  func expires() {
    bench.keep(.name(router), .name("a.example", lifetime: .seconds(60)))
    bench.now += 59_999
    #expect(bench.found(.name(router))?.lifetime == .milliseconds(1))
    bench.now += 1
    #expect(bench.found(.name(router)) == nil)
  }

  @Test("an answer that was kept in memory before keeps its age")
  func agedAnswer() {
    bench.keep(.name(router), Answer(.name("a.example"), from: .dns, age: .seconds(100), lifetime: .seconds(60)))
    #expect(bench.found(.name(router))?.age == .seconds(100))
    #expect(bench.found(.name(router))?.lifetime == .seconds(60))
  }

  @Test(
    "a clock that is set back makes nothing immortal: a little is forgiven, beyond it the entry is a miss, and goes")
  func clockSetBack() {
    bench.keep(.name(router), .name("a.example", lifetime: .seconds(86_400)))
    bench.keep(.asName(2), Answer(.asName("A"), from: .cymru, lifetime: .seconds(1)))
    bench.advance(by: .seconds(-60))
    #expect(bench.found(.name(router))?.age == .zero)
    #expect(bench.found(.name(router))?.lifetime == .seconds(86_400))
    #expect(bench.found(.asName(2))?.age == .zero)
    bench.advance(by: .seconds(-1))
    #expect(bench.found(.name(router)) == nil)
    #expect(bench.found(.asName(2)) == nil)
    bench.advance(by: .seconds(-86_400 * 365))
    #expect(bench.found(.name(router)) == nil)
    bench.keep(.asName(1), .absent(from: .cymru))
    #expect(bench.cache().counts() == CacheStore.Counts(names: 0, origins: 0, asNames: 1))
  }

  @Test("no answer is kept for longer than a day, whatever its lifetime")
  func longestLifetime() {
    bench.keep(.name(router), .name("a.example", lifetime: .seconds(1_000_000_000)))
    #expect(bench.found(.name(router))?.lifetime == .seconds(86_400))
  }

  @Test("what is gathered is found from the flush on, or when it is 64")
  func gathering() {
    let cache = bench.cache()
    let addresses = (0..<64).map { IPAddress(198, 51, 100, $0) }
    for address in addresses.dropLast() { cache.store(.name(address), .name("a.example")) }
    #expect(bench.found(.name(addresses[0])) == nil)
    cache.store(.name(addresses[63]), .name("a.example"))
    #expect(addresses.allSatisfy { bench.found(.name($0)) != nil })
    cache.store(.name(router), .name("b.example"))
    #expect(bench.found(.name(router)) == nil)
    cache.flush()
    #expect(bench.found(.name(router)) != nil)
  }

  @Test(
    "failures, local files, the public address, the lab, and names that another network gives others are not kept",
    arguments: [
      (
        .name(IPAddress(192, 0, 2, 1)),
        Answer(.failed(LookupFailure(.timedOut, "")), from: .dns, lifetime: .seconds(60))
      ),
      (.name(IPAddress(192, 0, 2, 1)), Answer(.name("a.example"), from: .lab, lifetime: .seconds(60))),
      (.name(IPAddress(192, 0, 2, 1)), Answer(.name("a.example"), from: .dns, lifetime: .zero)),
      (.name(IPAddress(192, 168, 1, 1)), .name("router.home")),
      (.name(IPAddress(10, 1, 1, 1)), .absent(from: .dns)),
      (.name(IPAddress(100, 64, 0, 1)), .name("cgn.example")),
      (.name(IPAddress(high: 0xfe80 << 48, low: 1)), .name("router.home")),
      (.name(IPAddress(high: 0xfd00 << 48, low: 1)), .name("router.home")),
      (.origin(IPAddress(192, 0, 2, 1), .maxMind("/a.mmdb")), .origin(1, prefix: "192.0.2.0/24")),
      (.origin(IPAddress(192, 0, 2, 1), .table("/a.tsv")), .origin(1, prefix: "192.0.2.0/24")),
      (.origin(IPAddress(192, 0, 2, 1), .cymru), .origin(prefix: "192.0.2.0/24")),
      (.origin(IPAddress(192, 0, 2, 1), .cymru), .origin(1, prefix: "")),
      (.origin(IPAddress(192, 0, 2, 1), .cymru), .origin(1, prefix: "198.51.100.0/24")),
      (.origin(IPAddress(192, 0, 2, 1), .cymru), .origin(1, prefix: "0.0.0.0/0")),
      (.origin(IPAddress(192, 0, 2, 1), .cymru), .origin(1, prefix: "192.0.0.0/7")),
      (
        .place(IPAddress(192, 0, 2, 1), database: "/a.mmdb"),
        Answer(.place(Place(city: "A", country: nil, countryCode: nil)), from: .maxMind, lifetime: .seconds(60))
      ),
      (
        .publicAddress(.ipv4),
        Answer(.publicAddress(IPAddress(192, 0, 2, 1)), from: .stun, lifetime: .seconds(60))
      ),
      (.asName(1), Answer(.name("a.example"), from: .cymru, lifetime: .seconds(60))),
    ] as [(Question, Answer)])
  func notKept(question: Question, answer: Answer) {
    bench.keep(.asName(2), .absent(from: .cymru))
    bench.keep(question, answer)
    #expect(bench.found(question) == nil)
    #expect(bench.cache().counts()?.total == 1)
  }

  @Test("clearing forgets everything, what is gathered too")
  func clear() {
    bench.keep(.name(router), .name("a.example"))
    let cache = bench.cache()
    cache.store(.asName(1), .absent(from: .cymru))
    #expect(cache.clear())
    cache.flush()
    #expect(bench.cache().counts()?.total == 0)
  }

  @Test("the file is the user's alone, and so are the directories made for it")
  func permissions() throws {
    bench.keep(.name(router), .name("a.example"))
    let cache = bench.cache()
    #expect(cache.find(.name(router)) != nil)
    let modes = [
      "/state": 0o700, "/state/ftrsh": 0o700, "/state/ftrsh/cache.db": 0o600, "/state/ftrsh/cache.db-wal": 0o600,
      "/state/ftrsh/cache.db-shm": 0o600,
    ]
    for (path, mode) in modes {
      var status = stat()
      try #require(stat(bench.directory.path + path, &status) == 0, "\(path)")
      #expect(Int(status.st_mode & 0o777) == mode, "\(path)")
    }
    withExtendedLifetime(cache) {}
  }
}
