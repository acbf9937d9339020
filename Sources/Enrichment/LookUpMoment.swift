import Packets
import Time

/// When something was asked about an address, or answered: a line of a timeline.
///
/// Of what was known already nothing is asked, and no moment told.
package struct LookUpMoment: Hashable, Sendable {
  /// What is asked about; the raw value stands in stored results and in sentences.
  package enum Topic: String, Hashable, Sendable, CaseIterable, Codable {
    case name
    case origin
    case system = "AS name"
    case place
    case publicAddress = "public address"
  }

  package let topic: Topic
  /// An address, the number of an AS, or a family.
  package let subject: String
  package let isAnswer: Bool
  package let at: Instant

  package init(_ topic: Topic, of subject: String, isAnswer: Bool, at: Instant) {
    self.topic = topic
    self.subject = subject
    self.isAnswer = isAnswer
    self.at = at
  }

  /// Of a question.
  init(_ question: Question, isAnswer: Bool, at instant: Instant) {
    switch question {
    case .name(let address): self.init(.name, of: "\(address)", isAnswer: isAnswer, at: instant)
    case .origin(let address, _): self.init(.origin, of: "\(address)", isAnswer: isAnswer, at: instant)
    case .asName(let asn): self.init(.system, of: "AS\(asn)", isAnswer: isAnswer, at: instant)
    case .place(let address, database: _): self.init(.place, of: "\(address)", isAnswer: isAnswer, at: instant)
    case .publicAddress(let family): self.init(.publicAddress, of: "\(family)", isAnswer: isAnswer, at: instant)
    }
  }
}
