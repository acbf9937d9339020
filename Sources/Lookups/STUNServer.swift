import Enrichment
import Packets

/// A STUN server as a user writes it: `HOST[:PORT]`.
package struct STUNServer: Hashable, Sendable, CustomStringConvertible {
  /// A host name, or the text of an address without brackets.
  package let host: String
  /// 3478 where none was written.
  package let port: UInt16

  /// Reads `stun.example.net`, `192.0.2.1:3479` or `[2001:db8::1]:3479`.
  ///
  /// - Throws: what is wrong, and what to write instead.
  package init(_ text: some StringProtocol) throws(STUNServerError) {
    guard text.utf8.count <= Self.mostBytes else { throw STUNServerError(text, .host) }
    let text = String(text)
    let host: Substring
    let port: Substring?
    if text.utf8.first == UInt8(ascii: "["), let bracket = text.firstIndex(of: "]") {
      host = text[..<bracket].dropFirst()
      let rest = text[text.index(after: bracket)...]
      guard rest.isEmpty || rest.hasPrefix(":") else { throw STUNServerError(text, .port) }
      port = rest.isEmpty ? nil : rest.dropFirst()
      guard IPAddress(host)?.family == .ipv6 else { throw STUNServerError(text, .host) }
    } else {
      // The colons of an IPv6 address could not be told from the port's.
      guard text.utf8.count(where: { $0 == UInt8(ascii: ":") }) <= 1 else { throw STUNServerError(text, .brackets) }
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      host = parts[0]
      port = parts.count > 1 ? parts[1] : nil
      guard Self.isHost(host) else { throw STUNServerError(text, .host) }
    }
    self.host = String(host)
    self.port = try Self.port(port, in: text)
  }

  /// `HOST:PORT`, in the form that is read.
  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// The longest name (253 bytes, RFC 1035 section 2.3.4), a final dot, and a port.
  private static let mostBytes = 254 + 6

  private static func port(_ digits: Substring?, in text: String) throws(STUNServerError) -> UInt16 {
    guard let digits else { return STUNMessage.usualPort }
    // Not a sign, which UInt16 would read.
    guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let port = UInt16(digits),
      port != 0
    else { throw STUNServerError(text, .port) }
    return port
  }

  /// An IPv4 address, or labels of letters, digits, hyphens and underscores, of which the last is no number (RFC 1123
  /// section 2.1), so that a mistyped address is not asked for as a name.
  private static func isHost(_ host: Substring) -> Bool {
    if IPAddress(host) != nil { return true }
    let name = host.hasSuffix(".") ? host.dropLast() : host
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    let isWellFormed = labels.allSatisfy { label in
      (1...63).contains(label.utf8.count) && label.utf8.allSatisfy(isLabelByte)
    }
    return isWellFormed && name.utf8.count <= 253 && !(labels.last?.utf8.allSatisfy(isDigit) ?? true)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static func isLabelByte(_ byte: UInt8) -> Bool {
    let lower = byte | 0x20
    return isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lower) || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: "_")
  }
}

/// Why a text names no STUN server.
package struct STUNServerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The part that is wrong.
  package enum Part: Hashable, Sendable {
    case host
    case port
    /// An IPv6 address without its brackets.
    case brackets
  }

  /// What was written: printable ASCII, cut.
  package let excerpt: String
  /// The part that is wrong.
  package let part: Part

  init(_ text: some StringProtocol, _ part: Part) {
    excerpt = ForeignText.excerpt(of: text)
    self.part = part
  }

  /// A clause for people.
  package var description: String {
    switch part {
    case .host: "'\(excerpt)' has no host: write HOST or HOST:PORT"
    case .port: "'\(excerpt)' has no port from 1 to 65535"
    case .brackets: "'\(excerpt)' is no HOST:PORT: write an IPv6 address in brackets, as in [2001:db8::1]:3478"
    }
  }
}

/// An address and a port to ask.
package struct STUNEndpoint: Hashable, Sendable, CustomStringConvertible {
  /// Also of the family that the answer must be of.
  package let address: IPAddress
  /// Of UDP.
  package let port: UInt16

  /// That port of that address.
  package init(_ address: IPAddress, port: UInt16 = STUNMessage.usualPort) {
    self.address = address
    self.port = port
  }

  /// `ADDRESS:PORT`, an IPv6 address in brackets.
  package var description: String {
    switch address.family {
    case .ipv4: "\(address):\(port)"
    case .ipv6: "[\(address)]:\(port)"
    }
  }
}
