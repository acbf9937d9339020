import Lexing

/// A name server that refuses every question (REFUSED, RFC 1035 section 4.1.1): `refuse`.
package struct Refusal: Behavior {
  package static let word = "refuse"
  package static let usage = "refuse"
  package static let summary = "answers every question with a refusal"
  package static let places = [BehaviorPlace.resolver]

  package init(reading words: inout WordReader) throws(Diagnostic) {}

  package func shape(_ resolver: inout ResolverModel) {
    resolver.refuses = true
  }

  package var description: String { Self.word }
}
