import Glibc
import Packets
import Probing
import SystemIO
import Testing
import Time
import Tracing

@testable import Simulation

@Suite("Lab sockets")
struct LabSocketsTests {
  private static let web = IPAddress(203, 0, 113, 80)
  private static let web6 = IPAddress(high: 0x2001_0db8_0002_0000, low: 0x80)

  /// Two hops, 5 ms each way to the first, 10 ms to the second.
  private static func lab() throws -> LabSockets {
    let topology = try network(
      "new two 'two hops'", "node home 192.0.2.10 2001:db8::10", "hop r1 198.51.100.1 2001:db8:1::1 delay 5ms",
      "hop web 203.0.113.80 2001:db8:2::80 delay 5ms")
    return LabSockets(topology, seed: 7)
  }

  @Test(
    "a socket a probe hears the answer to that probe alone, with the kernel's stamps",
    arguments: [(web, ProbeProtocolName.icmp), (web6, .icmp), (web, .udp), (web6, .udp)])
  func ownSockets(target: IPAddress, protocolName: ProbeProtocolName) async throws {
    try await LabEngine.run {
      let lab = try Self.lab()
      defer { lab.shutDown() }
      var engine = LabEngine(lab)
      var batch = try engine.batch(to: target, protocolName, ttls: [1, 2, 1, 2])
      var sockets: [any ProbeSocket] = []
      for index in batch.records.indices {
        let socket = try lab.makeSocket(for: batch.records[index])
        socket.send(&batch.records[index], batch.bytes)
        sockets.append(socket)
      }
      for (index, socket) in sockets.enumerated() {
        let heard = try LabEngine.receive(1, from: socket)
        let answer = try #require(heard[UInt32(index)], "the answer is to this socket's probe")
        #expect(answer.launch == batch.records[index].launch)
        #expect(answer.stampSource == .kernel)
        let isEnd = index % 2 == 1
        #expect((answer.kind == .timeExceeded) == !isEnd)
        #expect((answer.responder == target) == isEnd)
        // Exact but for the clocks, of which one is converted; never less, since nothing is handed out before it is
        // due.
        let roundTrip = answer.arrival - (try #require(answer.departure))
        #expect(roundTrip >= .milliseconds(isEnd ? 20 : 10) - StampConverter.tolerance)
        socket.close()
      }
    }
  }

  @Test("a shared socket hears about every probe that leaves by it, and about no other")
  func sharedSocket() async throws {
    try await LabEngine.run {
      let lab = try Self.lab()
      defer { lab.shutDown() }
      var engine = LabEngine(lab)
      let shared = try lab.makeSharedSocket(
        ProbeMethod(protocolName: .icmp, socket: .lab, family: .ipv4), flow: .standard)
      var echoes = try engine.batch(to: Self.web, ttls: Array(repeating: 2, count: 200))
      var datagrams = try engine.batch(to: Self.web6, .udp, ttls: [1, 2])
      var other = try engine.batch(to: Self.web, ttls: [1])
      let own = try lab.makeSocket(for: other.records[0])
      own.send(&other.records[0], other.bytes)
      for index in echoes.records.indices { shared.send(&echoes.records[index], echoes.bytes) }
      for index in datagrams.records.indices { shared.send(&datagrams.records[index], datagrams.bytes) }
      let heard = try LabEngine.receive(202, from: shared)
      #expect(Set(heard.keys) == Set(0..<202))
      #expect(heard.values.allSatisfy { $0.launch == nil && $0.stampSource == .kernel && $0.departure != nil })
      #expect(try LabEngine.receive(1, from: own).keys.first == 202)
      #expect(shared.dropCount == 0)
    }
  }

  @Test("answers that nobody reads are dropped when the socket is full, and counted")
  func drops() async throws {
    try await LabEngine.run {
      let lab = try Self.lab()
      defer { lab.shutDown() }
      var engine = LabEngine(lab)
      var batch = try engine.batch(to: Self.web, ttls: [1])
      // A socket for one probe, whose buffer is the usual one, by which many are sent.
      let socket = try lab.makeSocket(for: batch.records[0])
      var sent = 0
      while socket.dropCount == 0 {
        socket.send(&batch.records[0], batch.bytes)
        if case .departed = batch.records[0].result { sent += 1 }
        try #require(sent < 100_000)
      }
      var arrivals = ArrivalBatch()
      socket.receive(into: &arrivals)
      #expect(arrivals.records.count == ArrivalBatch.mostRecords, "as many as there is room for")
    }
  }

  @Test("what a kernel would refuse is refused at once")
  func refusals() throws {
    let lab = LabSockets(try network("new one 'no IPv6'", "node home 192.0.2.10", "hop web 203.0.113.80"), seed: 1)
    defer { lab.shutDown() }
    #expect(throws: SendFailure.self) {
      try lab.open(ProbeMethod(protocolName: .icmp, socket: .raw, family: .ipv4), flow: .standard)
    }
    var engine = LabEngine(lab)
    var batch = try engine.batch(to: Self.web6, ttls: [1])
    let socket = try lab.makeSocket(for: batch.records[0])
    socket.send(&batch.records[0], batch.bytes)
    guard case .failed(let noFamily) = batch.records[0].result else { throw Unexpected() }
    #expect(noFamily.errno == ENETUNREACH)
    batch = try engine.batch(to: Self.web, ttls: [1])
    batch.records[0].source = IPAddress(192, 0, 2, 99)
    socket.send(&batch.records[0], batch.bytes)
    guard case .failed(let noSource) = batch.records[0].result else { throw Unexpected() }
    #expect(noSource.errno == EADDRNOTAVAIL)
    socket.close()
  }

