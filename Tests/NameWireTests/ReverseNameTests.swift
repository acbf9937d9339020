import NameWire
import Packets
import Testing

@Suite("Names of addresses and ASes")
struct ReverseNameTests {
  private static let nibbles = "9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.3.2.1.0.8.b.d.0.1.0.0.2"
  private static let v6 = IPAddress(high: 0x2001_0db8_0123_0000, low: 9)

  @Test(
    "are asked for and read back",
    arguments: [
      (ReverseName.pointer(IPAddress(192, 0, 2, 9)), "9.2.0.192.in-addr.arpa"),
      (.pointer(IPAddress(255, 0, 10, 1)), "1.10.0.255.in-addr.arpa"),
      (.pointer(v6), nibbles + ".ip6.arpa"),
      (.origin(IPAddress(192, 0, 2, 9)), "9.2.0.192.origin.asn.cymru.com"),
      (.origin(v6), nibbles + ".origin6.asn.cymru.com"),
      (.asName(64500), "AS64500.asn.cymru.com"),
      (.asName(4_294_967_295), "AS4294967295.asn.cymru.com"),
      (.asName(0), "AS0.asn.cymru.com"),
    ])
  func roundTrip(reverse: ReverseName, text: String) throws {
    #expect(reverse.domainName.description == text)
    #expect(ReverseName(try DomainName(text.uppercased())) == reverse)
  }

  @Test(
    "other names are none of them",
    arguments: [
      "2.0.192.in-addr.arpa", "1.9.2.0.192.in-addr.arpa", "256.2.0.192.in-addr.arpa", "09.2.0.192.in-addr.arpa",
      "a.2.0.192.in-addr.arpa", "9.2.0.192.ip6.arpa", "AS.asn.cymru.com", "AS01.asn.cymru.com", "AS+1.asn.cymru.com",
      "AS4294967296.asn.cymru.com", "x.AS1.asn.cymru.com", "asn.cymru.com", "in-addr.arpa", ".", "example.test",
      "g\(nibbles.dropFirst()).ip6.arpa", "+\(nibbles.dropFirst()).ip6.arpa", "10\(nibbles.dropFirst()).ip6.arpa",
      "9.2.0.192.origin6.asn.cymru.com", "\(nibbles).origin.asn.cymru.com", #"9\.2.0.192.in-addr.arpa"#,
    ])
  func others(text: String) throws {
    #expect(ReverseName(try DomainName(text)) == nil)
  }
}
