import Enrichment
import Packets
import Testing
import Time

@Suite("Cache of answers in memory")
struct AnnotationCacheTests {
  private let router = Sample.router

  private func moment(_ seconds: Int) -> Instant { .zero + .seconds(seconds) }

  private func answer(_ content: Answer.Content, age: Int = 0, lifetime: Int = 60) -> Answer {
    Answer(content, from: .dns, age: .seconds(age), lifetime: .seconds(lifetime))
  }

  private func origin(_ asn: UInt32, _ prefix: String?) -> Answer {
    answer(.origin(Origin(asns: [asn], prefix: prefix.flatMap { Prefix($0) })))
  }

  private func asns(_ cache: inout AnnotationCache, _ address: IPAddress, _ source: OriginSource = .cymru) -> [UInt32]?
  {
    guard case .origin(let origin)? = cache.answer(to: .origin(address, source), at: .zero)?.content else { return nil }
    return origin.asns
  }

  @Test("an answer grows older, and what is left of its lifetime shrinks, until it is gone")
  func aging() {
    var cache = AnnotationCache()
    cache.insert(answer(.name("r1.test"), age: 5, lifetime: 10), to: .name(router), at: moment(100))
    #expect(
      cache.answer(to: .name(router), at: moment(103)) == answer(.name("r1.test"), age: 8, lifetime: 7))
    #expect(cache.answer(to: .name(router), at: moment(110)) == nil)
    #expect(cache.count == 0)
  }

  @Test("what is kept of no time is not kept")
  func noLifetime() {
    var cache = AnnotationCache()
    cache.insert(answer(.absent, lifetime: 0), to: .name(router), at: .zero)
    #expect(cache.answer(to: .name(router), at: .zero) == nil)
  }

  @Test("a later answer takes the place of an earlier one")
  func replaced() {
    var cache = AnnotationCache()
    cache.insert(answer(.absent), to: .name(router), at: .zero)
    cache.insert(answer(.name("r1.test")), to: .name(router), at: .zero)
    #expect(cache.answer(to: .name(router), at: .zero)?.content == .name("r1.test"))
    #expect(cache.count == 1)
  }

  @Test("of several prefixes the longest that holds the address answers")
  func longestPrefix() {
    var cache = AnnotationCache()
    for (asn, prefix) in [(64500, "192.0.0.0/16"), (64502, "192.0.2.0/30"), (64501, "192.0.2.0/24")]
      as [(UInt32, String)]
    {
      cache.insert(origin(asn, prefix), to: .origin(router, .cymru), at: .zero)
    }
    #expect(asns(&cache, router) == [64502])
    #expect(asns(&cache, IPAddress(192, 0, 2, 4)) == [64501])
    #expect(asns(&cache, IPAddress(192, 0, 3, 1)) == [64500])
    #expect(asns(&cache, IPAddress(192, 1, 0, 1)) == nil)
  }

  @Test("what one source says of a prefix is not what another says")
  func sources() {
    var cache = AnnotationCache()
    cache.insert(origin(64500, "192.0.2.0/24"), to: .origin(router, .cymru), at: .zero)
    cache.insert(origin(64501, "192.0.2.0/24"), to: .origin(router, .table("a")), at: .zero)
    #expect(asns(&cache, router) == [64500])
    #expect(asns(&cache, router, .table("a")) == [64501])
    #expect(asns(&cache, router, .table("b")) == nil)
  }

  @Test("that one address has no origin says nothing of its neighbours, and is nearer to it than a prefix")
  func absence() {
    var cache = AnnotationCache()
    cache.insert(answer(.absent), to: .origin(router, .cymru), at: .zero)
    cache.insert(origin(64500, "192.0.2.0/24"), to: .origin(Sample.neighbour, .cymru), at: .zero)
    #expect(cache.answer(to: .origin(router, .cymru), at: .zero)?.content == .absent)
    #expect(asns(&cache, Sample.neighbour) == [64500])
  }

  @Test(
    "a prefix that does not hold the address it came for serves that address alone", arguments: ["10.0.0.0/8", nil])
  func foreignPrefix(prefix: String?) {
    var cache = AnnotationCache()
    cache.insert(origin(64500, prefix), to: .origin(router, .cymru), at: .zero)
    #expect(asns(&cache, router) == [64500])
    #expect(asns(&cache, IPAddress(10, 0, 0, 1)) == nil)
    #expect(asns(&cache, Sample.neighbour) == nil)
  }

  @Test("prefixes of the two families do not meet")
  func families() throws {
    let six: IPAddress = try #require(IPAddress("2001:db8::1"))
    var cache = AnnotationCache()
    cache.insert(origin(64500, "0.0.0.0/0"), to: .origin(router, .cymru), at: .zero)
    #expect(asns(&cache, six) == nil)
    cache.insert(origin(64501, "2001:db8::/32"), to: .origin(six, .cymru), at: .zero)
    #expect(asns(&cache, six) == [64501])
    #expect(asns(&cache, router) == [64500])
  }

  @Test("it holds two generations at most, forgets the older one, and keeps what is in use")
  func generations() {
    var cache = AnnotationCache()
    func question(_ number: Int) -> Question { .name(IPAddress(ipv4: UInt32(number))) }
    for number in 0..<AnnotationCache.mostEntries {
      cache.insert(answer(.absent), to: question(number), at: .zero)
    }
    #expect(cache.count == AnnotationCache.mostEntries)
    // One more begins a new generation; the first is used again, and so goes along.
    cache.insert(answer(.absent), to: question(AnnotationCache.mostEntries), at: .zero)
    #expect(cache.answer(to: question(0), at: .zero) != nil)
    #expect(cache.count == AnnotationCache.mostEntries + 1)
    for number in AnnotationCache.mostEntries..<(3 * AnnotationCache.mostEntries) {
      cache.insert(answer(.absent), to: question(number), at: .zero)
      if number == 2 * AnnotationCache.mostEntries - 2 { #expect(cache.answer(to: question(0), at: .zero) != nil) }
      #expect(cache.count <= 2 * AnnotationCache.mostEntries)
    }
    #expect(cache.answer(to: question(1), at: .zero) == nil)
    #expect(cache.answer(to: question(3 * AnnotationCache.mostEntries - 1), at: .zero) != nil)
  }

  @Test("removing all leaves nothing")
  func removeAll() {
    var cache = AnnotationCache()
    cache.insert(origin(64500, "192.0.2.0/24"), to: .origin(router, .cymru), at: .zero)
    cache.removeAll()
    #expect(cache.count == 0)
    #expect(asns(&cache, router) == nil)
  }
}

