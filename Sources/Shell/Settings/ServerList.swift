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
      do throws(STUNServerError) {
        _ = try STUNServer(server)
      } catch {
        throw LiteralError("\(error)", try: "'set stun.server stun.example.net:3478'; several with commas between")
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
}
