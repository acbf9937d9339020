import Tracing

/// A `Hypothesis` in the store form.
struct StoredHypothesis: Codable {
  var original: ResultID
  var rules: [String]
  var untold: [Untold]

  struct Untold: Codable {
    var ttl: TTL?
    var text: String
  }

  init(_ hypothesis: Hypothesis) {
    original = hypothesis.original
    rules = hypothesis.rules
    untold = hypothesis.untold.map { Untold(ttl: $0.ttl, text: $0.sentence) }
  }

  var value: Hypothesis {
    Hypothesis(of: original, rules: rules, untold: untold.map { .init($0.ttl, $0.text) })
  }
}
