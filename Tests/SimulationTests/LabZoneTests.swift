import Enrichment
import Packets
import Simulation
import Testing
import Time

@Suite("Lab zone")
struct LabZoneTests {
  private func zone(_ lines: String...) throws -> LabZone {
    let text = (["new z 'a zone'", "node home 192.0.2.10 2001:db8::10"] + lines).map { "lab \($0)\n" }.joined()
    return LabZone(try LabScript.topology(of: text.utf8, name: "test.ftr"))
  }

  private func origin(
    _ asns: [UInt32], _ prefix: String, _ country: String?, _ registry: String?, _ name: String? = nil
  )
    -> Answer
  {
    Answer(
      .origin(Origin(asns: asns, prefix: Prefix(prefix), country: country, registry: registry, name: name)), from: .lab,
      lifetime: Lifetime.ofOrigins)
  }

  @Test("the longest prefix that holds an address gives its origin, in both families")
  func longestPrefix() throws {
    let zone = try zone(
      "as 64500 WIDE IE ripencc 198.18.0.0/15 2001:db8::/32", "as 64501 NARROW CA arin 198.18.4.0/24 2001:db8:4::/48",
      "as 64502 HOST - - 198.18.4.7/32")
    func asked(_ address: String) throws -> Answer {
      zone.answer(to: .origin(try #require(IPAddress(address)), .cymru))
    }
    #expect(try asked("198.18.4.7") == origin([64502], "198.18.4.7/32", nil, nil))
    #expect(try asked("198.18.4.8") == origin([64501], "198.18.4.0/24", "CA", "arin"))
    #expect(try asked("198.19.4.8") == origin([64500], "198.18.0.0/15", "IE", "ripencc"))
    #expect(try asked("2001:db8:4::1") == origin([64501], "2001:db8:4::/48", "CA", "arin"))
    #expect(try asked("2001:db8:5::1") == origin([64500], "2001:db8::/32", "IE", "ripencc"))
    #expect(try asked("203.0.113.1") == Answer(.absent, from: .lab, lifetime: Lifetime.ofAbsence))
  }

  @Test("a prefix that two announce has both, in the order of their statements")
  func severalOrigins() throws {
    let zone = try zone("as 64505 FIRST IE ripencc 198.18.0.0/16", "as 64501 SECOND CA arin 198.18.0.0/16")
    #expect(
      zone.answer(to: .origin(IPAddress(198, 18, 0, 1), .cymru))
        == origin([64505, 64501], "198.18.0.0/16", "IE", "ripencc"))
  }

  @Test("an origin has its name where the source keeps both together, and otherwise it is asked for")
  func names() throws {
    let zone = try zone("as 64500 EXAMPLE-NET IE ripencc 198.18.0.0/16")
    let address = IPAddress(198, 18, 0, 1)
    for source in [OriginSource.table("t"), .maxMind("m")] {
      #expect(
        zone.answer(to: .origin(address, source)) == origin([64500], "198.18.0.0/16", "IE", "ripencc", "EXAMPLE-NET"))
    }
    #expect(
      zone.answer(to: .asName(64500)) == Answer(.asName("EXAMPLE-NET"), from: .lab, lifetime: Lifetime.ofOrigins))
    #expect(zone.answer(to: .asName(64501)).content == .absent)
  }

  @Test("names and public addresses are those stated; a place is never known")
  func others() throws {
    let zone = try zone("hop r1 198.51.100.1 2001:db8:1::1 name r1.z.test", "public 203.0.113.7")
    let name = zone.answer(to: .name(IPAddress(198, 51, 100, 1)))
    #expect(name.content == .name("r1.z.test"))
    #expect(Lifetime.ofNames.contains(name.lifetime))
    #expect(zone.answer(to: .name(IPAddress(192, 0, 2, 10))).content == .absent)
    #expect(zone.answer(to: .publicAddress(.ipv4)).content == .publicAddress(IPAddress(203, 0, 113, 7)))
    #expect(zone.answer(to: .publicAddress(.ipv6)).content == .absent)
    #expect(
      zone.answer(to: .place(IPAddress(198, 51, 100, 1), database: "x"))
        == Answer(.absent, from: .lab, lifetime: Lifetime.ofAbsence))
  }

  @Test(
    "the path to demo.test leads from the home through the provider and a carrier to a data centre",
    arguments: AddressFamily.allCases)
  func demo(family: AddressFamily) throws {
    let entry = try LabCatalog.shipped().network(named: "demo")
    func asn(_ node: String) throws -> UInt32? {
      let found = try #require(entry.topology.nodes.first { $0.name == node }?.address(family))
      guard case .origin(let origin) = entry.zone.answer(to: .origin(found, .cymru)).content else { return nil }
      return origin.asns.first
    }
    // Private and shared IPv4 addresses are nobody's.
    #expect(try asn("gateway") == (family == .ipv4 ? nil : 64500))
    #expect(try asn("access") == (family == .ipv4 ? nil : 64500))
    for node in ["metro", "core", "edge"] { #expect(try asn(node) == 64500) }
    #expect(try asn("exchange") == 64496)
    for node in ["hidden", "landing", "halifax", "handoff", "tokyo"] { #expect(try asn(node) == 65540) }
    for node in ["spine", "web"] { #expect(try asn(node) == 64510) }
    #expect(try asn("tokyo-ix") == nil)
    let own = try #require(entry.zone.publicAddress(family))
    guard case .origin(let isp) = entry.zone.answer(to: .origin(own, .cymru)).content else {
      Issue.record("the public address has no origin")
      return
    }
    #expect(isp.asns == [64500])
    #expect(entry.zone.name(of: own) == "cpe-77.gwy.example.net")
  }
}
