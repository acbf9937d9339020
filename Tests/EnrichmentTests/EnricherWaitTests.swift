import Enrichment
import Packets
import Testing
import Time

@Suite("Enricher: waiting")
struct EnricherWaitTests {
  private let router = Sample.router

  @Test("who waits is told once when the wait is over, and only while something is pending")
  func waited() {
    var stage = Stage()
    stage.begin(1, Sample.request([.names, .autonomousSystems]))
    _ = stage.offer(router, at: 20, seen: 15)
    #expect(stage.enricher.deadline == Stage.moment(515))
    #expect(stage.tick(at: 514) == [])
    _ = stage.answer(.name(router), .name("r1.test"), at: 514)
    #expect(stage.tick(at: 515) == ["1 waited 192.0.2.1"])
    #expect(stage.enricher.deadline == nil)
    #expect(stage.tick(at: 5000) == [])
    // What comes behind the wait is told all the same.
    #expect(
      stage.answer(.origin(router, .cymru), .absent, at: 6000) == ["1 192.0.2.1 name r1.test as none geo -off"])
  }

  @Test("what is known in time is not waited for")
  func inTime() {
    var stage = Stage()
    stage.begin(1, Sample.request([.names]))
    _ = stage.offer(router)
    _ = stage.answer(.name(router), .absent, at: 499)
    #expect(stage.enricher.deadline == nil)
    #expect(stage.tick(at: 500) == [])
  }

  @Test("an answer at the very moment is in time")
  func atTheMoment() {
    var stage = Stage()
    stage.begin(1, Sample.request([.names]))
    _ = stage.offer(router)
    #expect(stage.answer(.name(router), .name("r1.test"), at: 500) == ["1 192.0.2.1 name r1.test as -off geo -off"])
  }

  @Test("the second step of an origin is waited for within the same wait")
  func secondStep() {
    var stage = Stage()
    stage.begin(1, Sample.request([.autonomousSystems]))
    _ = stage.offer(router)
    let origin = Origin(asns: [64500], prefix: Prefix("192.0.2.0/24"))
    _ = stage.answer(.origin(router, .cymru), .origin(origin), at: 400)
    #expect(stage.enricher.deadline == Stage.moment(500))
    #expect(stage.tick(at: 500) == ["1 waited 192.0.2.1"])
    #expect(
      stage.answer(.asName(64500), .asName("EXAMPLE"), at: 600) == ["1 192.0.2.1 name -off as AS64500=EXAMPLE geo -off"]
    )
  }

  @Test("nothing is waited for beyond the bound on the whole command")
  func until() {
    var stage = Stage()
    stage.begin(1, Sample.request([.names]), until: 300)
    _ = stage.offer(router, at: 100)
    _ = stage.offer(Sample.neighbour, at: 290)
    #expect(stage.tick(at: 299) == [])
    #expect(stage.tick(at: 300) == ["1 waited 192.0.2.1", "1 waited 192.0.2.2"])
    // Behind the bound the wait is over when it begins.
    #expect(
      stage.offer(Sample.here, at: 400) == [
        "? name 198.51.100.7", "1 198.51.100.7 name … as -off geo -off", "1 waited 198.51.100.7",
      ])
  }

  @Test("with a wait of zero a row is told as it stands, and its name when it comes")
  func noWait() {
    var stage = Stage()
    stage.begin(1, Sample.request([.names], wait: 0))
    #expect(
      stage.offer(router) == ["? name 192.0.2.1", "1 192.0.2.1 name … as -off geo -off", "1 waited 192.0.2.1"])
    #expect(stage.answer(.name(router), .name("r1.test"), at: 1) == ["1 192.0.2.1 name r1.test as -off geo -off"])
  }

  @Test("several wait each for itself, in the order of their times")
  func several() {
    var stage = Stage()
    stage.begin(1, Sample.request([.names, .isp], wait: 500))
    stage.begin(2, Sample.request([.names, .autonomousSystems], wait: 100))
    _ = stage.offer(router, to: 1, at: 0)
    _ = stage.offer(router, to: 2, at: 50)
    _ = stage.wantSystem(64500, for: 2, at: 60)
    _ = stage.wantPublicAddress(.ipv6, for: 1, at: 70)
    #expect(stage.enricher.deadline == Stage.moment(150))
    #expect(
      stage.tick(at: 10_000) == [
        "2 waited 192.0.2.1", "2 waited AS64500", "1 waited 192.0.2.1", "1 waited public IPv6",
      ])
  }

  @Test("a client that has gone is not told")
  func gone() {
    var stage = Stage()
    stage.begin(1, Sample.request([.names]))
    _ = stage.offer(router)
    _ = stage.end(1)
    #expect(stage.enricher.deadline == nil)
    #expect(stage.tick(at: 1000) == [])
  }
}