  private struct Unexpected: Error {}

  @Test("after the end every socket refuses, also one that was open, and so does the lab; to end it twice is once")
  func ended() throws {
    let lab = try Self.lab()
    var engine = LabEngine(lab)
    var batch = try engine.batch(to: Self.web, ttls: [1])
    let socket = try lab.makeSocket(for: batch.records[0])
    lab.shutDown()
    lab.shutDown()
    socket.send(&batch.records[0], batch.bytes)
    guard case .failed(let failure) = batch.records[0].result else { throw Unexpected() }
    #expect(failure.reason == "the lab has been shut down")
    var arrivals = ArrivalBatch()
    socket.receive(into: &arrivals)
    #expect(arrivals.records.isEmpty)
    #expect(throws: failure) { try lab.makeSocket(for: batch.records[0]) }
    socket.close()
    let unused = try Self.lab()
    unused.shutDown()
    #expect(unused.usage == ThreadUsage() && unused.takeLateness() == LabLateness())
    #expect(throws: failure) { try unused.makeSocket(for: batch.records[0]) }
  }

  @Test("lateness is counted an answer, from one look to the next; the thread's usage outlives it")
  func counts() async throws {
    try await LabEngine.run {
      let lab = try Self.lab()
      var engine = LabEngine(lab)
      let shared = try lab.makeSharedSocket(
        ProbeMethod(protocolName: .icmp, socket: .lab, family: .ipv4), flow: .standard)
      var batch = try engine.batch(to: Self.web, ttls: [1, 2, 1])
      for index in batch.records.indices { shared.send(&batch.records[index], batch.bytes) }
      _ = try LabEngine.receive(3, from: shared)
      let usage = lab.usage
      #expect(usage.processorTime > .zero && usage.contextSwitches > 0)
      // Counted behind the write, so the last may not be counted yet when it has been read: the end of the thread is.
      lab.shutDown()
      let lateness = lab.takeLateness()
      #expect(lateness.answers == 3)
      #expect(lateness.largest > .zero && lateness.overOneMillisecond <= 3)
      #expect(lab.takeLateness() == LabLateness())
      #expect(lab.usage.processorTime >= usage.processorTime)
    }
  }

  @Test("an answer whose socket has been closed is counted, too")
  func countsClosed() async throws {
    try await LabEngine.run {
      let lab = try Self.lab()
      var engine = LabEngine(lab)
      let shared = try lab.makeSharedSocket(
        ProbeMethod(protocolName: .icmp, socket: .lab, family: .ipv4), flow: .standard)
      var batch = try engine.batch(to: Self.web, ttls: [2, 1, 2])
      let own = try lab.makeSocket(for: batch.records[0])
      own.send(&batch.records[0], batch.bytes)
      for index in 1...2 { shared.send(&batch.records[index], batch.bytes) }
      // The lab has taken in the first, since it has the second; it answers the first 10 ms later, but before the third.
      let heard = try LabEngine.receive(1, from: shared)
      own.close()
      if heard.count < 2 { _ = try LabEngine.receive(1, from: shared) }
      lab.shutDown()
      #expect(lab.takeLateness().answers == 3)
    }
  }

