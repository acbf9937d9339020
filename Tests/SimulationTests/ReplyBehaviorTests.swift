import Packets
import Probing
import Simulation
import Testing
import Time
import Tracing

@Suite("Odd replies")
struct ReplyBehaviorTests {
  private static let web = IPAddress(203, 0, 113, 80)
  private static let r1 = IPAddress(198, 51, 100, 1)

  private func sender(_ words: String, seed: UInt64 = 1) throws -> ProbeSender {
    ProbeSender(
      SimulatedNetwork(
        try network(
          "new odd 'one router'", "node home 192.0.2.10 2001:db8::10",
          "hop r1 198.51.100.1 2001:db8:1::1 delay 1ms \(words)", "hop web 203.0.113.80 2001:db8:3::80 delay 1ms"),
        seed: seed))
  }

  @Test("an error quotes no more than it should, and the reply is still matched to its probe")
  func quote() throws {
    var sender = try sender("quote 8")
    try sender.sendEchoes(to: Self.web, ttls: [1])
    let replies = try sender.receive()
    #expect(replies.map(\.sequence) == [1])
    #expect(sender.transcript[0].bytes.count == 20 + 8 + 20 + 8)
  }

  @Test("errors come from the other address, echo replies from the one that was asked")
  func otherSource() throws {
    var sender = try sender("replies from 198.51.100.77 2001:db8:1::77")
    try sender.sendEchoes(to: Self.web, ttls: [1])
    try sender.sendEchoes(to: Self.r1, ttls: [9])
    try sender.sendEchoes(to: IPAddress(198, 51, 100, 77), ttls: [9])
    let found = Set(try sender.receive().map(\.responder))
    #expect(found == [IPAddress(198, 51, 100, 77), Self.r1])
  }

  @Test("a node that answers some protocols is silent for the others, and forwards all")
  func answers() throws {
    var sender = try sender("answers udp")
    try sender.sendEchoes(to: Self.web, ttls: [1, 2])
    #expect(try sender.receive().map(\.responder) == [Self.web])
    try sender.sendDatagrams(to: Self.web, ttls: [1, 2])
    #expect(Set(try sender.receive().map(\.responder)) == [Self.r1, Self.web])
  }

  @Test("duplicates come twice, late answers later")
  func duplicatesAndLate() throws {
    var twice = try sender("duplicate 100%")
    try twice.sendEchoes(to: Self.web, ttls: [1])
    #expect(try twice.receive().count == 2)
    var late = try sender("late 100% 1500ms")
    try late.sendEchoes(to: Self.web, ttls: [1])
    #expect(try late.receive().map { $0.arrival.nanoseconds } == [1_502_000_000])
  }

  @Test("copies of an answer are lost each on its own account")
  func duplicatesLost() throws {
    let topology = try network(
      "new twice 'a lossy link'", "node home 192.0.2.10", "hop r1 198.51.100.1 loss 50%",
      "hop web 203.0.113.80 duplicate 100%")
    var sender = ProbeSender(SimulatedNetwork(topology, seed: 1))
    try sender.sendEchoes(to: Self.web, ttls: Array(repeating: 9, count: 1_000))
    let counts = Dictionary(grouping: try sender.receive(), by: \.sequence).mapValues(\.count)
    // Half of the probes arrive, and of these three in four have an answer, one in four both.
    #expect((330...420).contains(counts.count))
    #expect((95...155).contains(counts.values.count { $0 == 2 }))
  }

  @Test("a share of the answers is hit, and the others are as they would be")
  func share() throws {
    var some = try sender("late 30% 1s")
    try some.sendEchoes(to: Self.web, ttls: Array(repeating: 1, count: 200))
    let late = try some.receive().count { $0.arrival.nanoseconds > 1_000_000_000 }
    #expect((35...85).contains(late))
  }

  @Test("a corrupt answer fails its checksum")
  func corrupt() throws {
    let transport = SimulatedNetwork(
      try network("new bad 'one router'", "node home 192.0.2.10", "hop r1 198.51.100.1 corrupt 100%"), seed: 1)
    var sender = ProbeSender(transport)
    try sender.sendEchoes(to: Self.r1, ttls: Array(repeating: 9, count: 30))
    var batch = ArrivalBatch()
    while let next = transport.nextArrivalTime { transport.receive(into: &batch, by: next) }
    #expect(batch.records.count == 30)
    for record in batch.records {
      let span = batch.bytes.span.bytes.extracting(record.range)
      var sum = InternetChecksum()
      sum.add(span, in: 20..<span.byteCount)
      let holds = sum.holds
      #expect(!holds)
    }
  }

  @Test("a forged error comes before the true one, from somebody else and about a probe that was never sent")
  func forged() throws {
    for target in [Self.web, IPAddress(high: 0x2001_0db8_0003_0000, low: 0x80)] {
      var sender = try sender("spoof 192.0.2.66 2001:db8::66")
      try sender.sendEchoes(to: target, ttls: [1])
      let replies = try sender.receive()
      try #require(replies.count == 2)
      #expect(replies[0].responder == (target.family == .ipv4 ? IPAddress(192, 0, 2, 66) : IPAddress("2001:db8::66")))
      #expect(replies[1].responder != replies[0].responder)
      let identifiers = try sender.transcript.map { arrival in
        let offset = target.family == .ipv4 ? 20 : 0
        let message = try ICMPMessage.parse(arrival.bytes.span.bytes, at: offset, family: target.family)
        guard case .icmp(_, _, _, let identifier, _)? = message.quoted?.transport else { return 0 as UInt16 }
        return identifier
      }
      #expect(identifiers[0] != identifiers[1])
    }
  }
}
