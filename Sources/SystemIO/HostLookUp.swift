import CSystemIO
import Glibc

/// An address of a host, in network order: 4 bytes for IPv4, 16 for IPv6.
package struct HostAddress: Hashable, Sendable {
  /// 4 or 16 bytes.
  package let octets: [UInt8]

  /// The address with those bytes, of which there must be 4 or 16.
  package init(octets: [UInt8]) {
    precondition(octets.count == 4 || octets.count == 16, "An address has 4 or 16 bytes.")
    self.octets = octets
  }
}

/// Why a name has no address for us.
package struct HostResolutionError: Error, Hashable, Sendable {
  /// As it was asked for.
  package let name: String
  /// Why there is no address.
  package let reason: Reason

  /// The failure of that name for that reason.
  package init(name: String, reason: Reason) {
    self.name = name
    self.reason = reason
  }

  /// What stands between a name and its addresses.
  package enum Reason: Hashable, Sendable {
    /// The name servers know no such name, or no address for it (EAI_NONAME, EAI_NODATA).
    case notFound
    /// The name exists, but has no address of the wanted family.
    case otherFamily
    /// No name server answered in time, or it asked to try again (EAI_AGAIN).
    case noAnswer
    /// A name server refused or failed for good (EAI_FAIL).
    case serverFailed
    /// The text can be no name: empty, too long, with bytes that no name has.
    case malformed
    /// Digits and dots that are not a whole IPv4 address; the C library would silently read `10.1` as 10.0.0.1.
    case incompleteAddress
    /// An address with a zone (`fe80::1%eth0`): link-local paths have no hops, so it is refused instead of losing its zone.
    case scopedAddress
    /// More requests are waiting than any use of ours makes.
    case busy
    /// The task was cancelled.
    case cancelled
    /// The machine refused.
    case system(SystemError)
  }
}

extension HostResolutionError: CustomStringConvertible {
  /// One line: what happened to which name, and why.
  package var description: String {
    switch reason {
    case .notFound: "no address is known for '\(name)'"
    case .otherFamily: "'\(name)' has no address of that family"
    case .noAnswer: "no name server answered for '\(name)'"
    case .serverFailed: "the name server failed for '\(name)'"
    case .malformed: "'\(name)' is no host name"
    case .incompleteAddress: "'\(name)' is no whole IPv4 address: write four numbers"
    case .scopedAddress: "'\(name)' names an interface: addresses with a zone are not supported"
    case .busy: "too many names are being looked up"
    case .cancelled: "the look-up of '\(name)' was cancelled"
    case .system(let error): "cannot look up '\(name)': \(error)"
    }
  }
}

/// One blocking look-up by getaddrinfo.
enum HostLookUp {
  /// The longest name of RFC 1035 section 2.3.4, as text with its final dot.
  private static let longestName = 254

  /// Why a text is not even asked for; nil when it may be.
  static func refusal(of name: String) -> HostResolutionError? {
    let bytes = name.utf8
    if bytes.contains(UInt8(ascii: "%")) { return HostResolutionError(name: name, reason: .scopedAddress) }
    let isPlausible = (1...longestName).contains(bytes.count) && bytes.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    guard isPlausible else { return HostResolutionError(name: name, reason: .malformed) }
    let isNumeric = bytes.allSatisfy { $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    var address = in_addr()
    if isNumeric && inet_pton(AF_INET, name, &address) != 1 {
      return HostResolutionError(name: name, reason: .incompleteAddress)
    }
    return nil
  }

  @Sendable static func addresses(
    of name: String, family: HostResolver.Family
  ) -> Result<[HostAddress], HostResolutionError> {
    switch ask(name, family) {
    case .success(let found): return .success(found)
    case .failure(let error) where error.reason == .notFound && family != .automatic:
      // To say "no IPv6 address" instead of "unknown name" is worth one more question, which the C library mostly has cached.
      if case .success = ask(name, .automatic) {
        return .failure(HostResolutionError(name: name, reason: .otherFamily))
      }
      return .failure(error)
    case .failure(let error): return .failure(error)
    }
  }

  private static func ask(
    _ name: String, _ family: HostResolver.Family
  ) -> Result<[HostAddress], HostResolutionError> {
    var hints = addrinfo()
    switch family {
    case .automatic: hints.ai_family = AF_UNSPEC
    case .ipv4: hints.ai_family = AF_INET
    case .ipv6: hints.ai_family = AF_INET6
    }
    // One entry an address, instead of one for each kind of socket.
    hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(name, nil, &hints, &list)
    guard code == 0 else { return .failure(HostResolutionError(name: name, reason: reason(code))) }
    defer { freeaddrinfo(list) }
    var found: [HostAddress] = []
    for entry in sequence(first: list, next: { $0?.pointee.ai_next }) {
      guard let address = entry.flatMap({ hostAddress($0.pointee) }), !found.contains(address) else { continue }
      found.append(address)
    }
    return found.isEmpty ? .failure(HostResolutionError(name: name, reason: .notFound)) : .success(found)
  }

  private static func hostAddress(_ entry: addrinfo) -> HostAddress? {
    guard let address = entry.ai_addr else { return nil }
    let raw = UnsafeRawBufferPointer(start: address, count: Int(entry.ai_addrlen))
    switch (entry.ai_family, raw.count) {
    case (AF_INET, MemoryLayout<sockaddr_in>.size...):
      // The port is bytes 2 and 3; the address follows it.
      return HostAddress(octets: Array(raw[4..<8]))
    case (AF_INET6, MemoryLayout<sockaddr_in6>.size...):
      // Port, then the flow label in bytes 4 to 7.
      return HostAddress(octets: Array(raw[8..<24]))
    case _:
      return nil
    }
  }

  private static func reason(_ code: Int32) -> HostResolutionError.Reason {
    switch code {
    case EAI_NONAME, csio_eai_no_data(), csio_eai_address_family(): .notFound
    case EAI_AGAIN: .noAnswer
    case EAI_FAIL: .serverFailed
    case EAI_SYSTEM: .system(SystemError(call: "getaddrinfo", errno: errno))
    case let other: .system(SystemError(call: "getaddrinfo: \(String(cString: gai_strerror(other)))", errno: EIO))
    }
  }
}
