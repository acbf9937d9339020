import Results
import Shell
import TestSupport
import Testing
import Tracing

@Suite("Enrichment in sessions")
struct EnrichmentSessionTests {
  private static let warning = "warning: timeout 70 ms with enrichment on: replies slower than 70 ms will be late"

  private func documents(of text: String) throws -> [JSONValue] {
    try text.split(separator: "\n").filter { !$0.hasPrefix("!") }.map { try .parse(String($0)) }
  }

  @Test(
    "in a script a short timeout with enrichment is told on standard error with file and line, wherever it arises",
    arguments: [
      ("set timeout 70ms", "s:1:1"),
      ("enrich off\nset timeout 70ms\nenrich on", "s:3:1"),
      ("enrich off; set timeout 70ms\necho between; enrich names on", "s:2:15"),
      ("enrich off\nset timeout 70ms\nunset enrich", "s:3:1"),
      ("enrich off\nset timeout 70ms\nset enrich.as on", "s:3:1"),
      ("set warn.timeout 0; set timeout 70ms\nunset warn.timeout", "s:2:1"),
      ("set warnings off; set timeout 70ms\nset warnings on", "s:2:1"),
      ("trace demo.test -m 1 > /dev/null\nif not reached {\n  set timeout 70ms\n}", "s:3:3"),
      ("trace demo.test -m 1 --timeout 70ms > /dev/null", "s:1:1"),
      ("set timeout 70ms; enrich off\ntrace demo.test -m 1 --enrich on > /dev/null", "s:1:1 s:2:1"),
      ("repeat 3 { trace demo.test -m 1 --timeout 70ms > /dev/null }", "s:1:12 s:1:12 s:1:12"),
    ])
  func places(lines: String, places: String) async {
    let outcome = await run(lines, name: "s")
    let told = outcome.text.split(separator: "\n").filter { $0.contains("warning: ") }.map(String.init)
    #expect(told == places.split(separator: " ").map { "! \($0): \(Self.warning)" })
  }

  @Test(
    "it is not told where the pair does not arise",
    arguments: [
      "set timeout 100ms", "enrich off; set timeout 70ms; show timeout",
      "enrich off; trace demo.test -m 1 --timeout 70ms",
      "set warnings off; set timeout 70ms; trace demo.test -m 1", "set warn.timeout 70ms; set timeout 70ms",
      "trace demo.test -m 1 --timeout 70ms --enrich off", "set timeout 70ms --x",
    ])
  func notTold(lines: String) async {
    #expect(await !run(lines, name: "s").text.contains("warning: "))
  }

  @Test("a trace's document has the warning and the evidence, also when the pair came from the settings")
  func json() async throws {
    for lines in ["set timeout 70ms\ntrace demo.test --json", "trace demo.test --timeout 70ms --json"] {
      let document = try #require(try documents(of: await run(lines).text).first)
      #expect(document["warnings"]?.strings == [String(Self.warning.dropFirst("warning: ".count))])
      #expect(document["evidence"]?["late"] == .number(0))
      #expect(document["evidence"]?["late_max_ms"] == .null)
      #expect(document["evidence"]?["lookups_open"] == .number(0))
      #expect(document["evidence"]?["lag_max_ms"] == .number(0))
    }
    let silent = try #require(
      try documents(of: await run("set warnings off; trace demo.test --timeout 70ms --json").text).first)
    #expect(silent["warnings"]?.strings == [])
  }

  @Test("a trace's document has names, AS numbers, segments and both ends")
  func annotations() async throws {
    let document = try #require(try documents(of: await run("trace demo.test --json").text).first)
    #expect(document["public_ip"] == .string("198.18.128.77"))
    #expect(document["isp"]?["asn"] == .number(64500))
    #expect(document["isp"]?["hostname"] == .string("cpe-77.gwy.example.net"))
    #expect(document["destination_asn"]?["name"] == .string("EXAMPLE-DC"))
    guard case .array(let hops)? = document["hops"] else {
      Issue.record("there are no hops")
      return
    }
    #expect(
      hops.map { $0["segment"] ?? .null } == [
        .string("LAN"), .string("ISP"), .string("ISP"), .string("ISP"), .string("ISP"), .string("TRANSIT"), .null,
        .string("TRANSIT"), .string("TRANSIT"), .string("TRANSIT"), .string("DESTINATION"), .string("DESTINATION"),
      ])
    #expect(hops[3]["hostname"] == .string("ae8.core1.dub.example.net"))
    #expect(hops[3]["asn_info"]?["prefix"] == .string("198.18.0.0/16"))
    #expect(hops[6]["hostname"] == .null)
  }

  @Test(
    "a kind that is off asks nobody",
    arguments: [
      ("enrich off", []), ("enrich isp off", ["names", "origins", "as_names"]),
      ("enrich names off", ["origins", "as_names", "public_addresses"]),
      ("enrich as off", ["names", "public_addresses"]),
      ("enrich off; enrich segments on", []), ("enrich off; enrich isp on", ["public_addresses"]),
      ("enrich segments off", ["names", "origins", "as_names", "public_addresses"]),
    ])
  func kinds(line: String, asked: [String]) async throws {
    let outcome = await run(
      "use lab demo; \(line)\ntrace demo.test > /dev/null; ping demo.test -c 1 > /dev/null\nshow enrich --json")
    let document = try #require(try documents(of: outcome.text).last)
    guard case .array(let topics)? = document["lookups"] else {
      Issue.record("there are no counts")
      return
    }
    let wanted = topics.filter { $0["wanted"] != .number(0) }.compactMap { topic -> String? in
      guard case .string(let name)? = topic["name"] else { return nil }
      return name
    }
    #expect(wanted == asked)
  }

  @Test("enrichment changes no probe: the same times with it and without, whatever the name server does")
  func noShift() async {
    func times(_ lines: String) async -> [Duration?] {
      let (session, _) = makeSession(.script)
      _ = await session.run((lines + "\ntrace far.demo.test -q 3 > /dev/null").utf8, name: "s")
      guard case .trace(let result)? = await session.results.last?.content else { return [] }
      return result.trace.path.flatMap(\.probes).map { record -> Duration? in
        guard case .replied(_, let rtt) = record.outcome else { return nil }
        return rtt
      }
    }
    let without = await times("enrich off")
    #expect(without.count > 30)
    #expect(await times("") == without)
    #expect(await times("set dns.timeout 10ms; set enrich.wait 0") == without)
  }
}
