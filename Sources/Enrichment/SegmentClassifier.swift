import Packets

// Theory of operation
//
// The entries of a path, in the order of their TTLs and inside a TTL of their addresses, get a segment each, in two passes.
//
// First pass, from the first entry to the last:
//
//   1. A silent hop is UNKNOWN.
//   2. Private, loopback and link-local addresses are LAN, and so is an IPv6 address on the own link: with the same first 64 bits
//      as the address that probes leave from.
//   3. A carrier-grade NAT's address (100.64.0.0/10) is ISP. No other customer can be reached by it.
//   4. Else the origins decide. "Equal" means that any of the hop's AS numbers is any of the other's:
//
//        hop's AS   the ISP's          the target's      segment
//        known      equal              any               ISP, also where the ISP is the target's network too
//        known      different          equal             DESTINATION
//        known      different          other or unknown  TRANSIT
//        known      unknown            equal             DESTINATION
//        known      unknown            other or unknown  TRANSIT behind a hop that is ISP, else UNKNOWN
//        unknown    any                any               TRANSIT
//
//      Other special-purpose addresses (documentation under the policy `label`, multicast, 6to4 …) have no AS and never will: that
//      is knowledge, so they count as known and different from all.
//   5. The target's own address is DESTINATION where rule 4 says TRANSIT or UNKNOWN: whatever its AS is, it is where the path
//      was to go. A target in the own LAN or at the own ISP stays LAN or ISP.
//
// Second pass, the sandwich: between two ISP hops is the ISP, also where its routers have addresses of nobody or of others; and
// between two hops of the target's network is that network. So a TRANSIT or UNKNOWN hop that has an address becomes ISP when some
// hop before it and some hop behind it are ISP, else DESTINATION when some before and some behind are DESTINATION. LAN hops and
// silent ones stay what they are. (In place or not makes no difference: a changed hop lies between two that are so already.)

/// Tells which part of a path each of its hops lies in.
package struct SegmentClassifier: Hashable, Sendable {
  /// One responder of a path, or a TTL without any.
  package struct Entry: Hashable, Sendable {
    /// nil for a silent hop.
    package var address: IPAddress?
    /// The AS numbers of its origin; none when it is not known.
    package var asns: [UInt32]

    /// A responder whose AS numbers are `origin`'s.
    package init(address: IPAddress?, origin: Origin? = nil) {
      self.address = address
      self.asns = origin?.asns ?? []
    }
  }

  /// The trace's target; nil when its own hop shall not be told from others.
  package var target: IPAddress?
  /// The AS numbers of this host's public address; none when they are not known.
  package var ispASNs: [UInt32]
  /// The AS numbers of the target; none when they are not known.
  package var destinationASNs: [UInt32]
  /// The IPv6 address that probes leave from; nil when it is not known, or the trace is of IPv4.
  package var localIPv6: IPAddress?
  /// What documentation and benchmark addresses are.
  package var policy: SpecialPolicy

  /// A classifier for one trace; see the properties.
  package init(
    target: IPAddress?, ispASNs: [UInt32] = [], destinationASNs: [UInt32] = [], localIPv6: IPAddress? = nil,
    policy: SpecialPolicy
  ) {
    self.target = target
    self.ispASNs = ispASNs
    self.destinationASNs = destinationASNs
    self.localIPv6 = localIPv6
    self.policy = policy
  }

  /// The segment of each entry.
  ///
  /// - Parameter entries: in the order of their TTLs, and inside a TTL of their addresses.
  package func segments(of entries: [Entry]) -> [Segment] { judgments(of: entries).map(\.segment) }

  /// The segment of each entry, and the rule that gave it.
  ///
  /// - Parameter entries: in the order of their TTLs, and inside a TTL of their addresses.
  package func judgments(of entries: [Entry]) -> [SegmentJudgment] {
    var isBehindISP = false
    var judgments = entries.map { entry in
      let judgment = judgment(of: entry, isBehindISP: isBehindISP)
      if judgment.segment == .isp { isBehindISP = true }
      return judgment
    }
    fillSandwiches(in: &judgments, of: entries)
    return judgments
  }

  private func judgment(of entry: Entry, isBehindISP: Bool) -> SegmentJudgment {
    guard let address = entry.address.map(SpecialAddresses.known(as:)) else { return .init(.unknown, .silent) }
    if isOnLink(address) { return .init(.lan, .onLink) }
    let special = SpecialAddresses.range(of: address, policy: policy)
    switch special?.kind {
    case .privateNetwork?, .loopback?, .linkLocal?: return .init(.lan, special.map { .special($0) } ?? .onLink)
    case .carrierGradeNAT?: return .init(.isp, special.map { .special($0) } ?? .onLink)
    case .unspecified, .thisNetwork, .serviceContinuity, .documentation, .benchmark, .sixToFour, .teredo, .localNAT64,
      .identifier, .segmentRouting, .discard, .protocolAssignment, .multicast, .broadcast, .reserved, nil:
      break
    }
    let judgment = judgment(ofASNs: special == nil ? entry.asns : [], special, isBehindISP: isBehindISP)
    let isTarget = target.map(SpecialAddresses.known(as:)) == address
    return isTarget && (judgment.segment == .transit || judgment.segment == .unknown)
      ? .init(.destination, .target) : judgment
  }

  /// Rule 4.
  private func judgment(ofASNs asns: [UInt32], _ special: SpecialRange?, isBehindISP: Bool) -> SegmentJudgment {
    if asns.isEmpty && special == nil { return .init(.transit, .noSystem) }
    if let shared = asns.first(where: ispASNs.contains) { return .init(.isp, .systemOfProvider(shared)) }
    if let shared = asns.first(where: destinationASNs.contains) { return .init(.destination, .systemOfTarget(shared)) }
    let reason: SegmentReason = special.map { .special($0) } ?? .otherSystem
    if !ispASNs.isEmpty { return .init(.transit, reason) }
    return isBehindISP ? .init(.transit, .behindProvider) : .init(.unknown, .providerUnknown)
  }

  private func isOnLink(_ address: IPAddress) -> Bool {
    guard let localIPv6, localIPv6.family == .ipv6, address.family == .ipv6 else { return false }
    return address.high == localIPv6.high
  }

  private func fillSandwiches(in judgments: inout [SegmentJudgment], of entries: [Entry]) {
    for slice in [Segment.isp, .destination] {
      guard let first = judgments.firstIndex(where: { $0.segment == slice }),
        let last = judgments.lastIndex(where: { $0.segment == slice })
      else { continue }
      for index in first...last where entries[index].address != nil {
        if judgments[index].segment == .transit || judgments[index].segment == .unknown {
          judgments[index] = .init(slice, .between)
        }
      }
    }
  }
}
