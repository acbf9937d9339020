import Enrichment
import Packets
import SystemIO
import Testing
import Time

/// A source in the hands of a test: it answers what its script says when it is told to go on, and remembers the rest.
private final class ScriptedSource: AnswerSource {
  /// What the test sees and sets, from its own thread.
  final class Hands: Sendable {
    struct State: Sendable {
      var script: [Question: Answer.Content] = [:]
      var isHeld = false
      var asked: [Question] = []
      var kept: [Question] = []
      var settings: LookupSettings?
      var notes: [LookupNote] = []
      var clears = 0
      var isClosed = false
    }

    private let state: Locked<State>
    init(_ script: [Question: Answer.Content], isHeld: Bool) {
      var state = State()
      state.script = script
      state.isHeld = isHeld
      self.state = Locked(state)
    }

    func use<Result>(_ body: (inout State) -> Result) -> Result { state.withLock { body(&$0) } }
  }

  private let hands: Hands
  private var answer: (@Sendable (Question, Answer) -> Void)?
  private var note: (@Sendable (LookupNote) -> Void)?
  private var open: [Question] = []

  init(_ hands: Hands) { self.hands = hands }

  func attach(
    answer: @escaping @Sendable (Question, Answer) -> Void, note: @escaping @Sendable (LookupNote) -> Void
  ) {
    self.answer = answer
    self.note = note
  }

  func ask(_ question: Question, at now: Instant) {
    hands.use { $0.asked.append(question) }
    open.append(question)
    tick(at: now)
  }

  var nextTime: Instant? { nil }

  func tick(at now: Instant) {
    let (script, notes) = hands.use { hands in
      defer { hands.notes = [] }
      return (hands.isHeld ? nil : hands.script, hands.notes)
    }
    for note in notes { self.note?(note) }
    guard let script else { return }
    let questions = open
    open = []
    for question in questions {
      answer?(question, Answer(script[question] ?? .absent, from: .dns, lifetime: .seconds(60)))
    }
  }

  func keep(_ answer: Answer, to question: Question) { hands.use { $0.kept.append(question) } }
  func settle() {}
  func configure(_ settings: LookupSettings) { hands.use { $0.settings = settings } }
  func clear() { hands.use { $0.clears += 1 } }
  func report() -> [SourceReport] { [SourceReport(name: "script", state: "\(hands.use { $0.asked.count }) asked")] }
  func close() {
    hands.use { $0.isClosed = true }
    for question in open {
      answer?(question, Answer(.failed(LookupFailure(.cancelled, "closed")), from: .dns, lifetime: .zero))
    }
  }
}

@Suite("Annotator in real time", .timeLimit(.minutes(1)))
struct AnnotatorTests {
  private typealias Hands = ScriptedSource.Hands
  private let router = Sample.router
  private let names: [Question: Answer.Content] = [.name(Sample.router): .name("r1.test")]

  private func make(_ hands: Hands) throws -> Annotator {
    try Annotator(ScriptedSource(hands), on: EventLoop())
  }

  /// Reads events up to the first that is wanted, as lines.
  private func lines(of run: EnrichmentRun, until wanted: String) async -> [String] {
    var lines: [String] = []
    for await events in run.events {
      lines += events.map(\.line)
      if lines.contains(wanted) { break }
    }
    return lines
  }

