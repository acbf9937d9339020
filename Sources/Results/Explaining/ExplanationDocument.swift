import Tracing

/// The JSON form of `explain`.
package struct ExplanationDocument: Codable, Hashable, Sendable {
  package var schema = ResultCoding.schema
  package var command = "explain"
  package var version: String
  package var subject: String
  /// The result that is explained; nil for what the shell prints.
  @ExplicitNull package var id: String? = nil
  /// Of a hop.
  @ExplicitNull package var ttl: Int? = nil
  package var sections: [Section]
  /// What a silent hop may be due to, the likeliest first.
  package var causes: [Cause]

  package struct Section: Codable, Hashable, Sendable {
    package var title: String
    package var sentences: [String]
    @ExplicitNull package var packet: Packet? = nil
  }

  package struct Packet: Codable, Hashable, Sendable {
    /// Two digits a byte.
    package var hex: String
    package var fields: [Field]
  }

  package struct Field: Codable, Hashable, Sendable {
    /// The first byte of the field, and how many there are.
    package var offset: Int
    package var length: Int
    package var text: String
    @ExplicitNull package var meaning: String? = nil
    @ExplicitNull package var source: String? = nil
    /// Whether it told which probe the packet is about.
    package var matched: Bool
  }

  package struct Cause: Codable, Hashable, Sendable {
    package var id: String
    package var likelihood: String
    package var text: String
    package var evidence: [String]
    package var against: [String]
  }

  /// - Parameters:
  ///   - result: the one that is explained, if one is.
  ///   - ttl: of a hop.
  package init(_ explanation: Explanation, of result: TraceResult?, ttl: TTL?, version: String) {
    self.version = version
    subject = explanation.subject
    sections = explanation.sections.map { section in
      Section(title: section.title, sentences: section.sentences, packet: section.packet.map { Packet($0) })
    }
    causes = explanation.causes.map { cause in
      Cause(
        id: cause.kind.rawValue, likelihood: cause.likelihood.rawValue, text: cause.sentence, evidence: cause.evidence,
        against: cause.counterEvidence)
    }
    id = result.map { "\($0.id)" }
    self.ttl = ttl.map { Int($0.value) }
  }
}

extension ExplanationDocument.Packet {
  fileprivate init(_ packet: ExplainedPacket) {
    hex = packet.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    fields = packet.fields.map { field in
      ExplanationDocument.Field(
        offset: field.range.lowerBound, length: field.range.count, text: field.text, meaning: field.meaning,
        source: field.source, matched: field.isMatched)
    }
  }
}