  @Test("an answer that is overdue when lateness is asked for is counted as late as it is then")
  func countsOverdue() throws {
    let server = LabServer(try network("new one 'one'", "node home 192.0.2.10", "hop web 203.0.113.80"), try LabPoll())
    server.note(nextAnswer: MonotonicClock.now + .seconds(3_600))
    #expect(server.takeLateness() == LabLateness())
    server.note(nextAnswer: MonotonicClock.now - .milliseconds(5))
    let lateness = server.takeLateness()
    #expect(lateness.answers == 1 && lateness.overOneMillisecond == 1 && lateness.largest >= .milliseconds(5))
    server.note(lateness: .milliseconds(6), next: nil)
    #expect(server.takeLateness().largest == .milliseconds(6))
    #expect(server.takeLateness() == LabLateness())
    server.note(nextAnswer: MonotonicClock.now - .milliseconds(5))
    server.stop()
    #expect(server.takeLateness() == LabLateness())
  }

  /// Whether something is so within a minute. A joined thread stays in /proc for a moment, Swift's pool starts a thread
  /// or two, and opens the files that tell what they do (libdispatch, `/proc/N/stat`): nothing tells when any of that
  /// is over.
  private static func becomesTrue(_ condition: () -> Bool) -> Bool {
    let end = MonotonicClock.now + .seconds(60)
    while MonotonicClock.now < end {
      if condition() { return true }
      sched_yield()
    }
    return false
  }

  @Test("nothing is left: no descriptor, no thread, whatever was open or under way")
  func nothingIsLeft() async {
    await #expect(processExitsWith: .success) {
      try await LabEngine.run {
        let descriptors = ProcessUsage.descriptorCount ?? 0
        let threads = ProcessUsage.threadCount ?? 0
        let rounds = 20
        for _ in 0..<rounds {
          let lab = try Self.lab()
          var engine = LabEngine(lab)
          var batch = try engine.batch(to: Self.web, ttls: Array(repeating: 2, count: 100))
          var kept: [any ProbeSocket] = []
          for index in batch.records.indices {
            let socket = try lab.makeSocket(for: batch.records[index])
            socket.send(&batch.records[index], batch.bytes)
            if index % 3 == 0 { socket.close() } else { kept.append(socket) }
          }
          precondition((ProcessUsage.descriptorCount ?? 0) >= descriptors + 2 * kept.count)
          _ = try LabEngine.receive(1, from: kept[0])
          lab.shutDown()
          // Sockets that are kept are closed, too.
          precondition(Self.becomesTrue { (ProcessUsage.descriptorCount ?? .max) <= descriptors })
          withExtendedLifetime(kept) {}
        }
        precondition(Self.becomesTrue { (ProcessUsage.threadCount ?? .max) < threads + rounds })
      }
    }
  }
}

extension LabSocketsTests {
  @Test("an error that quotes 8 bytes of a UDP probe is told apart by the socket that the probe left by")
  func shortQuotes() async throws {
    let topology = try network(
      "new brief 'short quotes'", "node home 192.0.2.10", "hop r1 198.51.100.1 quote 8", "hop web 203.0.113.80")
    let lab = LabSockets(topology, seed: 1)
    defer { lab.shutDown() }
    let launches = try await LabEngine.run {
      var engine = LabEngine(lab)
      var found: [LaunchID?] = []
      for _ in 0..<2 {
        var batch = try engine.batch(to: IPAddress(203, 0, 113, 80), .udp, ttls: [1])
        let socket = try lab.makeSocket(for: batch.records[0])
        socket.send(&batch.records[0], batch.bytes)
        found += try LabEngine.receiveErrors(1, from: socket)
        socket.close()
      }
      return found
    }
    #expect(launches == [LaunchID(slot: 0, generation: 7), LaunchID(slot: 1, generation: 7)])
  }
}
