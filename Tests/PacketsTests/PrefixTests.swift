import Packets
import Testing

@Suite("Prefix")
struct PrefixTests {
  @Test(
    "a prefix is read, freed of its host bits, and written",
    arguments: [
      ("192.0.2.77/24", "192.0.2.0/24"), ("0.0.0.0/0", "0.0.0.0/0"), ("255.255.255.255/0", "0.0.0.0/0"),
      ("192.0.2.1/32", "192.0.2.1/32"), ("2001:db8:ffff::1/33", "2001:db8:8000::/33"), ("ffff::/0", "::/0"),
      ("2001:db8::1:2:3:4/64", "2001:db8::/64"), ("2001:db8::ffff:0:0:1/65", "2001:db8:0:0:8000::/65"),
      ("::1/128", "::1/128"),
    ])
  func canonical(text: String, expected: String) throws {
    #expect(try #require(Prefix(text)).description == expected)
  }

  @Test(
    "what is no prefix is refused",
    arguments: [
      "192.0.2.1", "192.0.2.1/", "192.0.2.1/33", "::/129", "/24", "192.0.2.0/2 4", "192.0.2.0/+8", "::/0128", "1/8/8",
    ])
  func refused(text: String) {
    #expect(Prefix(text) == nil)
  }

  @Test(
    "a block contains its addresses and no others",
    arguments: [
      ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false), ("0.0.0.0/0", "8.8.8.8", true),
      ("0.0.0.0/0", "::", false), ("2001:db8::/32", "2001:db8:ffff:ffff::1", true),
      ("2001:db8::/32", "2001:db9::", false),
      ("2001:db8::/127", "2001:db8::1", true), ("2001:db8::/127", "2001:db8::2", false),
    ])
  func contains(prefix: String, address: String, expected: Bool) throws {
    #expect(try #require(Prefix(prefix)).contains(try #require(IPAddress(address))) == expected)
  }

  @Test("a length outside the family's range is refused")
  func length() {
    #expect(Prefix(IPAddress(192, 0, 2, 1), length: -1) == nil)
    #expect(Prefix(IPAddress(192, 0, 2, 1), length: 33) == nil)
  }
}
