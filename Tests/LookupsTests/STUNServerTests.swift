import Enrichment
import Lookups
import Packets
import Testing

@Suite("A STUN server's text")
struct STUNServerTests {
  private func error(_ text: String) -> STUNServerError? {
    do throws(STUNServerError) {
      _ = try STUNServer(text)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "is a host, and a port unless that is 3478",
    arguments: [
      ("stun.example.net", "stun.example.net", 3478), ("stun.example.net:19302", "stun.example.net", 19302),
      ("a", "a", 3478), ("stun.example.net.:1", "stun.example.net.", 1), ("3com.example:65535", "3com.example", 65535),
      ("_stun._udp.example", "_stun._udp.example", 3478), ("192.0.2.1", "192.0.2.1", 3478),
      ("192.0.2.1:3479", "192.0.2.1", 3479), ("[2001:db8::1]", "2001:db8::1", 3478),
      ("[2001:db8::1]:3479", "2001:db8::1", 3479), ("[::ffff:192.0.2.1]:1", "::ffff:192.0.2.1", 1),
    ])
  func good(text: String, host: String, port: Int) throws {
    let server = try STUNServer(text)
    #expect(server.host == host)
    #expect(Int(server.port) == port)
    #expect(try STUNServer(server.description) == server)
  }

  @Test(
    "is refused, and says what is wrong with it",
    arguments: [
      ("", STUNServerError.Part.host), (":3478", .host), ("stun..example", .host), (".", .host),
      ("192.0.2", .host), ("192.0.2.256", .host), ("stun example", .host), ("stün.example", .host), ("a/b", .host),
      ("[192.0.2.1]", .host), ("[stun.example]:1", .host), ("[]", .host), ("[2001:db8::1", .brackets),
      ("2001:db8::1", .brackets), ("a:1:2", .brackets), ("a:", .port), ("a:0", .port), ("a:65536", .port),
      ("a:+1", .port), ("a: 1", .port), ("a:x", .port), ("[::1]1", .port), ("[::1]:", .port), ("a:١", .port),
    ])
  func bad(text: String, part: STUNServerError.Part) {
    #expect(error(text)?.part == part)
  }

  @Test("is bounded, as a name is")
  func bounds() throws {
    let label = String(repeating: "a", count: 63)
    let longest = [label, label, label, String(repeating: "a", count: 61)].joined(separator: ".")
    #expect(try STUNServer("\(longest):65535").host == longest)
    #expect(try STUNServer("\(longest).:65535").host == "\(longest).")
    #expect(error("\(longest)a")?.part == .host)
    #expect(error("\(label)a.example")?.part == .host)
    let endless = error(String(repeating: "a:", count: 100_000))
    #expect(endless?.part == .host)
    #expect(endless?.excerpt == String(repeating: "a:", count: ForeignText.mostExcerptBytes / 2) + "...")
  }

  @Test("that is refused is shown safely")
  func excerpt() {
    #expect(error("\u{1b}[2J")?.description == "'\\u{1b}[2J' has no host: write HOST or HOST:PORT")
  }

  @Test("of an address and a port has brackets round IPv6")
  func endpoint() {
    #expect(STUNEndpoint(IPAddress(192, 0, 2, 1)).description == "192.0.2.1:3478")
    #expect(STUNEndpoint(IPAddress(high: 0, low: 1), port: 1).description == "[::1]:1")
  }
}