@Suite("Enricher: special addresses, the public address and kinds")
struct EnricherKindTests {
  @Test(
    "a special-purpose range is known without asking, by its own name",
    arguments: [
      ("192.168.1.1", "private network"), ("100.64.0.1", "carrier-grade NAT"), ("127.0.0.1", "loopback"),
      ("169.254.1.1", "link-local"), ("203.0.113.9", "documentation"), ("198.18.0.1", "benchmark"),
      ("fd00::1", "private network"), ("2001:db8::1", "documentation"), ("64:ff9b::10.0.0.1", "private network"),
      ("::ffff:192.0.2.1", "documentation"),
    ])
  func special(text: String, name: String) throws {
    let address: IPAddress = try #require(IPAddress(text))
    var stage = Stage()
    var request = Sample.request([.autonomousSystems, .geo], places: "city")
    request.specialAddresses = .label
    stage.begin(1, request)
    #expect(stage.offer(address) == ["1 \(address) name -off as \(name) geo -special"])
  }

  @Test("documentation and benchmark addresses are ordinary where the policy says so, others never")
  func lookUpPolicy() throws {
    var stage = Stage()
    stage.begin(1, Sample.request([.autonomousSystems]))
    #expect(stage.offer(IPAddress(198, 18, 0, 1)).first == "? origin 198.18.0.1 cymru")
    #expect(stage.offer(Sample.gateway) == ["1 192.168.1.1 name -off as private network geo -off"])
  }

