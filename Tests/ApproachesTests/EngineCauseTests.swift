import Packets
import Probing
import Results
import SystemIO
import Testing
import Time
import Tracing

@testable import Approaches

@Suite("What an engine is set to")
struct EngineCauseTests {
  /// An engine with one cause of the original's flakiness or two, and nothing else.
  private static func settings(
    _ name: EngineName, stamps: StampSource = .kernel, sharesPool: Bool = false, awaitsNames: Bool = false
  ) -> EngineSettings {
    var settings = EngineSettings(name)
    settings.stamps = stamps
    settings.sharesPool = sharesPool
    settings.awaitsNames = awaitsNames
    return settings
  }

  @Test("by the kernel's stamps a reply counts though it was read behind its timeout", arguments: EngineName.allCases)
  func kernelStamps(_ name: EngineName) async throws {
    let outcome = try await outcomeOfStalledProbe(Self.settings(name, stamps: .kernel))
    guard case .replied(_, let rtt) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(rtt == .milliseconds(1))
  }

  @Test("by the program's stamps the same reply is late", arguments: EngineName.allCases)
  func programStamps(_ name: EngineName) async throws {
    let outcome = try await outcomeOfStalledProbe(Self.settings(name, stamps: .program))
    guard case .late(let reply, let rtt, _) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(rtt >= .milliseconds(80))
    #expect(reply.stamp == .program)
  }

  private func outcomeOfStalledProbe(_ settings: EngineSettings) async throws -> ProbeOutcome {
    try await stalledProbe(settings).outcome
  }

  /// What becomes of a probe whose reply came 1 ms after its departure, and was read 80 ms after; its timeout is 40.
  private func stalledProbe(
    _ settings: EngineSettings
  ) async throws -> (outcome: ProbeOutcome, biases: [Duration]) {
    var outcome = ProbeOutcome.pending
    var biases: [Duration] = []
    try await withEngine(settings, on: [.stallsReader(.milliseconds(80))]) { engine in
      await engine.network.keepIdentities(for: .seconds(60))
      var request = engine.request()
      request.timeout = .milliseconds(40)
      let run = await engine.begin(request)
      var trace = Trace(request: request, began: .zero)
      for await events in run.events {
        for event in events { trace.apply(event) }
        outcome = trace.hops[0].probes.first?.outcome ?? .pending
        if outcome.reply != nil { break }
      }
      biases = engine.network.takeBiases()
    }
    return (outcome, biases)
  }

  @Test("with the program's stamps the bias is what the program adds to the kernel's", arguments: EngineName.allCases)
  func biases(_ name: EngineName) async throws {
    try await withEngine(Self.settings(name, stamps: .program), on: [.answers, .answers]) { engine in
      let trace = await engine.trace()
      let times = trace.hops.flatMap(\.probes).compactMap(\.rtt).sorted()
      #expect(times.count == 2)
      #expect(engine.network.takeBiases().sorted() == times.map { $0 - .milliseconds(1) })
      #expect(engine.network.takeBiases().isEmpty)
    }
  }

  @Test("with the kernel's stamps there is no bias", arguments: EngineName.allCases)
  func noBiases(_ name: EngineName) async throws {
    // The stranger's packet, which the kernel stamps as well, is no reply.
    let hops: [ScriptedNet.Hop] = [.answersBehindStranger, .answers]
    try await withEngine(Self.settings(name, stamps: .kernel), on: hops) { engine in
      _ = await engine.trace()
      #expect(engine.network.takeBiases() == [.zero, .zero])
    }
  }

  @Test("the bias of a reply that is late by the program's stamps counts, too", arguments: EngineName.allCases)
  func lateBias(_ name: EngineName) async throws {
    let (outcome, biases) = try await stalledProbe(Self.settings(name, stamps: .program))
    guard case .late(_, let rtt, _) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(biases == [rtt - .milliseconds(1)])
  }

  @Test("a reply that awaits its names counts when they are in, and not before", arguments: EngineName.allCases)
  func awaitsNames(_ name: EngineName) async throws {
    let lookUps = ScriptedLookUps()
    let settings = Self.settings(name, awaitsNames: true)
    try await withEngine(settings, on: [.answers, .answers], lookUps: lookUps) { engine in
      let run = await engine.begin()
      var asked = lookUps.asked.makeAsyncIterator()
      // Both are asked though none has been answered: no thread waits.
      let addresses = [await asked.next()?.address, await asked.next()?.address]
      #expect(Set(addresses) == [engine.net.responder(1), engine.net.responder(2)])
      let told = lookUps.answer()
      let trace = await engine.end(of: run)
      let replies = trace.hops.flatMap(\.probes).compactMap(\.outcome.reply)
      #expect(replies.count == 2)
      #expect(replies.allSatisfy { $0.read >= told })
    }
  }

