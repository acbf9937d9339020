import Lexing
import Simulation
import Testing

@Suite("Drawing and catalogue")
struct LabDrawingTests {
  @Test("the longest branch stays at the edge, shorter ones stand before it behind a bar")
  func show() throws {
    let topology = try network(
      "new fork 'three ways from one router'", "node home 192.0.2.10 2001:db8::10",
      "hop gateway 192.0.2.1 2001:db8::1 delay 1ms border", "hop near 198.51.100.1 from gateway silent",
      "hop a1 198.51.100.2 from gateway loss 1.5% serves 203.0.113.0/24", "hop a2 198.51.100.3 name a2.fork.test",
      "hop b1 198.51.100.4 from gateway ratelimit 1/s", "hop b2 198.51.100.5 jitter 20us", "hop b3 198.51.100.6",
      "target a2.fork.test 'three hops'", "name ghost.fork.test 203.0.113.9", "target ghost.fork.test 'no host'",
      "as 64500 EXAMPLE-NET IE ripencc 198.51.100.0/24 2001:db8::/32", "as 65551 'NO REGISTRY' - - 203.0.113.0/24",
      "public 192.0.2.77", "resolver 192.0.2.1 2001:db8::1 delay 2ms servfail 5%")
    let entry = try #require(LabCatalog([topology]).entries.first)
    let expected = """
      fork: three ways from one router

      hop  node     IPv4          IPv6          name          behaviour
        0  home     192.0.2.10    2001:db8::10  -             traces start here
        1  gateway  192.0.2.1     2001:db8::1   -             delay 1ms, border
        2  ├ near   198.51.100.1  -             -             silent
        2  ├ a1     198.51.100.2  -             -             loss 1.5%, serves 203.0.113.0/24
        3  │ a2     198.51.100.3  -             a2.fork.test
        2  b1       198.51.100.4  -             -             ratelimit 1/s burst 6
        3  b2       198.51.100.5  -             -             jitter 20us
        4  b3       198.51.100.6  -             -

      autonomous systems
        AS64500  EXAMPLE-NET  IE  ripencc  198.51.100.0/24, 2001:db8::/32
        AS65551  NO REGISTRY  -   -        203.0.113.0/24

      public    192.0.2.77
      resolver  192.0.2.1, 2001:db8::1  delay 2ms, servfail 5%

      targets
        a2.fork.test     3 hops   three hops
        ghost.fork.test  no host  no host
      """
    #expect(LabDrawing.show(entry).joined(separator: "\n") == expected)
  }

  @Test("the destination is a hop whatever it does with what passes it")
  func destinationCounts() throws {
    let topology = try network(
      "new one 'two hops'", "node home 192.0.2.10", "hop gateway 192.0.2.1", "hop hidden 198.51.100.1 keeps-ttl",
      "hop end 198.51.100.2 keeps-ttl name end.one.test", "target end.one.test 'two hops'")
    let entry = try #require(LabCatalog([topology]).entries.first)
    #expect(LabDrawing.show(entry).last == "  end.one.test  2 hops  two hops")
  }

  @Test("the list gives name, distance of the first target, and what the network teaches")
  func list() throws {
    #expect(
      LabDrawing.list(LabCatalog(try LabCatalog.shipped().entries.prefix(3).map(\.topology))) == [
        "demo    12 hops  From a home to a far continent: twelve hops, one silent router, one ocean",
        "campus  4 hops   A university: a router that answers sparingly, and a wireless link that loses",
        "long    30 hops  Thirty hops in a row, and a host that is farther than the usual last TTL",
      ])
  }

  @Test("a network that is not there is told with the one that was probably meant")
  func unknownNetwork() throws {
    let catalog = try LabCatalog.shipped()
    #expect(
      throws: Diagnostic(
        "there is no network 'capmus'; did you mean 'campus'?",
        try: "'lab list' names them")
    ) { try catalog.network(named: "capmus") }
  }

  @Test("the catalogue finds the network that a name belongs to, from anywhere")
  func owners() throws {
    let catalog = try LabCatalog.shipped()
    #expect(catalog.owner(ofName: "web.campus.test")?.topology.name == "campus")
    #expect(catalog.owner(ofName: "END.long.test.")?.topology.name == "long")
    #expect(catalog.owner(ofName: "elsewhere.test") == nil)
    #expect(LabCatalog.answers(for: "Demo.TEST."))
    #expect(!LabCatalog.answers(for: "contest"))
    #expect(!LabCatalog.answers(for: "demo.test.example.com"))
  }
}
