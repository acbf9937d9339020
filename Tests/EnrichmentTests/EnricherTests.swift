import Enrichment
import Packets
import Testing
import Time

@Suite("Enricher: questions")
struct EnricherQuestionTests {
  private let router = Sample.router
  private let timedOut = LookupFailure(.timedOut, "no answer within 2 s")

  private func origin(_ asns: [UInt32], _ prefix: String = "192.0.2.0/24", name: String? = nil) -> Answer.Content {
    .origin(Origin(asns: asns, prefix: Prefix(prefix), country: "ZZ", name: name))
  }

  @Test("an address is asked about once, and its client told at once and at each answer")
  func address() {
    var stage = Stage()
    stage.begin(1, Sample.request([.names, .autonomousSystems, .geo], places: "city"))
    #expect(
      stage.offer(router) == [
        "? name 192.0.2.1", "? origin 192.0.2.1 cymru", "? place 192.0.2.1 city", "1 192.0.2.1 name … as … geo …",
      ])
    #expect(stage.offer(router, at: 1) == [])
    #expect(stage.answer(.name(router), .name("r1.test"), at: 2) == ["1 192.0.2.1 name r1.test as … geo …"])
    #expect(
      stage.answer(.origin(router, .cymru), origin([64500]), at: 3) == [
        "? AS64500", "1 192.0.2.1 name r1.test as … geo …",
      ])
    #expect(
      stage.answer(.asName(64500), .asName("EXAMPLE"), at: 4) == ["1 192.0.2.1 name r1.test as AS64500=EXAMPLE geo …"])
    let place = Place(city: "Galway", country: "Ireland", countryCode: "IE")
    #expect(
      stage.answer(.place(router, database: "city"), .place(place), at: 5) == [
        "1 192.0.2.1 name r1.test as AS64500=EXAMPLE geo Galway"
      ])
    #expect(stage.enricher.openCount == 0)
    #expect(stage.tick(at: 1000) == [])
  }

  @Test("equal questions of several clients are asked once, and each client gets the answer")
  func coalescing() {
    var stage = Stage()
    for client in 1...3 as ClosedRange<UInt64> { stage.begin(client, Sample.request([.names])) }
    #expect(stage.offer(router, to: 1) == ["? name 192.0.2.1", "1 192.0.2.1 name … as -off geo -off"])
    #expect(stage.offer(router, to: 2) == ["2 192.0.2.1 name … as -off geo -off"])
    #expect(stage.offer(router, to: 3) == ["3 192.0.2.1 name … as -off geo -off"])
    #expect(
      stage.answer(.name(router), .name("r1.test"))
        == (1...3).map { "\($0) 192.0.2.1 name r1.test as -off geo -off" })
    let counts = stage.enricher.statistics[.names]
    #expect(counts.wanted == 3 && counts.asked == 1 && counts.hits == 0 && counts.known == 1)
  }

  @Test("an AS name is asked once for all addresses of the AS")
  func sharedName() {
    var stage = Stage()
    stage.begin(1, Sample.request([.autonomousSystems]))
    let other = IPAddress(198, 51, 100, 1)
    _ = stage.offer(router)
    _ = stage.offer(other)
    #expect(
      stage.answer(.origin(router, .cymru), origin([64500])) == ["? AS64500", "1 192.0.2.1 name -off as … geo -off"])
    #expect(
      stage.answer(.origin(other, .cymru), origin([64500], "198.51.100.0/24")) == [
        "1 198.51.100.1 name -off as … geo -off"
      ])
    #expect(
      stage.answer(.asName(64500), .asName("EXAMPLE")) == [
        "1 192.0.2.1 name -off as AS64500=EXAMPLE geo -off", "1 198.51.100.1 name -off as AS64500=EXAMPLE geo -off",
      ])
  }

  @Test("one origin serves every address of its prefix, and no address outside")
  func prefix() {
    var stage = Stage()
    stage.begin(1, Sample.request([.autonomousSystems]))
    _ = stage.offer(router)
    _ = stage.answer(.origin(router, .cymru), origin([64500], "192.0.2.0/25"))
    _ = stage.answer(.asName(64500), .asName("EXAMPLE"))
    #expect(
      stage.offer(IPAddress(192, 0, 2, 127), at: 1) == ["1 192.0.2.127 name -off as AS64500=EXAMPLE geo -off"])
    #expect(
      stage.offer(IPAddress(192, 0, 2, 128), at: 1) == [
        "? origin 192.0.2.128 cymru", "1 192.0.2.128 name -off as … geo -off",
      ])
  }

  @Test("an answer at hand has the age that it has by then, and is asked again when its lifetime is over")
  func ages() {
    var stage = Stage()
    for client in 1...4 as ClosedRange<UInt64> { stage.begin(client, Sample.request([.names])) }
    _ = stage.offer(router)
    _ = stage.answer(.name(router), .name("r1.test"), at: 1000, age: .seconds(5), lifetime: .seconds(10))
    #expect(stage.offer(router, to: 2, at: 4000) == ["2 192.0.2.1 name r1.test@8s as -off geo -off"])
    #expect(stage.offer(router, to: 3, at: 10_999) == ["3 192.0.2.1 name r1.test@14s as -off geo -off"])
    #expect(
      stage.offer(router, to: 4, at: 11_000) == ["? name 192.0.2.1", "4 192.0.2.1 name … as -off geo -off"])
    let counts = stage.enricher.statistics[.names]
    #expect(counts.wanted == 4 && counts.hits == 2 && counts.asked == 2)
    #expect(counts.hitRate == 0.5)
  }

  @Test("that there is none is kept as long as it holds, and so is a failure")
  func negative() {
    for (content, word) in [(Answer.Content.absent, "none"), (.failed(timedOut), "!timed_out")] {
      var stage = Stage()
      for client in 1...3 as ClosedRange<UInt64> { stage.begin(client, Sample.request([.names])) }
      _ = stage.offer(router)
      #expect(
        stage.answer(.name(router), content, lifetime: Lifetime.ofFailure) == [
          "1 192.0.2.1 name \(word) as -off geo -off"
        ])
      #expect(stage.offer(router, to: 2, at: 4999) == ["2 192.0.2.1 name \(word) as -off geo -off"])
      #expect(stage.offer(router, to: 3, at: 5000).first == "? name 192.0.2.1")
    }
  }

  @Test("sources of origins are asked in order until one knows")
  func sources() {
    let sources: [OriginSource] = [.table("t"), .maxMind("m"), .cymru]
    var stage = Stage()
    stage.begin(1, Sample.request([.autonomousSystems], sources: sources))
    #expect(stage.offer(router).first == "? origin 192.0.2.1 table:t")
    #expect(stage.answer(.origin(router, .table("t")), .absent).first == "? origin 192.0.2.1 mmdb:m")
    // A database names its AS itself: no further question.
    #expect(
      stage.answer(.origin(router, .maxMind("m")), origin([64500], name: "EXAMPLE")) == [
        "1 192.0.2.1 name -off as AS64500=EXAMPLE geo -off"
      ])
    // What the first does not know is remembered, so the second has it at once.
    stage.begin(2, Sample.request([.autonomousSystems], sources: sources))
    #expect(stage.offer(router, to: 2) == ["2 192.0.2.1 name -off as AS64500=EXAMPLE geo -off"])
  }

  @Test("when no source knows, the first failure is told rather than that there is none")
  func allFailed() {
    let sources: [OriginSource] = [.maxMind("m"), .cymru]
    for (first, second, told) in [
      (Answer.Content.absent, Answer.Content.absent, "none"),
      (.failed(LookupFailure(.unusable, "no such file")), .absent, "!unusable"),
      (.absent, .failed(timedOut), "!timed_out"),
      (.failed(LookupFailure(.unusable, "no such file")), .failed(timedOut), "!unusable"),
    ] {
      var stage = Stage()
      stage.begin(1, Sample.request([.autonomousSystems], sources: sources))
      _ = stage.offer(router)
      _ = stage.answer(.origin(router, .maxMind("m")), first)
      #expect(stage.answer(.origin(router, .cymru), second) == ["1 192.0.2.1 name -off as \(told) geo -off"])
    }
  }

  @Test("without a source nobody is asked, and the reason is told")
  func noSource() {
    var stage = Stage()
    stage.begin(1, Sample.request([.autonomousSystems, .geo], sources: []))
    #expect(stage.offer(router) == ["1 192.0.2.1 name -off as -no_source geo -no_source"])
    #expect(stage.wantSystem(64500) == ["1 AS64500 -no_source"])
  }

  @Test("of several origins all are told, and the first is named")
  func multiOrigin() {
    var stage = Stage()
    stage.begin(1, Sample.request([.autonomousSystems]))
    _ = stage.offer(router)
    #expect(stage.answer(.origin(router, .cymru), origin([64501, 64500])).first == "? AS64501")
    #expect(
      stage.answer(.asName(64501), .asName("FIRST")) == ["1 192.0.2.1 name -off as AS64501/AS64500=FIRST geo -off"])
  }

  @Test("an origin whose AS has no name, or whose name cannot be asked, is told without")
  func unnamed() {
    for content in [Answer.Content.absent, .failed(timedOut), .name("another question's")] {
      var stage = Stage()
      stage.begin(1, Sample.request([.autonomousSystems]))
      _ = stage.offer(router)
      _ = stage.answer(.origin(router, .cymru), origin([64500]))
      #expect(stage.answer(.asName(64500), content) == ["1 192.0.2.1 name -off as AS64500 geo -off"])
    }
  }

  @Test("an answer to another question is malformed")
  func wrongKind() {
    var stage = Stage()
    stage.begin(1, Sample.request([.names, .isp]))
    _ = stage.offer(router)
    _ = stage.wantPublicAddress()
    #expect(stage.answer(.name(router), .asName("x")) == ["1 192.0.2.1 name !malformed as -off geo -off"])
    #expect(stage.answer(.publicAddress(.ipv4), .name("x")) == ["1 public IPv4 !malformed"])
  }

  @Test("an answer that nobody asked for is ignored, the second to a question too")
  func unasked() {
    var stage = Stage()
    stage.begin(1, Sample.request([.names]))
    #expect(stage.answer(.name(router), .name("early.test")) == [])
    #expect(stage.enricher.cachedCount == 0)
    _ = stage.offer(router)
    _ = stage.answer(.name(router), .name("r1.test"))
    #expect(stage.answer(.name(router), .name("twice.test")) == [])
    stage.begin(2, Sample.request([.names]))
    #expect(stage.offer(router, to: 2) == ["2 192.0.2.1 name r1.test as -off geo -off"])
  }

  @Test("an answer that comes when its client has gone is kept for the next")
  func clientGone() {
    var stage = Stage()
    stage.begin(1, Sample.request([.names]))
    _ = stage.offer(router)
    #expect(stage.end(1) == [])
    #expect(stage.enricher.deadline == nil)
    #expect(stage.offer(router) == [])
    #expect(stage.answer(.name(router), .name("r1.test")) == [])
    stage.begin(2, Sample.request([.names]))
    #expect(stage.offer(router, to: 2) == ["2 192.0.2.1 name r1.test as -off geo -off"])
  }

  @Test("clear forgets what is known, and what is on its way still comes")
  func clear() {
    var stage = Stage()
    stage.begin(1, Sample.request([.names, .isp]))
    _ = stage.offer(router)
    _ = stage.wantPublicAddress()
    _ = stage.answer(.publicAddress(.ipv4), .publicAddress(Sample.here))
    _ = stage.answer(.name(router), .name("r1.test"))
    _ = stage.offer(Sample.neighbour)
    #expect(stage.clear() == [])
    #expect(stage.enricher.cachedCount == 0)
    #expect(stage.answer(.name(Sample.neighbour), .name("r2.test")) == ["1 192.0.2.2 name r2.test as -off geo -off"])
    stage.begin(2, Sample.request([.names, .isp]))
    #expect(stage.offer(router, to: 2).first == "? name 192.0.2.1")
    #expect(stage.wantPublicAddress(for: 2).first == "? public IPv4")
  }

  @Test("beyond the most open questions facts are skipped, and the client told so")
  func full() {
    var stage = Stage()
    stage.begin(1, Sample.request([.names, .autonomousSystems, .isp]))
    for number in 0..<UInt32(Enricher.mostOpen / 2) { _ = stage.offer(IPAddress(ipv4: 0x0800_0000 + number)) }
    #expect(stage.enricher.openCount == Enricher.mostOpen)
    #expect(stage.offer(router) == ["1 192.0.2.1 name -queue_full as -queue_full geo -off"])
    #expect(stage.wantPublicAddress() == ["1 public IPv4 -queue_full"])
    #expect(stage.wantSystem(64500) == ["1 AS64500 -queue_full"])
    // Who asks what has been asked already takes no room.
    stage.begin(2, Sample.request([.names]))
    #expect(stage.offer(IPAddress(ipv4: 0x0800_0000), to: 2) == ["2 8.0.0.0 name … as -off geo -off"])
    #expect(stage.enricher.statistics[.names].skipped == 1)
  }

  @Test("an AS is told by its name alone")
  func system() {
    var stage = Stage()
    stage.begin(1, Sample.request([.autonomousSystems]))
    #expect(stage.wantSystem(64500) == ["? AS64500", "1 AS64500 …"])
    #expect(stage.wantSystem(64500, at: 1) == [])
    #expect(stage.answer(.asName(64500), .asName("EXAMPLE"), at: 2) == ["1 AS64500 EXAMPLE"])
    #expect(stage.tick(at: 1000) == [])
  }
}