  @Test(
    "by the program's stamps, names that come behind the timeout make the reply late", arguments: EngineName.allCases)
  func lateByNames(_ name: EngineName) async throws {
    let lookUps = ScriptedLookUps()
    let settings = Self.settings(name, stamps: .program, awaitsNames: true)
    try await withEngine(settings, on: [.answers], lookUps: lookUps) { engine in
      await engine.network.keepIdentities(for: .seconds(60))
      var request = engine.request()
      request.timeout = .milliseconds(30)
      let run = await engine.begin(request)
      var trace = Trace(request: request, began: .zero)
      for await events in run.events {
        for event in events { trace.apply(event) }
        if trace.hops[0].probes.first?.outcome == .timedOut { _ = lookUps.answer() }
        if trace.hops[0].probes.first?.outcome.reply != nil { break }
      }
      guard case .late = trace.hops[0].probes.first?.outcome else {
        Issue.record("\(trace.hops[0])")
        return
      }
    }
  }

  @Test("a reply counts at once when names are not awaited", arguments: EngineName.allCases)
  func countsAtOnce(_ name: EngineName) async throws {
    let lookUps = ScriptedLookUps()
    let settings = Self.settings(name, sharesPool: true)
    try await withEngine(settings, on: [.answers], lookUps: lookUps) { engine in
      let trace = await engine.trace()
      #expect(trace.end == .reached(ttl(1)))
      var asked = lookUps.asked.makeAsyncIterator()
      #expect(await asked.next()?.address == engine.net.responder(1))
    }
  }

  @Test(
    "a look-up holds the engine's only thread until it is answered",
    arguments: EngineName.allCases, [true, false])
  func sharesPool(_ name: EngineName, awaitsNames: Bool) async throws {
    let lookUps = ScriptedLookUps()
    var settings = Self.settings(name, sharesPool: true, awaitsNames: awaitsNames)
    settings.threads = 1
    try await withEngine(settings, on: [.answers, .answers, .answers], lookUps: lookUps) { engine in
      let run = await engine.begin()
      var asked = lookUps.asked.makeAsyncIterator()
      for _ in 1...3 {
        let question = try #require(await asked.next())
        let told = lookUps.answer()
        #expect(question.at <= told)
        // Had a thread been free, the next question would have been asked before.
        #expect(lookUps.mostOpen == 1)
      }
      #expect(await engine.end(of: run).end == .reached(ttl(3)))
    }
  }

  @Test("a look-up that is never answered is given up", arguments: EngineName.allCases, [true, false])
  func neverAnswered(_ name: EngineName, sharesPool: Bool) async throws {
    let settings = Self.settings(name, sharesPool: sharesPool, awaitsNames: true)
    let bound = Duration.milliseconds(20)
    try await withEngine(
      settings, on: [.answers, .answers], lookUps: ScriptedLookUps(), longestLookUp: bound
    ) { engine in
      let trace = await engine.trace()
      #expect(trace.end == .reached(ttl(2)))
      for record in trace.hops.flatMap(\.probes) {
        let reply = try #require(record.outcome.reply)
        #expect(reply.read - record.departure >= bound)
      }
    }
  }

  @Test("shutting down frees the threads that look-ups hold", arguments: EngineName.allCases)
  func shutDownDuringLookUp(_ name: EngineName) async throws {
    let lookUps = ScriptedLookUps()
    let settings = Self.settings(name, sharesPool: true, awaitsNames: true)
    try await withEngine(settings, on: [.answers, .answers], lookUps: lookUps) { engine in
      _ = await engine.begin()
      var asked = lookUps.asked.makeAsyncIterator()
      _ = await asked.next()
    }
  }

  @Test("shutting down ends the look-ups, and lets go what waits for one", arguments: EngineName.allCases)
  func endsLookUps(_ name: EngineName) async throws {
    let lookUps = ScriptedLookUps()
    try await withEngine(Self.settings(name, awaitsNames: true), on: [.answers], lookUps: lookUps) { engine in
      _ = await engine.begin()
      var asked = lookUps.asked.makeAsyncIterator()
      _ = await asked.next()
      #expect(!lookUps.isOver)
      await engine.network.shutDown()
      #expect(lookUps.isOver)
    }
  }

  @Test("cancelling frees the threads that look-ups hold", arguments: EngineName.allCases)
  func cancelDuringLookUp(_ name: EngineName) async throws {
    let lookUps = ScriptedLookUps()
    let settings = Self.settings(name, sharesPool: true, awaitsNames: true)
    try await withEngine(settings, on: [.answers, .answers], lookUps: lookUps) { engine in
      let run = await engine.begin()
      var asked = lookUps.asked.makeAsyncIterator()
      _ = await asked.next()
      await engine.network.cancel(run.id)
      #expect(await engine.end(of: run).end == .cancelled)
    }
  }
}
