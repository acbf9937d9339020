import Enrichment
import Packets
import Probing
import SystemIO

/// The addresses of targets: from the hosts file and from name servers, by the same resolver as all other names.
///
/// Unlike the C library it asks nobody else (no mDNS, no directory service), can be cancelled, and follows `dns.server`.
package struct TargetNames: AddressResolver {
  private let resolver: @Sendable () throws(SystemError) -> Resolver

  /// - Parameter resolver: called for each name that is plausible, so that it may be made when first needed.
  package init(_ resolver: @escaping @Sendable () throws(SystemError) -> Resolver) {
    self.resolver = resolver
  }

  /// See `AddressResolver`.
  package func addresses(
    of name: String, family: FamilyPreference
  ) async throws(NetworkFailure) -> [IPAddress] {
    do throws(TargetNameError) {
      return try await lookUp(name, family)
    } catch {
      throw NetworkFailure(error)
    }
  }

  private func lookUp(_ name: String, _ family: FamilyPreference) async throws(TargetNameError) -> [IPAddress] {
    if let address = IPAddress(name) {
      guard family.allows(address.family) else { throw TargetNameError(name, .otherFamily) }
      return [address]
    }
    if let reason = Self.refusal(of: name) { throw TargetNameError(name, reason) }
    let asked = Self.isLocalhost(name) ? Self.localhost : name
    let found = try await ask(TargetQuestion(name: asked, family: family.only))
    guard found.isEmpty else { return found }
    // To say "no IPv6 address" instead of "unknown name" is worth one more question.
    guard family.only != nil, try await !ask(TargetQuestion(name: asked, family: nil)).isEmpty else {
      throw TargetNameError(name, .notFound)
    }
    throw TargetNameError(name, .otherFamily)
  }

  private func ask(_ question: TargetQuestion) async throws(TargetNameError) -> [IPAddress] {
    let resolver: Resolver
    do throws(SystemError) {
      resolver = try self.resolver()
    } catch {
      throw TargetNameError(question.name, .system(error))
    }
    do throws(LookupFailure) {
      return try await resolver.addresses(of: question)
    } catch {
      throw TargetNameError(question.name, .failed(error))
    }
  }

  /// This machine, of which no name server is asked (RFC 6761 section 6.3); c-ares knows it in this spelling only.
  private static let localhost = "localhost"

  private static func isLocalhost(_ name: String) -> Bool {
    name.lowercased() == localhost || name.lowercased() == localhost + "."
  }

  /// The longest name of RFC 1035 section 2.3.4, as text with its final dot.
  private static let longestName = 254

  /// Why a text is not even asked for; nil when it may be.
  private static func refusal(of name: String) -> TargetNameError.Reason? {
    let bytes = name.utf8
    if bytes.contains(UInt8(ascii: "%")) { return .scopedAddress }
    guard (1...longestName).contains(bytes.count), bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
      return .malformed
    }
    guard bytes.allSatisfy({ $0 < 0x80 }) else { return .notASCII }
    let isNumeric = bytes.allSatisfy { $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return isNumeric ? .incompleteAddress : nil
  }
}

extension FamilyPreference {
  /// The one family that it allows; nil when it allows both.
  fileprivate var only: AddressFamily? {
    switch self {
    case .auto: nil
    case .ipv4: .ipv4
    case .ipv6: .ipv6
    }
  }
}
