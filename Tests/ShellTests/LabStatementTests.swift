import SystemIO
import Testing
import Time

/// Networks that a session makes, statement by statement.
@Suite("Statements of the lab")
struct LabStatementTests {
  @Test("a network of many statements takes little more than twice the time of one with half as many")
  func manyStatements() async {
    func time(_ count: Int) async -> Double {
      let hops = (1...count).map { "lab hop r\($0) 10.0.\($0 / 250).\($0 % 250 + 1)" }
      let lines = ["lab new chain 'many'", "lab node home 192.0.2.10"] + hops
      let began = MonotonicClock.now
      let outcome = await run(lines.joined(separator: "\n") + "\nuse lab chain\nlab show > /dev/null")
      #expect(outcome.status == 0, "\(outcome.text)")
      return Double((MonotonicClock.now - began).nanoseconds)
    }
    // The least of some runs, because other work on the machine only ever adds to one.
    var ratios: [Double] = []
    for _ in 0..<3 where ratios.allSatisfy({ $0 > 3 }) { ratios.append(await time(800) / time(400)) }
    #expect(ratios.min() ?? .infinity < 3, "\(ratios)")
  }

  @Test("a network that is not whole says what it lacks, and is there when it has it")
  func unfinished() async {
    let lines =
      "lab new part 'a node without a link'\nlab node home 192.0.2.10\nlab hop a 192.0.2.1\nlab node b 192.0.2.2\n"
    let lacking = await run(lines + "use lab part")
    #expect(lacking.status == 2)
    #expect(lacking.text.contains("network 'part' is not whole yet"))
    #expect(lacking.text.contains("no IPv4 path leads from 'home' to 'b'"))
    let whole = await run(lines + "lab link a b\nuse lab part\ntrace 192.0.2.2\nexpect reached; expect hops = 2")
    #expect(whole.status == 0, "\(whole.text)")
  }

  @Test("a mistake in a statement leaves what was stated before it")
  func mistake() async {
    let outcome = await run(
      """
      set on-error continue
      lab new part 'two hops'
      lab node home 192.0.2.10
      lab hop a 192.0.2.1
      lab hop a 192.0.2.2
      lab hop b 192.0.2.2
      use lab part
      trace 192.0.2.2
      expect hops = 2
      """)
    #expect(outcome.text.contains("there is a node 'a' already"))
    #expect(outcome.text.contains("reached in 2 hops"))
  }

  @Test(
    "a router that quotes little beside its labels is seen by UDP, labels and all",
    arguments: ["192.0.2.9", "2001:db8::9"])
  func shortQuoteWithLabels(target: String) async {
    let outcome = await run(
      """
      lab new short 'one that quotes little'
      lab node home 192.0.2.10 2001:db8::10
      lab hop a 192.0.2.1 2001:db8::1 delay 5ms
      lab hop b 192.0.2.2 2001:db8::2 delay 5ms mpls visible quote 8
      lab hop web 192.0.2.9 2001:db8::9 delay 5ms
      use lab short
      set protocol udp
      trace \(target) -q 2
      """)
    #expect(outcome.text.contains("<MPLS:L=24002,E=0,S=1,T=1>  flow changed"), "\(outcome.text)")
  }
}
