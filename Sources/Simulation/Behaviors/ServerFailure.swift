import Lexing

/// Questions that a name server answers with SERVFAIL (RFC 1035 section 4.1.1), each on its own account: `servfail 5%`.
package struct ServerFailure: Behavior {
  package static let word = "servfail"
  package static let usage = "servfail PERCENT"
  package static let summary = "the share of questions that fail at the resolver"
  package static let places = [BehaviorPlace.resolver]

  /// 0…100.
  private let percent: Double

  package init(reading words: inout WordReader) throws(Diagnostic) {
    percent = try words.percentage(what: "a share of failures")
  }

  package func shape(_ resolver: inout ResolverModel) {
    resolver.failureShare = percent / 100
  }

  package var description: String { "\(Self.word) \(Self.text(percent: percent))" }
}
