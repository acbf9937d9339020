import Enrichment
import Packets
import Testing
import Time

/// A source of answers that does what its script says: each answer comes so many milliseconds after its question.
///
/// A question that is not in the script is answered at once: there is none. What is asked is kept in order.
struct ScriptedAnswers: RehearsedAnswers {
  var script: [Question: (milliseconds: Int, content: Answer.Content)]
  private(set) var asked: [Question] = []
  private var due: [(instant: Instant, question: Question, answer: Answer)] = []
  private(set) var settings: LookupSettings?

  init(_ script: [Question: (milliseconds: Int, content: Answer.Content)]) { self.script = script }

  mutating func configure(_ settings: LookupSettings) { self.settings = settings }

  mutating func ask(_ question: Question, at now: Instant) {
    asked.append(question)
    let (milliseconds, content) = script[question] ?? (0, .absent)
    due.append((now + .milliseconds(milliseconds), question, Answer(content, from: .dns, lifetime: .seconds(60))))
    due.sort { $0.instant < $1.instant }
  }

  var nextTime: Instant? { due.first?.instant }

  mutating func take(by now: Instant) -> [(Question, Answer)] {
    let ready = due.prefix { $0.instant <= now }
    due.removeFirst(ready.count)
    return ready.map { ($0.question, $0.answer) }
  }
}

@Suite("Enrichment in virtual time")
struct RehearsalTests {
  private let router = Sample.router
  private let script: [Question: (milliseconds: Int, content: Answer.Content)] = [
    .name(Sample.router): (30, .name("r1.test")),
    .origin(Sample.router, .cymru): (20, .origin(Origin(asns: [64500], prefix: Prefix("192.0.2.0/24")))),
    .asName(64500): (700, .asName("EXAMPLE")),
    .publicAddress(.ipv4): (5, .publicAddress(Sample.here)),
    .name(Sample.here): (1000, .name("here.test")),
  ]

  /// Everything that happens, one line each, with its moment.
  private func play(until end: Int, _ begin: (inout EnrichmentRehearsal, EnrichmentClient) -> Void) -> [String] {
    var rehearsal = EnrichmentRehearsal(ScriptedAnswers(script))
    let client = rehearsal.begin(Sample.request([.names, .autonomousSystems, .isp]), until: nil)
    begin(&rehearsal, client)
    var lines: [String] = []
    while true {
      let events = rehearsal.advance(to: Stage.moment(end))
      guard !events.isEmpty else { break }
      let milliseconds = (rehearsal.now - .zero).components.attoseconds / 1_000_000_000_000_000
      let seconds = (rehearsal.now - .zero).components.seconds
      lines += events.map { "\(seconds * 1000 + milliseconds) \($0.client.value) \($0.event.line)" }
    }
    return lines
  }

  @Test("answers and waits come at their moments, in order")
  func moments() {
    let lines = play(until: 2000) { rehearsal, client in rehearsal.offer(router, for: client, at: Stage.moment(10)) }
    #expect(
      lines == [
        "10 1 192.0.2.1 name … as … geo -off",
        "30 1 192.0.2.1 name … as … geo -off",
        "40 1 192.0.2.1 name r1.test as … geo -off",
        "510 1 waited 192.0.2.1",
        "730 1 192.0.2.1 name r1.test as AS64500=EXAMPLE geo -off",
      ])
  }

  @Test("nothing happens behind the end that was asked for")
  func bounded() {
    let lines = play(until: 509) { rehearsal, client in rehearsal.offer(router, for: client, at: Stage.moment(10)) }
    #expect(lines.last == "40 1 192.0.2.1 name r1.test as … geo -off")
  }

  @Test("the same questions at the same moments give the same, every time")
  func deterministic() {
    func run() -> [String] {
      play(until: 5000) { rehearsal, client in
        rehearsal.wantPublicAddress(.ipv4, toward: nil, for: client, at: .zero)
        for number in 1...50 as ClosedRange<UInt8> {
          rehearsal.offer(IPAddress(192, 0, 2, number), for: client, at: Stage.moment(Int(number) / 7))
        }
        rehearsal.wantSystem(64500, for: client, at: Stage.moment(8))
      }
    }
    let first = run()
    #expect(first.count > 100)
    for _ in 1...5 { #expect(run() == first) }
  }

  @Test("it says whether a client still waits, and when something happens next")
  func waiting() {
    var rehearsal = EnrichmentRehearsal(ScriptedAnswers(script))
    #expect(!rehearsal.isWaitedFor)
    #expect(rehearsal.nextTime == nil)
    let client = rehearsal.begin(Sample.request([.names], wait: 20), until: nil)
    rehearsal.offer(router, for: client, at: .zero)
    #expect(rehearsal.isWaitedFor)
    #expect(rehearsal.nextTime == Stage.moment(20))
    _ = rehearsal.advance(to: Stage.moment(20))
    _ = rehearsal.advance(to: Stage.moment(20))
    #expect(!rehearsal.isWaitedFor)
    #expect(rehearsal.nextTime == Stage.moment(30))
  }

  @Test("what one client learned is at hand for the next, and forgotten when cleared")
  func memory() {
    var rehearsal = EnrichmentRehearsal(ScriptedAnswers(script))
    func lines(_ rehearsal: inout EnrichmentRehearsal) -> [String] {
      let client = rehearsal.begin(Sample.request([.names]), until: nil)
      rehearsal.offer(router, for: client, at: rehearsal.now)
      var lines: [String] = []
      while rehearsal.isWaitedFor || lines.isEmpty {
        lines += rehearsal.advance(to: .distantFuture).map { $0.event.line }
      }
      rehearsal.end(client)
      return lines
    }
    let asking = ["192.0.2.1 name … as -off geo -off", "192.0.2.1 name r1.test as -off geo -off"]
    #expect(lines(&rehearsal) == asking)
    #expect(lines(&rehearsal) == ["192.0.2.1 name r1.test as -off geo -off"])
    rehearsal.clear()
    #expect(lines(&rehearsal) == asking)
  }

  @Test("answers that come while time passes are kept, and grow old with it")
  func elapse() {
    var rehearsal = EnrichmentRehearsal(ScriptedAnswers(script))
    func offer() -> [String] {
      let client = rehearsal.begin(Sample.request([.names]), until: nil)
      rehearsal.offer(router, for: client, at: rehearsal.now)
      defer { rehearsal.end(client) }
      return rehearsal.advance(to: rehearsal.now).map { $0.event.line }
    }
    #expect(offer() == ["192.0.2.1 name … as -off geo -off"])
    rehearsal.elapse(.milliseconds(20_030))
    #expect(rehearsal.now == Stage.moment(20_030))
    #expect(offer() == ["192.0.2.1 name r1.test@20s as -off geo -off"])
    rehearsal.elapse(.seconds(40))
    #expect(offer() == ["192.0.2.1 name … as -off geo -off"])
  }

  @Test("a shared rehearsal reports what it counted")
  func report() {
    let annotator = RehearsedAnnotator(ScriptedAnswers(script), name: "script")
    annotator.use { rehearsal in
      let client = rehearsal.begin(Sample.request([.names]), until: nil)
      rehearsal.offer(router, for: client, at: .zero)
    }
    let report = annotator.report()
    #expect(report.openCount == 1)
    #expect(report.statistics[.names].asked == 1)
    #expect(report.sources.map(\.name) == ["script"])
  }
}
