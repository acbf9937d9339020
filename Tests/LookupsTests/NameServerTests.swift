import Packets
import Testing

@testable import Lookups

@Suite("Lists of name servers")
struct NameServerTests {
  @Test(
    "are read and written alike",
    arguments: [
      ("192.0.2.53", "192.0.2.53"), ("192.0.2.53:53", "192.0.2.53"), ("192.0.2.53:5353", "192.0.2.53:5353"),
      ("2001:db8::53", "2001:db8::53"), ("[2001:db8::53]", "2001:db8::53"), ("[2001:DB8::53]:1", "[2001:db8::53]:1"),
      ("192.0.2.53, [::1]:65535", "192.0.2.53,[::1]:65535"),
    ])
  func read(text: String, canonical: String) throws {
    let servers = try NameServer.list(text)
    #expect(servers.map(\.description).joined(separator: ",") == canonical)
    #expect(try NameServer.list(canonical) == servers)
  }

  @Test(
    "that are wrong say where and why",
    arguments: [
      ("", NameServerListError(entry: "", reason: .empty)),
      ("192.0.2.53,", NameServerListError(entry: "", reason: .empty)),
      ("192.0.2.53,dns.example", NameServerListError(entry: "dns.example", reason: .noAddress)),
      ("1.2.3", NameServerListError(entry: "1.2.3", reason: .noAddress)),
      ("fe80::1%eth0", NameServerListError(entry: "fe80::1%eth0", reason: .noAddress)),
      ("[2001:db8::53", NameServerListError(entry: "[2001:db8::53", reason: .noAddress)),
      ("[2001:db8::53]5", NameServerListError(entry: "[2001:db8::53]5", reason: .noAddress)),
      ("2001:db8::53:5353:1:2:3:4:5", NameServerListError(entry: "2001:db8::53:5353:1:2:3:4:5", reason: .noAddress)),
      ("192.0.2.53:0", NameServerListError(entry: "192.0.2.53:0", reason: .badPort)),
      ("192.0.2.53:65536", NameServerListError(entry: "192.0.2.53:65536", reason: .badPort)),
      ("192.0.2.53:+53", NameServerListError(entry: "192.0.2.53:+53", reason: .badPort)),
      ("192.0.2.53:", NameServerListError(entry: "192.0.2.53:", reason: .badPort)),
      ("[::1]:x", NameServerListError(entry: "[::1]:x", reason: .badPort)),
      (
        "1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1",
        NameServerListError(
          entry: "1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1", reason: .tooMany)
      ),
    ])
  func refused(text: String, error: NameServerListError) {
    #expect(throws: error) { try NameServer.list(text) }
    #expect(!error.description.isEmpty)
  }
}
