/// One TTL of a trace in its JSON form.
package struct HopDocument: Codable, Hashable, Sendable {
  package var ttl: Int
  @ExplicitNull package var segment: String? = nil
  @ExplicitNull package var address: String? = nil
  @ExplicitNull package var hostname: String? = nil
  @ExplicitNull package var asnInfo: OriginDocument? = nil
  @ExplicitNull package var geo: PlaceDocument? = nil
  /// The mean of the first responder.
  @ExplicitNull package var rtt: Milliseconds? = nil
  package var findings: [FindingDocument]
  package var responders: [Responder]
  package var probes: [ProbeDocument]

  enum CodingKeys: String, CodingKey {
    case ttl, segment, address, hostname, geo, findings, responders, probes
    case asnInfo = "asn_info"
    case rtt = "rtt_ms"
  }

  /// One who answered in time.
  package struct Responder: Codable, Hashable, Sendable {
    package var address: String
    @ExplicitNull package var hostname: String? = nil
    @ExplicitNull package var asnInfo: OriginDocument? = nil
    @ExplicitNull package var geo: PlaceDocument? = nil
    @ExplicitNull package var segment: String? = nil
    package var replies: Int
    package var rtt: TimesDocument

    enum CodingKeys: String, CodingKey {
      case address, hostname, geo, segment, replies
      case asnInfo = "asn_info"
      case rtt = "rtt_ms"
    }
  }
}

/// Statistics of round-trip times in their JSON form.
package struct TimesDocument: Codable, Hashable, Sendable {
  package var last: Milliseconds
  package var min: Milliseconds
  package var avg: Milliseconds
  package var max: Milliseconds
  /// nil below two replies, where it is undefined.
  @ExplicitNull package var stddev: Milliseconds? = nil
}

/// A finding in its JSON form.
package struct FindingDocument: Codable, Hashable, Sendable {
  /// The stable name, the raw value of a `Finding.Kind`.
  package var id: String
  package var text: String
}

/// One probe in its JSON form.
package struct ProbeDocument: Codable, Hashable, Sendable {
  /// The name of each `ProbeOutcome`.
  package enum State: String, Codable, Hashable, Sendable, CaseIterable {
    case replied, timeout, late, unsendable, pending
    case givenUp = "given_up"
  }

  package var attempt: Int
  package var flow: Int
  package var state: State
  @ExplicitNull package var address: String? = nil
  @ExplicitNull package var rtt: Milliseconds? = nil
  @ExplicitNull package var late: Milliseconds? = nil
  @ExplicitNull package var icmpType: Int? = nil
  @ExplicitNull package var icmpCode: Int? = nil
  @ExplicitNull package var replyTTL: Int? = nil
  @ExplicitNull package var quotedTTL: Int? = nil
  package var extensions: [ExtensionDocument]
  @ExplicitNull package var stamp: String? = nil

  enum CodingKeys: String, CodingKey {
    case attempt, flow, state, address, extensions, stamp
    case rtt = "rtt_ms"
    case late = "late_ms"
    case icmpType = "icmp_type"
    case icmpCode = "icmp_code"
    case replyTTL = "reply_ttl"
    case quotedTTL = "quoted_ttl"
  }
}
