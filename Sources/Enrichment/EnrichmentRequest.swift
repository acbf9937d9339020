import Packets

/// What one command wants to know about addresses.
package struct EnrichmentRequest: Hashable, Sendable {
  package var kinds: Set<EnrichmentKind>
  /// Asked in order, until one knows.
  package var originSources: [OriginSource]
  /// Path of a MaxMind database with cities or countries; nil when there is none.
  package var placeDatabase: String?
  /// Which special-purpose addresses are labelled instead of looked up.
  package var specialAddresses: SpecialPolicy
  /// This host's public address as the user states it; nil asks for it.
  package var publicAddress: IPAddress?
  /// How long a row, and the end of the command, may wait for an answer: counted from when an address was offered.
  package var wait: Duration
  /// Whether it is told when what was asked and answered.
  package var keepsMoments = false

  package init(
    kinds: Set<EnrichmentKind> = Self.usualKinds, originSources: [OriginSource] = [.cymru],
    placeDatabase: String? = nil, specialAddresses: SpecialPolicy = .label, publicAddress: IPAddress? = nil,
    wait: Duration = Self.usualWait
  ) {
    self.kinds = kinds
    self.originSources = originSources
    self.placeDatabase = placeDatabase
    self.specialAddresses = specialAddresses
    self.publicAddress = publicAddress
    self.wait = wait
  }

  /// Whether anything is to be found out about single addresses.
  package var asksAboutAddresses: Bool {
    kinds.contains(.names) || kinds.contains(.autonomousSystems) || kinds.contains(.geo)
  }

  /// A request for nothing.
  package static let nothing = EnrichmentRequest(kinds: [])

  /// On at start: all that needs no file.
  package static let usualKinds: Set<EnrichmentKind> = [.names, .autonomousSystems, .segments, .isp]
  /// `enrich.wait`: two and a half times the slowest answer of the path that the findings were made on (200 ms), and as
  /// long as a person waits without asking why.
  package static let usualWait: Duration = .milliseconds(500)
}
