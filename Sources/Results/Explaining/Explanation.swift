import Packets

/// Why something is as it is, as sections of plain sentences, with the bytes that they speak of.
///
/// A value of texts: how they are laid out is `Rendering`'s. Texts from the network are in it as they came.
package struct Explanation: Hashable, Sendable {
  /// What is explained: `hop 7 of the trace to demo.test`.
  package var subject: String
  /// In the order in which they are read.
  package var sections: [ExplanationSection]
  /// What a silent hop may be due to, the likeliest first; none of an answered one.
  package var causes: [SilenceCause] = []

  /// An explanation of `subject`.
  package init(_ subject: String, _ sections: [ExplanationSection], causes: [SilenceCause] = []) {
    self.subject = subject
    self.sections = sections
    self.causes = causes
  }
}

/// One side of an explanation.
package struct ExplanationSection: Hashable, Sendable {
  /// A phrase: `Sent`, `Round-trip time`.
  package var title: String
  /// Whole sentences.
  package var sentences: [String]
  /// What the sentences speak of; nil when no bytes are at hand.
  package var packet: ExplainedPacket?

  /// A section with what it says.
  package init(_ title: String, _ sentences: [String], packet: ExplainedPacket? = nil) {
    self.title = title
    self.sentences = sentences
    self.packet = packet
  }
}

/// A packet, as far as it was kept, field by field.
package struct ExplainedPacket: Hashable, Sendable {
  /// The bytes.
  package var bytes: [UInt8]
  /// In the order of the bytes; together they cover all of them.
  package var fields: [ExplainedField]

  /// A packet with its fields.
  package init(bytes: [UInt8], fields: [ExplainedField]) {
    self.bytes = bytes
    self.fields = fields
  }
}

/// Some bytes of a packet, and what they say.
package struct ExplainedField: Hashable, Sendable {
  /// Which bytes.
  package var range: Range<Int>
  /// What they are, and their value: `TTL 1`.
  package var text: String
  /// What that means; nil when the value says it.
  package var meaning: String?
  /// Where that is laid down: `RFC 792`; nil where it is our own.
  package var source: String?
  /// Whether it told which probe the packet is about.
  package var isMatched = false

  /// A field that matched nothing.
  package init(_ range: Range<Int>, _ text: String, _ meaning: String? = nil, source: String? = nil) {
    self.range = range
    self.text = text
    self.meaning = meaning
    self.source = source
  }
}

/// One thing that a hop's silence may be due to.
package struct SilenceCause: Hashable, Sendable {
  /// How much speaks for it.
  package enum Likelihood: String, Hashable, Sendable, CaseIterable {
    case certain
    case likely
    case possible
    case unlikely
    /// Nothing speaks for it, and something against it.
    case excluded
  }

  /// Its stable name in JSON.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case notSent = "not_sent"
    case stopped
    case lateReply = "late_reply"
    case givenUp = "given_up"
    case shortTimeout = "short_timeout"
    case rateLimited = "rate_limited"
    case silentRouter = "silent_router"
    case filtered
    case lost
    case lostHere = "lost_here"
    case notTold = "not_told"
    case damaged
    case mpls
    case mtu
  }

  /// What it is.
  package var kind: Kind
  /// How much speaks for it.
  package var likelihood: Likelihood
  /// One sentence: what would have happened.
  package var sentence: String
  /// What speaks for it, one sentence each.
  package var evidence: [String]
  /// What speaks against it, one sentence each.
  package var counterEvidence: [String]

  init(_ kind: Kind, _ likelihood: Likelihood, _ sentence: String, for evidence: [String], against: [String] = []) {
    self.kind = kind
    self.likelihood = likelihood
    self.sentence = sentence
    self.evidence = evidence
    counterEvidence = against
  }
}
