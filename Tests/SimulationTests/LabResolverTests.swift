import Enrichment
import Packets
import Simulation
import Testing
import Time

@Suite("Lab resolver")
struct LabResolverTests {
  private static let address = IPAddress(198, 51, 100, 1)
  private static let question = Question.name(address)

  /// A resolver with these words behind its address; nil states none.
  private func resolver(_ words: String?, seed: UInt64 = 1, timeout: Duration = .seconds(2), tries: Int = 2) throws
    -> LabResolver
  {
    var lines = ["new r 'a resolver'", "node home 192.0.2.10", "hop r1 198.51.100.1 name r1.r.test"]
    if let words { lines.append("resolver 198.51.100.1 \(words)") }
    let text = lines.map { "lab \($0)\n" }.joined()
    let zone = LabZone(try LabScript.topology(of: text.utf8, name: "test.ftr"))
    return LabResolver(zone, seed: seed, timeout: timeout, tries: tries)
  }

  /// What comes of a question asked at 0 many times: when, and what.
  private func outcomes(_ resolver: LabResolver, count: Int = 2_000) -> [(time: Duration, content: Answer.Content)] {
    var resolver = resolver
    var outcomes: [(time: Duration, content: Answer.Content)] = []
    for _ in 0..<count { resolver.ask(Self.question, at: .zero) }
    while let next = resolver.nextTime {
      for (question, answer) in resolver.take(by: next) {
        #expect(question == Self.question)
        outcomes.append((next - .zero, answer.content))
      }
    }
    return outcomes
  }

  @Test("a network without a resolver answers after a millisecond")
  func usual() throws {
    var resolver = try resolver(nil)
    resolver.ask(Self.question, at: Instant(nanoseconds: 5))
    #expect(resolver.nextTime == Instant(nanoseconds: 1_000_005))
    #expect(resolver.take(by: Instant(nanoseconds: 1_000_004)).isEmpty)
    let taken = resolver.take(by: Instant(nanoseconds: 1_000_005))
    #expect(taken.map(\.1.content) == [.name("r1.r.test")])
    #expect(taken.first?.1.source == .lab)
    #expect(resolver.nextTime == nil)
  }

  @Test("answers come after the delay, within the jitter, and fail as often as stated")
  func delays() throws {
    let all = outcomes(try resolver("delay 20ms jitter 130ms servfail 5%"))
    #expect(all.count == 2_000)
    #expect(all.allSatisfy { (.milliseconds(20)...(.milliseconds(150))).contains($0.time) })
    #expect(all.contains { $0.time > .milliseconds(140) })
    let failures = all.count {
      if case .failed(let failure) = $0.content { failure.kind == .serverFailed } else { false }
    }
    #expect((60...140).contains(failures), "5 % of 2000 is 100")
  }

  @Test("a lost question is asked again, and one that is lost each time fails after both waits")
  func losses() throws {
    let all = outcomes(try resolver("delay 20ms loss 20%"))
    let first = all.count { $0.time == .milliseconds(20) }
    let second = all.count { $0.time == .milliseconds(2_020) }
    let never = all.filter { $0.time == .seconds(6) }
    #expect(first + second + never.count == 2_000)
    #expect((1_540...1_660).contains(first), "80 % of 2000 is 1600")
    #expect((260...380).contains(second), "16 % is 320")
    #expect((45...120).contains(never.count), "4 % is 80")
    #expect(never.allSatisfy { $0.content == .failed(LookupFailure(.timedOut, "no answer within 6 s")) })
  }

  @Test("an answer that is slower than the first wait still counts while the second lasts")
  func slow() throws {
    #expect(outcomes(try resolver("delay 3s"), count: 1).map(\.time) == [.seconds(3)])
    let late = outcomes(try resolver("delay 300ms", timeout: .milliseconds(100), tries: 1), count: 1)
    #expect(late.map(\.time) == [.milliseconds(100)])
    #expect(late.map(\.content) == [.failed(LookupFailure(.timedOut, "no answer within 100 ms"))])
  }

  @Test("a server that refuses says so in its time, and one that is silent costs all the patience")
  func refusals() throws {
    let refused = outcomes(try resolver("delay 5ms refuse"), count: 3)
    #expect(refused.map(\.time) == Array(repeating: .milliseconds(5), count: 3))
    #expect(
      refused.map(\.content)
        == Array(
          repeating: .failed(LookupFailure(.refused, "the name server refused to answer (REFUSED)")), count: 3))
    #expect(outcomes(try resolver("silent"), count: 1).map(\.time) == [.seconds(6)])
  }

  @Test("what is read from files, and what the network states of itself, costs no time and no luck")
  func atOnce() throws {
    var resolver = try resolver("silent")
    let questions: [Question] = [
      .origin(Self.address, .table("t")), .origin(Self.address, .maxMind("m")), .publicAddress(.ipv4),
      .place(Self.address, database: "g"),
    ]
    for question in questions { resolver.ask(question, at: .zero) }
    #expect(resolver.take(by: .zero).map(\.0) == questions)
    resolver.ask(.origin(Self.address, .cymru), at: .zero)
    resolver.ask(.asName(64500), at: .zero)
    #expect(resolver.nextTime == .zero + .seconds(6))
  }

  @Test("the seed decides everything")
  func seeds() throws {
    func run(_ seed: UInt64) throws -> [Duration] {
      outcomes(try resolver("delay 1ms jitter 50ms loss 10% servfail 10%", seed: seed), count: 50).map(\.time)
    }
    #expect(try run(7) == run(7))
    #expect(try run(7) != run(8))
  }

  @Test("more questions than a resolver holds fail at once")
  func bound() throws {
    var resolver = try resolver("silent")
    for _ in 0..<LabResolver.mostOpen { resolver.ask(Self.question, at: .zero) }
    #expect(resolver.nextTime == .zero + .seconds(6))
    resolver.ask(Self.question, at: .zero)
    let refused = resolver.take(by: .zero)
    #expect(refused.count == 1)
    guard case .failed(let failure)? = refused.first?.1.content else {
      Issue.record("it did not fail")
      return
    }
    #expect(failure.kind == .unusable)
  }
}
