import Packets

/// A block of special-purpose addresses.
package struct SpecialRange: Hashable, Sendable {
  /// What its addresses mean.
  package let kind: SpecialKind
  /// The block as its registry has it. An IPv4 one also for the IPv6 addresses that carry an IPv4 address inside.
  package let prefix: Prefix
}

/// What a special-purpose address means; the raw value is its name in JSON.
package enum SpecialKind: String, Hashable, Sendable, CaseIterable {
  case unspecified
  /// Of a host that does not know its address yet (RFC 791 section 3.2).
  case thisNetwork = "this_network"
  case loopback
  case linkLocal = "link_local"
  /// RFC 1918, RFC 4193, and the site-local addresses that RFC 3879 ended: unique inside one network only.
  case privateNetwork = "private"
  /// Between a provider and its customers (RFC 6598).
  case carrierGradeNAT = "carrier_grade_nat"
  /// The inside of a tunnel or translator that brings IPv4 to customers with IPv6 only: DS-Lite, 464XLAT (RFC 7335).
  case serviceContinuity = "service_continuity"
  /// RFC 5737, RFC 3849, RFC 9637.
  case documentation
  /// RFC 2544, RFC 5180.
  case benchmark
  /// The prefix and the relays of 6to4 (RFC 3056, RFC 7526).
  case sixToFour = "6to4"
  /// RFC 4380.
  case teredo
  /// IPv4 behind a network's own NAT64 (RFC 8215).
  case localNAT64 = "local_nat64"
  /// A name of a host that looks like an address: ORCHID, DRIP (RFC 7343, RFC 9374).
  case identifier
  /// A segment of SRv6 (RFC 9602).
  case segmentRouting = "segment_routing"
  /// What is sent there is thrown away (RFC 6666, RFC 9780).
  case discard
  /// Of one protocol or another (RFC 6890, RFC 2928).
  case protocolAssignment = "protocol_assignment"
  case multicast
  case broadcast
  case reserved

  /// Whether such addresses are looked up like any other: those that labs are built of, where the policy says so.
  func isOrdinary(under policy: SpecialPolicy) -> Bool {
    policy == .lookup && (self == .documentation || self == .benchmark)
  }
}

extension SpecialKind: CustomStringConvertible {
  /// Its name for people, as it stands in the place of an AS: `private network`.
  package var description: String {
    switch self {
    case .unspecified: "unspecified"
    case .thisNetwork: "this network"
    case .loopback: "loopback"
    case .linkLocal: "link-local"
    case .privateNetwork: "private network"
    case .carrierGradeNAT: "carrier-grade NAT"
    case .serviceContinuity: "DS-Lite or 464XLAT"
    case .documentation: "documentation"
    case .benchmark: "benchmark"
    case .sixToFour: "6to4"
    case .teredo: "Teredo"
    case .localNAT64: "local NAT64"
    case .identifier: "identifier"
    case .segmentRouting: "segment routing"
    case .discard: "discard-only"
    case .protocolAssignment: "protocol assignment"
    case .multicast: "multicast"
    case .broadcast: "broadcast"
    case .reserved: "reserved"
    }
  }
}

/// What `set special-addresses` says of documentation and benchmark addresses; all other special ones are labelled always.
package enum SpecialPolicy: String, Hashable, Sendable, CaseIterable {
  /// They are labelled by what they are.
  case label
  /// They are addresses like any other: in the lab, and in networks of namespaces that are built of them.
  case lookup
}

extension SpecialKind {
  /// Whether such an address lies in the own network, so that no provider is on the way to it.
  package var isLocal: Bool {
    switch self {
    case .loopback, .linkLocal, .privateNetwork, .unspecified, .thisNetwork: true
    case .carrierGradeNAT, .serviceContinuity, .documentation, .benchmark, .sixToFour, .teredo, .localNAT64,
      .identifier, .segmentRouting, .discard, .protocolAssignment, .multicast, .broadcast, .reserved:
      false
    }
  }
}
