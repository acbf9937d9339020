import Packets

/// What finds the addresses of a host's name for a network.
package protocol AddressResolver: Sendable {
  /// The addresses of a name, best first (RFC 6724), each once; never empty.
  ///
  /// - Throws: why there is none. A task that is cancelled throws at once.
  func addresses(of name: String, family: FamilyPreference) async throws(NetworkFailure) -> [IPAddress]
}
