/// What a trace may be annotated with; each can be switched on and off by itself (`enrich KIND on|off`).
package enum EnrichmentKind: String, Hashable, Sendable, CaseIterable {
  /// The name of an address, by reverse DNS (PTR, RFC 1035 section 3.5).
  case names
  /// The autonomous system that originates an address's prefix.
  case autonomousSystems = "as"
  /// The part of the path that a hop lies in: LAN, ISP, TRANSIT, DESTINATION.
  case segments
  /// City and country of an address, from a local database.
  case geo
  /// This host's public address, and so its provider.
  case isp
}
