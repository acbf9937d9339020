import Packets

/// A DNS message (RFC 1035 section 4): a question to a name server, or its answer.
///
///      0…1  | identifier
///      2…3  | QR, opcode (4 bits), AA, TC, RD, RA, three reserved, response code (4 bits)
///      4…5  | number of questions
///      6…7  | number of answers
///      8…9  | number of records about authorities
///     10…11 | number of additional records
///     12…   | questions, then records in that order
///
/// Of the records only the answers' are kept, and of them those whose type is asked for here.
package struct NameMessage: Hashable, Sendable {
  /// A question as it stands in a message, of whatever type and class.
  package struct Asked: Hashable, Sendable {
    /// Whose records.
    package var name: DomainName
    /// Of which type; see `RecordType`.
    package var typeNumber: UInt16
    /// In which class: 1 for the internet.
    package var classNumber: UInt16

    /// A question of a type of ours, in the class of the internet.
    package init(_ question: NameQuestion) {
      self.init(name: question.name, typeNumber: question.type.rawValue, classNumber: NameMessage.internetClass)
    }

    /// A question of any type and class.
    package init(name: DomainName, typeNumber: UInt16, classNumber: UInt16) {
      self.name = name
      self.typeNumber = typeNumber
      self.classNumber = classNumber
    }

    /// The question, when it is one that can be answered from records of our types; nil for other types and classes.
    package var known: NameQuestion? {
      guard classNumber == NameMessage.internetClass else { return nil }
      return RecordType(rawValue: typeNumber).map { NameQuestion(name, $0) }
    }
  }

  /// Ties an answer to its question.
  package var id: UInt16
  /// Whether it is an answer (QR).
  package var isResponse: Bool
  /// The kind of question: 0 for the only one that is asked here.
  package var opcode: UInt8 = 0
  /// Whether the server answers for its own zone (AA).
  package var isAuthoritative = false
  /// Whether the answer did not fit and is to be asked for by TCP (TC).
  package var isTruncated = false
  /// Whether the server shall ask others if need be (RD).
  package var recursionDesired = false
  /// Whether the server asks others (RA).
  package var recursionAvailable = false
  /// What the server says about the question as a whole.
  package var responseCode = ResponseCode.noError
  /// nil when there is none, which happens in answers to what could not be read.
  package var asked: Asked?
  /// Answers of our types, in their order.
  package var answers: [NameRecord] = []
  /// The longest answer that the sender takes by UDP (EDNS, RFC 6891 section 6.2.3), in bytes; nil when it does not say.
  package var payloadLimit: Int?

  /// A message without question and answers.
  package init(id: UInt16, isResponse: Bool) {
    self.id = id
    self.isResponse = isResponse
  }

  /// The question in a message of its own, to a server that shall ask others if need be.
  package static func query(_ question: NameQuestion, id: UInt16) -> NameMessage {
    var message = NameMessage(id: id, isResponse: false)
    message.recursionDesired = true
    message.asked = Asked(question)
    return message
  }

  /// An answer to this message, from a server that knows by itself (AA).
  package func reply(_ code: ResponseCode, answers: [NameRecord] = []) -> NameMessage {
    var message = NameMessage(id: id, isResponse: true)
    message.opcode = opcode
    message.isAuthoritative = true
    message.recursionDesired = recursionDesired
    message.responseCode = code
    message.asked = asked
    message.answers = answers
    message.payloadLimit = payloadLimit.map { _ in Self.ownPayloadLimit }
    return message
  }

  /// How long an answer to this message may be by UDP, in bytes (RFC 1035 section 4.2.1, RFC 6891 section 6.2.3).
  package var replyLimit: Int {
    max(Self.plainPayloadLimit, min(payloadLimit ?? 0, Self.ownPayloadLimit))
  }

  /// The longest message by TCP, whose length is 16 bits.
  package static let mostBytes = 65_535
  /// What everybody takes by UDP.
  package static let plainPayloadLimit = 512
  /// What we say that we take, and send at most: no path of today fragments it (DNS flag day 2020).
  package static let ownPayloadLimit = 1_232
  static let internetClass: UInt16 = 1
  /// OPT, which carries EDNS in the place of a record (RFC 6891 section 6.1.1).
  static let optionType: UInt16 = 41
  static let headerLength = 12
}

/// The bits of a header's second word.
enum NameFlags {
  static let response: UInt16 = 0x8000
  static let opcodeShift: UInt16 = 11
  static let authoritative: UInt16 = 0x0400
  static let truncated: UInt16 = 0x0200
  static let recursionDesired: UInt16 = 0x0100
  static let recursionAvailable: UInt16 = 0x0080
}