  @Test("what a source answers at once is told in one batch")
  func immediate() async throws {
    let annotator = try make(Hands(names, isHeld: false))
    let run = annotator.begin(Sample.request([.names]), until: nil)
    #expect(run.offer(router, at: MonotonicClock.now) == nil)
    var iterator = run.events.makeAsyncIterator()
    #expect(
      await iterator.next()?.map(\.line) == [
        "192.0.2.1 name … as -off geo -off", "192.0.2.1 name r1.test as -off geo -off",
      ])
    await annotator.shutDown()
  }

  @Test("what a source answers later is told then, kept by the source, and known to the next client at once")
  func later() async throws {
    let hands = Hands(names, isHeld: true)
    let annotator = try make(hands)
    let first = annotator.begin(Sample.request([.names]), until: nil)
    _ = first.offer(router, at: MonotonicClock.now)
    #expect(await lines(of: first, until: "192.0.2.1 name … as -off geo -off").count == 1)
    hands.use { $0.isHeld = false }
    #expect(await annotator.report().openCount == 0)
    _ = await lines(of: first, until: "192.0.2.1 name r1.test as -off geo -off")
    let second = annotator.begin(Sample.request([.names]), until: nil)
    _ = second.offer(router, at: MonotonicClock.now)
    #expect(
      await lines(of: second, until: "192.0.2.1 name r1.test as -off geo -off") == [
        "192.0.2.1 name r1.test as -off geo -off"
      ])
    #expect(hands.use { $0.kept } == [.name(router)])
    #expect(await annotator.report().statistics[.names].hits == 1)
    await annotator.shutDown()
  }

  @Test("a wait that is over is told without anybody's asking")
  func waited() async throws {
    let annotator = try make(Hands([:], isHeld: true))
    let run = annotator.begin(Sample.request([.names, .isp], wait: 1), until: nil)
    run.wantPublicAddress(.ipv4, toward: nil, at: MonotonicClock.now)
    let lines = await lines(of: run, until: "waited public IPv4")
    #expect(lines == ["public IPv4 …", "waited public IPv4"])
    await annotator.shutDown()
  }

  @Test("offers never wait: while the loop is busy they queue up to the bound, and beyond they are skipped and told so")
  func full() async throws {
    let loop = try EventLoop()
    let hands = Hands([:], isHeld: false)
    let annotator = try Annotator(ScriptedSource(hands), on: loop)
    let run = annotator.begin(Sample.request([.names]), until: nil)
    _ = await annotator.report()
    // The loop is held in a callback until the offers are made.
    let gate = Locked(false)
    let isHeld = Locked(false)
    let holder = try loop.makeTimer {
      isHeld.withLock { $0 = true }
      while !gate.withLock({ $0 }) {}
    }
    holder.arm(at: .zero)
    while !isHeld.withLock({ $0 }) { await Task.yield() }
    var refused: [EnrichmentEvent] = []
    for number in 0..<UInt32(Annotator.mostMessages + 10) {
      if let event = run.offer(IPAddress(ipv4: 0x0800_0000 + number), at: .zero) { refused.append(event) }
    }
    gate.withLock { $0 = true }
    #expect(refused.count == 10)
    #expect(refused.first?.line == "8.0.16.0 name -queue_full as -queue_full geo -queue_full")
    // What was taken is asked, as far as questions may be open.
    let report = await annotator.report()
    #expect(report.statistics[.names].wanted == Annotator.mostMessages)
    #expect(hands.use { $0.asked.count } == report.statistics[.names].asked)
    // And there is room again.
    #expect(run.offer(router, at: .zero) == nil)
    await annotator.shutDown()
  }

  @Test("a note reaches every client, and waits for the first when there is none")
  func notes() async throws {
    let hands = Hands(names, isHeld: false)
    let annotator = try make(hands)
    hands.use { $0.notes = [LookupNote("early", reason: "it was there before")] }
    _ = await annotator.report()
    let first = annotator.begin(Sample.request([.names]), until: nil)
    #expect(await lines(of: first, until: "noted early") == ["noted early"])
    let second = annotator.begin(Sample.request([.names]), until: nil)
    _ = await annotator.report()
    hands.use { $0.notes = [LookupNote("later", reason: "it came")] }
    _ = await annotator.report()
    #expect(await lines(of: first, until: "noted later") == ["noted later"])
    #expect(await lines(of: second, until: "noted later") == ["noted later"])
    await annotator.shutDown()
  }

  @Test("a client that has ended gets the end of its stream")
  func end() async throws {
    let annotator = try make(Hands(names, isHeld: false))
    let run = annotator.begin(Sample.request([.names]), until: nil)
    _ = run.offer(router, at: MonotonicClock.now)
    run.end()
    var count = 0
    for await events in run.events { count += events.count }
    // In the same turn the client is gone before the answer is there.
    #expect(count <= 2)
    await annotator.shutDown()
  }

  @Test("shutting down closes the source and ends every stream, also of a client that has just begun or begins later")
  func shutDown() async throws {
    let loop = try EventLoop()
    let hands = Hands([:], isHeld: true)
    let annotator = try Annotator(ScriptedSource(hands), on: loop)
    let first = annotator.begin(Sample.request([.names]), until: nil)
    _ = first.offer(router, at: MonotonicClock.now)
    _ = await annotator.report()
    // The loop is held, so that the next client is still in the inbox when it is shut down.
    let gate = Locked(false)
    let isHeld = Locked(false)
    let holder = try loop.makeTimer {
      isHeld.withLock { $0 = true }
      while !gate.withLock({ $0 }) {}
    }
    holder.arm(at: .zero)
    while !isHeld.withLock({ $0 }) { await Task.yield() }
    async let down: Void = annotator.shutDown()
    let second = annotator.begin(Sample.request([.names]), until: nil)
    gate.withLock { $0 = true }
    await down
    let third = annotator.begin(Sample.request([.names]), until: nil)
    for run in [first, second, third] { for await _ in run.events {} }
    #expect(hands.use { $0.isClosed })
    #expect(third.offer(router, at: .zero) != nil)
  }

  @Test("settings and clearing reach the source, and clearing the memory too")
  func configureAndClear() async throws {
    let hands = Hands(names, isHeld: false)
    let annotator = try make(hands)
    let settings = LookupSettings(nameServers: "192.0.2.53", nameTimeout: .seconds(1), nameTries: 3)
    annotator.configure(settings)
    let run = annotator.begin(Sample.request([.names]), until: nil)
    _ = run.offer(router, at: MonotonicClock.now)
    #expect(await annotator.report().cachedCount == 1)
    #expect(hands.use { $0.settings } == settings)
    await annotator.clear()
    #expect(await annotator.report().cachedCount == 0)
    #expect(hands.use { $0.clears } == 1)
    await annotator.shutDown()
  }

  @Test("rehearsed answers are given in real time by a timer of the loop")
  func timedAnswers() async throws {
    let answers = ScriptedAnswers([
      .name(router): (1, .name("r1.test")), .name(Sample.neighbour): (2, .name("r2.test")),
    ])
    let annotator = try Annotator(TimedAnswers(answers, name: "script"), on: EventLoop())
    let run = annotator.begin(Sample.request([.names]), until: nil)
    _ = run.offer(router, at: MonotonicClock.now)
    _ = run.offer(Sample.neighbour, at: MonotonicClock.now)
    let lines = await lines(of: run, until: "192.0.2.2 name r2.test as -off geo -off")
    #expect(lines.contains("192.0.2.1 name r1.test as -off geo -off"))
    #expect(await annotator.report().sources == [SourceReport(name: "script", state: "2 asked")])
    await annotator.shutDown()
  }
}

@Suite("An annotator made when first needed")
struct LazyAnnotatorTests {
  @Test("it is made once, with the settings of before, and after its end anew")
  func lazy() async throws {
    let made = Locked(0)
    let hands = ScriptedSource.Hands([:], isHeld: false)
    let lazy = LazyAnnotator { () throws(SystemError) in
      made.withLock { $0 += 1 }
      return try Annotator(ScriptedSource(hands), on: EventLoop())
    }
    let settings = LookupSettings(nameTries: 5)
    lazy.configure(settings)
    #expect(lazy.existing == nil)
    let annotator = try lazy.annotator()
    #expect(try lazy.annotator() === annotator)
    _ = await annotator.report()
    #expect(hands.use { $0.settings } == settings)
    #expect(made.withLock { $0 } == 1)
    await lazy.shutDown()
    #expect(lazy.existing == nil)
    #expect(hands.use { $0.isClosed })
  }
}
