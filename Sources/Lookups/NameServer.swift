import Packets

/// A name server, as `set dns.server` names it.
package struct NameServer: Hashable, Sendable, CustomStringConvertible {
  /// The port of DNS (RFC 1035 section 4.2).
  package static let usualPort: UInt16 = 53
  /// The most in a list: a question that nobody answers waits for each of them, at each try.
  package static let mostServers = 8

  /// Where it is.
  package var address: IPAddress
  /// By UDP and by TCP.
  package var port: UInt16

  /// A name server at that address.
  package init(_ address: IPAddress, port: UInt16 = Self.usualPort) {
    self.address = address
    self.port = port
  }

  /// As a list has it: `192.0.2.53`, `192.0.2.53:5353`, `2001:db8::53`, `[2001:db8::53]:5353`.
  package var description: String {
    guard port != Self.usualPort else { return "\(address)" }
    return address.family == .ipv4 ? "\(address):\(port)" : "[\(address)]:\(port)"
  }

  /// Reads `ADDRESS[:PORT],…`, with an IPv6 address in brackets before a port.
  ///
  /// - Throws: which entry is wrong, and why.
  package static func list(_ text: String) throws(NameServerListError) -> [NameServer] {
    let entries = text.split(separator: ",", omittingEmptySubsequences: false)
    guard entries.count <= mostServers else { throw NameServerListError(entry: text, reason: .tooMany) }
    var servers: [NameServer] = []
    for entry in entries { servers.append(try one(entry.trimmed)) }
    return servers
  }

  private static func one(_ entry: Substring) throws(NameServerListError) -> NameServer {
    if let address = IPAddress(entry) { return NameServer(address) }
    func refused(_ reason: NameServerListError.Reason) -> NameServerListError {
      NameServerListError(entry: String(entry), reason: reason)
    }
    guard !entry.isEmpty else { throw refused(.empty) }
    guard let (host, port) = parts(of: entry), let address = IPAddress(host) else { throw refused(.noAddress) }
    guard let port else { return NameServer(address) }
    guard (1...5).contains(port.utf8.count), port.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = UInt16(port), number > 0
    else { throw refused(.badPort) }
    return NameServer(address, port: number)
  }

  /// The text of the address, and that of the port if there is one; nil for brackets that do not close.
  private static func parts(of entry: Substring) -> (host: Substring, port: Substring?)? {
    if entry.hasPrefix("[") {
      guard let close = entry.firstIndex(of: "]") else { return nil }
      let host = entry[entry.index(after: entry.startIndex)..<close]
      let rest = entry[entry.index(after: close)...]
      if rest.isEmpty { return (host, nil) }
      return rest.hasPrefix(":") ? (host, rest.dropFirst()) : nil
    }
    guard let colon = entry.firstIndex(of: ":") else { return (entry, nil) }
    return (entry[..<colon], entry[entry.index(after: colon)...])
  }
}

/// Why a text is no list of name servers.
package struct NameServerListError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What can be wrong with an entry.
  package enum Reason: Hashable, Sendable {
    /// Nothing stands between two commas.
    case empty
    /// No IPv4 or IPv6 address: a name, for instance, which nobody could resolve.
    case noAddress
    /// A port that is no number from 1 to 65535.
    case badPort
    /// More servers than `NameServer.mostServers`.
    case tooMany
  }

  /// As it was written.
  package let entry: String
  /// What is wrong with it.
  package let reason: Reason

  /// One sentence, without a full stop.
  package var description: String {
    switch reason {
    case .empty: "an entry is empty"
    case .noAddress: "'\(entry)' is no address: write 192.0.2.53, 192.0.2.53:5353, 2001:db8::53 or [2001:db8::53]:5353"
    case .badPort: "'\(entry)' has no port from 1 to 65535 behind its colon"
    case .tooMany: "there are more than \(NameServer.mostServers) servers"
    }
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var rest = drop { $0 == " " }
    while rest.last == " " { rest.removeLast() }
    return rest
  }
}