@Suite("What enrichment has brought for one result")
struct EnrichmentRecordTests {
  private let router = Sample.router
  private let pending = Annotation(name: .pending, origin: .skipped(.off), place: .skipped(.off))
  private let known = Annotation(
    name: .known("r1.test", source: .dns, age: .zero), origin: .skipped(.off), place: .skipped(.off))

  @Test("a subject is settled when it is known, or has been waited for")
  func settled() {
    var record = EnrichmentRecord(Sample.request([.names, .isp]))
    let subjects: [EnrichmentSubject] = [.address(router), .publicAddress(.ipv4), .system(64500)]
    #expect(subjects.map { record.isSettled($0) } == [false, false, false])
    record.apply(.annotated(router, pending))
    record.apply(.publicAddress(.ipv4, .pending))
    record.apply(.system(64500, .pending))
    #expect(subjects.map { record.isSettled($0) } == [false, false, false])
    #expect(record.openCount == 3)
    record.apply(.waited(.address(router)))
    #expect(subjects.map { record.isSettled($0) } == [true, false, false])
    record.apply(.publicAddress(.ipv4, .failed(LookupFailure(.timedOut, "no answer"))))
    record.apply(.system(64500, .known("EXAMPLE", source: .cymru, age: .zero)))
    #expect(subjects.map { record.isSettled($0) } == [true, true, true])
    #expect(record.openCount == 1)
    record.apply(.annotated(router, known))
    #expect(record.openCount == 0)
    #expect(record.annotations[router] == known)
  }

  @Test("what the request does not ask about is settled from the beginning")
  func notAsked() {
    let nothing = EnrichmentRecord(.nothing)
    #expect(nothing.isSettled(.address(router)))
    #expect(nothing.isSettled(.publicAddress(.ipv6)))
    let segments = EnrichmentRecord(Sample.request([.segments, .isp]))
    #expect(segments.isSettled(.address(router)))
    #expect(!segments.isSettled(.publicAddress(.ipv6)))
  }

  @Test("a fact that could not be asked is settled")
  func skipped() {
    var record = EnrichmentRecord(Sample.request([.names]))
    record.apply(
      .annotated(
        router, Annotation(name: .skipped(.queueFull), origin: .skipped(.queueFull), place: .skipped(.queueFull))))
    #expect(record.isSettled(.address(router)))
    #expect(record.openCount == 0)
  }

  @Test("notes are kept in their order")
  func notes() {
    var record = EnrichmentRecord(.nothing)
    let notes = [LookupNote("first", reason: "a"), LookupNote("second", reason: "b", advice: "c")]
    for note in notes { record.apply(.noted(note)) }
    #expect(record.notes == notes)
  }
}
