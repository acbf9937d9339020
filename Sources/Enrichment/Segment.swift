/// The part of a path that a hop lies in, seen from this host.
package enum Segment: String, Hashable, Sendable, CaseIterable {
  /// The own network: private and link-local addresses.
  case lan = "LAN"
  /// The own provider.
  case isp = "ISP"
  /// Networks between the provider and the target's.
  case transit = "TRANSIT"
  /// The target's network.
  case destination = "DESTINATION"
  case unknown = "UNKNOWN"
}
