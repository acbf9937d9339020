import Enrichment
import Lexing
import Lookups
import Packets

/// Lists that settings are given as one word: servers, and sources of origins.
enum ServerList {
  /// More servers than these are not asked: c-ares and every stub resolver stop after a few.
  private static let mostServers = 8

  /// `ADDRESS[:PORT],…`, with an IPv6 address in brackets before a port.
  static func checkNameServers(_ text: String) throws(LiteralError) {
    do throws(NameServerListError) {
      _ = try NameServer.list(text)
    } catch {
      throw LiteralError(
        "'\(text)' is no list of name servers: \(error)", try: "'set dns.server 192.0.2.53,[2001:db8::53]:5353'")
    }
  }

  /// `HOST[:PORT],…`, with an IPv6 address in brackets before a port.
  static func checkSTUNServers(_ text: String) throws(LiteralError) {
    for server in try parts(text, "STUN servers") {
      let (host, port) = split(server)
      guard isHost(host), isPort(port) else {
        throw LiteralError(
          "'\(server)' is not a STUN server",
          try: "'stun.example.net' or 'stun.example.net:3478'; several with commas between")
      }
    }
  }

  /// `cymru,mmdb:FILE,table:FILE` in any order.
  static func originSources(_ text: String) throws(LiteralError) -> [OriginSource] {
    var sources: [OriginSource] = []
    for word in try parts(text, "sources") {
      let colon = word.firstIndex(of: ":")
      let file = colon.map { String(word[word.index(after: $0)...]) } ?? ""
      switch (colon.map { word[..<$0] } ?? word[...], file.isEmpty) {
      case ("cymru", true) where colon == nil: sources.append(.cymru)
      case ("mmdb", false): sources.append(.maxMind(file))
      case ("table", false): sources.append(.table(file))
      default:
        throw LiteralError(
          "'\(word)' is not a source of AS numbers",
          try: "'cymru', 'mmdb:FILE' or 'table:FILE'; several with commas between, asked in that order")
      }
    }
    return sources
  }

  private static func parts(_ text: String, _ what: String) throws(LiteralError) -> [String] {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard !parts.contains("") else {
      throw LiteralError("'\(text)' has an empty part", try: "commas between \(what) only")
    }
    guard parts.count <= mostServers else {
      throw LiteralError("'\(text)' lists \(parts.count) \(what)", try: "at most \(mostServers)")
    }
    return parts
  }

  /// The host without brackets, and what follows its colon; nil without one.
  private static func split(_ text: String) -> (host: String, port: Substring?) {
    if text.hasPrefix("["), let bracket = text.firstIndex(of: "]") {
      let rest = text[text.index(after: bracket)...]
      let host = String(text[text.index(after: text.startIndex)..<bracket])
      return rest.isEmpty ? (host, nil) : (host, rest.hasPrefix(":") ? rest.dropFirst() : "")
    }
    guard IPAddress(text) == nil, let colon = text.lastIndex(of: ":") else { return (text, nil) }
    return (String(text[..<colon]), text[text.index(after: colon)...])
  }

  private static func isPort(_ text: Substring?) -> Bool {
    guard let text else { return true }
    guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
      return false
    }
    return (Int(text) ?? 0) > 0 && (Int(text) ?? 0) <= Int(UInt16.max)
  }

  private static func isHost(_ text: String) -> Bool {
    if IPAddress(text) != nil { return true }
    // A name of DNS: letters, digits, hyphens and dots (RFC 1123 section 2.1), at most 253 bytes (RFC 1035 section 3.1).
    return !text.isEmpty && text.utf8.count <= 253
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
          true
        default: false
        }
      }
  }
}
