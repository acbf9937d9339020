import Enrichment
import NameWire

/// What name servers say to a question: its records, or that there are none.
package struct NameAnswer: Hashable, Sendable {
  /// Of the type that was asked for; empty when there is none, or no such name. In the order of the message.
  package let contents: [NameRecord.Content]
  /// Whose they are: the name that was asked for, or what that is another word for.
  package let canonicalName: DomainName
  /// How long it may be kept: the shortest time of all records that were used; zero when there are none.
  package let timeToLive: Duration

  /// Whether there is none.
  package var isAbsent: Bool { contents.isEmpty }
}

extension NameAnswer {
  /// The longest chain of CNAMEs that is followed; two are common with delegated reverse zones (RFC 2317), real resolvers stop
  /// at 8 to 16.
  private static let mostAliases = 16

  /// Takes the answer out of a message, and trusts it as far as it goes: it must be an answer, to this very question, and its
  /// records must belong to the name or to what that is another word for.
  ///
  /// - Throws: why the message is of no use.
  init(to question: NameQuestion, in message: NameMessage) throws(LookupFailure) {
    guard message.isResponse, message.opcode == 0 else {
      throw LookupFailure(.malformed, "the name server sent something that is no answer")
    }
    guard message.asked?.known == question else {
      throw LookupFailure(.malformed, "the name server answered another question")
    }
    // c-ares has come again by TCP where UDP was too short.
    guard !message.isTruncated else { throw LookupFailure(.malformed, "the answer is incomplete by TCP too") }
    switch message.responseCode {
    case .noError, .noSuchName: break
    case let code: throw LookupFailure(code)
    }
    var name = question.name
    var seconds: UInt32?
    for _ in 0...Self.mostAliases {
      let records = message.answers.filter { $0.name == name }
      let wanted = records.filter { $0.content.type == question.type }
      if !wanted.isEmpty {
        let shortest = min(seconds ?? .max, wanted.map(\.timeToLive).min() ?? .max)
        self.init(contents: wanted.map(\.content), canonicalName: name, timeToLive: .seconds(Int64(shortest)))
        return
      }
      guard case (let alias, let target)? = Self.alias(in: records) else {
        try Self.checkAbsence(in: message, isAlias: name != question.name)
        self.init(contents: [], canonicalName: name, timeToLive: .zero)
        return
      }
      seconds = min(seconds ?? .max, alias.timeToLive)
      name = target
    }
    throw LookupFailure(.malformed, "the name leads from one alias to the next without end")
  }

  private static func alias(in records: [NameRecord]) -> (NameRecord, DomainName)? {
    for record in records {
      if case .canonicalName(let target) = record.content { return (record, target) }
    }
    return nil
  }

  /// No record is an answer only where the server knows: an empty one by a server that neither holds the zone nor asks others
  /// is a lame delegation, and records of other names only are none at all.
  private static func checkAbsence(in message: NameMessage, isAlias: Bool) throws(LookupFailure) {
    guard message.isAuthoritative || message.recursionAvailable else {
      throw LookupFailure(.refused, "the name server neither holds that zone nor asks others")
    }
    guard message.answers.isEmpty || isAlias else {
      throw LookupFailure(.malformed, "the name server answered about another name")
    }
  }
}

extension LookupFailure {
  /// What a server's refusal comes to.
  init(_ code: ResponseCode) {
    switch code {
    case .refused, .notImplemented: self.init(.refused, "the name server refuses to answer (\(code))")
    case _: self.init(.serverFailed, "the name server failed (\(code))")
    }
  }
}