  @Test("an address that carries an IPv4 address inside is looked up as that", arguments: ["64:ff9b::", "::ffff:"])
  func carried(prefix: String) throws {
    let address: IPAddress = try #require(IPAddress(prefix + "192.0.2.1"))
    var stage = Stage()
    stage.begin(1, Sample.request([.names, .autonomousSystems]))
    #expect(stage.offer(address).prefix(2) == ["? name 192.0.2.1", "? origin 192.0.2.1 cymru"])
    #expect(
      stage.answer(.name(Sample.router), .name("r1.test")) == ["1 \(address) name r1.test as … geo -off"])
  }

  @Test("the public address is asked once a family for all clients, and then looked up itself")
  func publicAddress() {
    var stage = Stage()
    for client in 1...3 as ClosedRange<UInt64> { stage.begin(client, Sample.request([.names, .isp])) }
    #expect(stage.wantPublicAddress(for: 1) == ["? public IPv4", "1 public IPv4 …"])
    #expect(stage.wantPublicAddress(for: 1, at: 1) == [])
    #expect(stage.wantPublicAddress(for: 2, at: 1) == ["2 public IPv4 …"])
    #expect(stage.wantPublicAddress(.ipv6, for: 2, at: 1) == ["? public IPv6", "2 public IPv6 …"])
    #expect(
      stage.answer(.publicAddress(.ipv4), .publicAddress(Sample.here), at: 2, lifetime: .zero) == [
        "1 public IPv4 198.51.100.7", "? name 198.51.100.7", "1 198.51.100.7 name … as -off geo -off",
        "2 public IPv4 198.51.100.7", "2 198.51.100.7 name … as -off geo -off",
      ])
    // Once in a session, however long its answer holds.
    #expect(
      stage.wantPublicAddress(for: 3, at: 3_600_000).first == "3 public IPv4 198.51.100.7")
  }

  @Test("a failure to find the public address is not asked again, until the answers are forgotten")
  func publicAddressFails() {
    var stage = Stage()
    for client in 1...3 as ClosedRange<UInt64> { stage.begin(client, Sample.request([.isp])) }
    _ = stage.wantPublicAddress(for: 1)
    let failure = Answer.Content.failed(LookupFailure(.timedOut, "no answer"))
    #expect(stage.answer(.publicAddress(.ipv4), failure) == ["1 public IPv4 !timed_out"])
    #expect(stage.wantPublicAddress(for: 2, at: 3_600_000) == ["2 public IPv4 !timed_out"])
    _ = stage.clear()
    #expect(stage.wantPublicAddress(for: 3).first == "? public IPv4")
  }

  @Test("when others are asked for the public address, one that could not be found is asked again, a known one is not")
  func retry() {
    var stage = Stage()
    for client in 1...2 as ClosedRange<UInt64> { stage.begin(client, Sample.request([.isp])) }
    _ = stage.wantPublicAddress(.ipv4)
    _ = stage.wantPublicAddress(.ipv6)
    _ = stage.answer(.publicAddress(.ipv4), .publicAddress(Sample.here))
    _ = stage.answer(.publicAddress(.ipv6), .failed(LookupFailure(.timedOut, "no answer")))
    #expect(stage.retryPublicAddresses() == [])
    #expect(stage.wantPublicAddress(.ipv4, for: 2) == ["2 public IPv4 198.51.100.7"])
    #expect(stage.wantPublicAddress(.ipv6, for: 2).first == "? public IPv6")
  }

  @Test("a stated public address is taken without asking; of the other family there is none")
  func stated() throws {
    var stage = Stage()
    stage.begin(1, Sample.request([.names, .isp], publicAddress: Sample.here))
    #expect(
      stage.wantPublicAddress() == [
        "1 public IPv4 198.51.100.7", "? name 198.51.100.7", "1 198.51.100.7 name … as -off geo -off",
      ])
    #expect(stage.wantPublicAddress(.ipv6) == ["1 public IPv6 -no_source"])
  }

  @Test("nobody is asked for the public address on the way to a place inside the own network")
  func local() {
    var stage = Stage()
    stage.begin(1, Sample.request([.isp]))
    #expect(stage.wantPublicAddress(toward: Sample.gateway) == ["1 public IPv4 -special"])
    stage.begin(2, Sample.request([.isp]))
    #expect(stage.wantPublicAddress(toward: Sample.router, for: 2).first == "? public IPv4")
  }

  /// Every set of kinds.
  private static let subsets: [Set<EnrichmentKind>] = (0..<(1 << EnrichmentKind.allCases.count)).map { bits in
    Set(EnrichmentKind.allCases.enumerated().filter { bits & (1 << $0.offset) != 0 }.map(\.element))
  }

  @Test("a kind that is off asks nothing, and one that is on asks its own", arguments: subsets)
  func kinds(_ kinds: Set<EnrichmentKind>) {
    var stage = Stage()
    stage.begin(1, Sample.request(kinds, places: "city"))
    var asked: [String] = []
    func note(_ effects: [String]) { asked += effects.filter { $0.hasPrefix("?") } }
    note(stage.wantPublicAddress())
    note(stage.wantPublicAddress(.ipv6))
    note(stage.offer(Sample.router))
    note(stage.answer(.publicAddress(.ipv4), .publicAddress(Sample.here)))
    let origin = Origin(asns: [64500], prefix: Prefix("192.0.2.0/24"))
    note(stage.answer(.origin(Sample.router, .cymru), .origin(origin)))
    func isAsked(_ word: String) -> Bool { asked.contains { $0.hasPrefix("? \(word)") } }
    #expect(isAsked("name") == kinds.contains(.names))
    #expect(isAsked("origin") == kinds.contains(.autonomousSystems))
    #expect(isAsked("AS") == kinds.contains(.autonomousSystems))
    #expect(isAsked("place") == kinds.contains(.geo))
    #expect(isAsked("public") == kinds.contains(.isp))
    let perAddress = [.names, .autonomousSystems, .geo].count { kinds.contains($0) }
    let names = kinds.contains(.autonomousSystems) ? 1 : 0
    let addresses = kinds.contains(.isp) ? 2 : 1
    #expect(asked.count == (kinds.contains(.isp) ? 2 : 0) + addresses * perAddress + names, "\(asked)")
  }
}
