/// What a walk over the extension headers of an IPv6 datagram found: the upper-layer protocol and where it starts.
///
/// Hop-by-hop and destination options, routing and fragment headers (RFC 8200 section 4) and AH (RFC 4302) are walked
/// over. Any other number ends the walk and is the upper layer, ESP and "no next header" among them.
package struct IPv6ExtensionChain: Hashable, Sendable {
  /// The most extension headers that are walked: RFC 8200 section 4.1 recommends an order of at most 7, and only
  /// destination options twice in it.
  package static let maximumCount = 8

  /// What follows the last extension header.
  package var upperLayer: IPProtocol
  /// Where the upper layer starts, in bytes of the span; for a later fragment, where its piece of data starts.
  package var offset: Int
  /// How many extension headers there were.
  package var count = 0
  /// Where the data belongs in the unfragmented datagram, in bytes; 0 without a fragment header.
  package var fragmentOffset = 0
  /// Whether a fragment header announced more.
  package var moreFragments = false

  /// Whether the datagram is a part of a larger one.
  package var isFragment: Bool {
    moreFragments || fragmentOffset > 0
  }

  /// Walks from the header at `offset`, which is of the kind `first`, to the upper layer.
  ///
  /// - Throws: `truncated` when an extension header ends outside the span; `tooMany` beyond `maximumCount`.
  package static func walk(_ bytes: RawSpan, from first: IPProtocol, at offset: Int) throws(PacketError) -> Self {
    var chain = IPv6ExtensionChain(upperLayer: first, offset: offset)
    while true {
      let header = chain.upperLayer
      guard isExtension(header) else { return chain }
      guard chain.count < maximumCount else { throw PacketError(.ipv6ExtensionHeader, at: chain.offset, .tooMany) }
      try bytes.require(8, at: chain.offset, .ipv6ExtensionHeader)
      if header == .fragmentHeader {
        let word = bytes.uint16(at: chain.offset + 2)
        chain.fragmentOffset = Int(word & 0xfff8)
        chain.moreFragments = word & 1 != 0
      }
      let length = length(of: header, lengthField: bytes.uint8(at: chain.offset + 1))
      try bytes.require(length, at: chain.offset, .ipv6ExtensionHeader)
      chain.upperLayer = IPProtocol(rawValue: bytes.uint8(at: chain.offset))
      chain.offset += length
      chain.count += 1
      // What follows in a later fragment is data from the middle, whatever the number says.
      if chain.fragmentOffset > 0 { return chain }
    }
  }

  private static func isExtension(_ number: IPProtocol) -> Bool {
    switch number {
    case .hopByHopOptions, .destinationOptions, .routingHeader, .fragmentHeader, .authenticationHeader: true
    default: false
    }
  }

  private static func length(of header: IPProtocol, lengthField: UInt8) -> Int {
    switch header {
    case .fragmentHeader: 8
    // AH alone counts in words of 32 bits, less 2.
    case .authenticationHeader: max(8, (Int(lengthField) + 2) * 4)
    default: (Int(lengthField) + 1) * 8
    }
  }
}
