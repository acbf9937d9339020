import Enrichment
import Packets
import Testing

@Suite("Special addresses")
struct SpecialAddressTests {
  private func range(_ text: String, _ policy: SpecialPolicy = .label) throws -> SpecialRange? {
    SpecialAddresses.range(of: try #require(IPAddress(text)), policy: policy)
  }

  /// Each block with its first and its last address.
  private static let blocks: [(SpecialKind, block: String, first: String, last: String)] = [
    (.unspecified, "0.0.0.0/32", "0.0.0.0", "0.0.0.0"),
    (.thisNetwork, "0.0.0.0/8", "0.0.0.1", "0.255.255.255"),
    (.privateNetwork, "10.0.0.0/8", "10.0.0.0", "10.255.255.255"),
    (.carrierGradeNAT, "100.64.0.0/10", "100.64.0.0", "100.127.255.255"),
    (.loopback, "127.0.0.0/8", "127.0.0.0", "127.255.255.255"),
    (.linkLocal, "169.254.0.0/16", "169.254.0.0", "169.254.255.255"),
    (.privateNetwork, "172.16.0.0/12", "172.16.0.0", "172.31.255.255"),
    (.serviceContinuity, "192.0.0.0/29", "192.0.0.0", "192.0.0.7"),
    (.protocolAssignment, "192.0.0.0/24", "192.0.0.8", "192.0.0.255"),
    (.documentation, "192.0.2.0/24", "192.0.2.0", "192.0.2.255"),
    (.sixToFour, "192.88.99.0/24", "192.88.99.0", "192.88.99.255"),
    (.privateNetwork, "192.168.0.0/16", "192.168.0.0", "192.168.255.255"),
    (.benchmark, "198.18.0.0/15", "198.18.0.0", "198.19.255.255"),
    (.documentation, "198.51.100.0/24", "198.51.100.0", "198.51.100.255"),
    (.documentation, "203.0.113.0/24", "203.0.113.0", "203.0.113.255"),
    (.multicast, "224.0.0.0/4", "224.0.0.0", "239.255.255.255"),
    (.reserved, "240.0.0.0/4", "240.0.0.0", "255.255.255.254"),
    (.broadcast, "255.255.255.255/32", "255.255.255.255", "255.255.255.255"),
    (.unspecified, "::/128", "::", "::"),
    (.loopback, "::1/128", "::1", "::1"),
    (.reserved, "::/8", "::2", "ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    (.localNAT64, "64:ff9b:1::/48", "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"),
    (.discard, "100::/64", "100::", "100::ffff:ffff:ffff:ffff"),
    (.discard, "100:0:0:1::/64", "100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff"),
    (.teredo, "2001::/32", "2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff"),
    (.benchmark, "2001:2::/48", "2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff"),
    (.identifier, "2001:10::/28", "2001:10::", "2001:1f:ffff:ffff:ffff:ffff:ffff:ffff"),
    (.identifier, "2001:20::/28", "2001:20::", "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff"),
    (.identifier, "2001:30::/28", "2001:30::", "2001:3f:ffff:ffff:ffff:ffff:ffff:ffff"),
    (.protocolAssignment, "2001::/23", "2001:1::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"),
    (.documentation, "2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
    (.sixToFour, "2002::/16", "2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    (.documentation, "3fff::/20", "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"),
    (.segmentRouting, "5f00::/16", "5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    (.privateNetwork, "fc00::/7", "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    (.linkLocal, "fe80::/10", "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    (.privateNetwork, "fec0::/10", "fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    (.multicast, "ff00::/8", "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
  ]

  @Test("are named with their block, from its first address to its last", arguments: blocks)
  func named(kind: SpecialKind, block: String, first: String, last: String) throws {
    for text in [first, last] {
      let range = try range(text)
      #expect(range?.kind == kind, "\(text)")
      #expect(range?.prefix == Prefix(block), "\(text)")
    }
  }

  @Test("are tested here in every kind")
  func everyKind() {
    #expect(Set(Self.blocks.map(\.0)) == Set(SpecialKind.allCases))
  }

  @Test(
    "end where their block ends",
    arguments: [
      "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
      "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0", "192.0.1.255",
      "192.0.3.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
      "100:0:0:2::", "2001:200::", "2001:db7:ffff::", "2001:db9::", "2003::", "3ffe::", "3fff:1000::", "5eff::",
      "5f01::", "fbff::", "fe00::", "2a00::1",
    ])
  func neighbours(text: String) throws {
    #expect(try range(text) == nil)
  }

  @Test(
    "do not include what is announced like any other address",
    arguments: [
      "192.0.0.9", "192.0.0.10", "192.31.196.1", "192.52.193.1", "192.175.48.1", "2001:1::1", "2001:1::2", "2001:1::3",
      "2001:3::1", "2001:4:112::1", "2620:4f:8000::1", "4000::1", "1234::1",
    ])
  func ordinary(text: String) throws {
    #expect(try range(text) == nil)
  }

  @Test("of documentation and benchmark are ordinary where the policy is to look up; all others are not")
  func policy() throws {
    for (kind, _, first, _) in Self.blocks {
      let isOrdinary = try range(first, .lookup) == nil
      #expect(isOrdinary == (kind == .documentation || kind == .benchmark), "\(first)")
    }
  }

  @Test(
    "inside IPv4-mapped and NAT64 addresses are what they are by themselves",
    arguments: ["10.0.0.1", "100.64.0.1", "192.0.2.1", "127.0.0.1", "9.9.9.9", "0.0.0.0", "255.255.255.255"])
  func carried(text: String) throws {
    let inside = try #require(IPAddress(text))
    for policy in SpecialPolicy.allCases {
      #expect(try range("::ffff:\(text)", policy) == range(text, policy))
      #expect(try range("64:ff9b::\(text)", policy) == range(text, policy))
    }
    #expect(SpecialAddresses.known(as: try #require(IPAddress("::ffff:\(text)"))) == inside)
    #expect(SpecialAddresses.known(as: try #require(IPAddress("64:ff9b::\(text)"))) == inside)
  }

  @Test(
    "that only resemble such a form are known as themselves",
    arguments: [
      "::9.9.9.9", "::fffe:909:909", "::1:ffff:909:909", "1::ffff:909:909", "64:ff9b::1:909:909", "64:ff9b:1::909:909",
      "64:ff9c::909:909", "2002:909:909::", "9.9.9.9",
    ])
  func resembling(text: String) throws {
    let address = try #require(IPAddress(text))
    #expect(SpecialAddresses.known(as: address) == address)
  }

  @Test("have words of their own for each kind")
  func words() {
    #expect(Set(SpecialKind.allCases.map(\.description)).count == SpecialKind.allCases.count)
    #expect(SpecialKind.privateNetwork.description == "private network")
    #expect(SpecialKind.carrierGradeNAT.description == "carrier-grade NAT")
  }
}
