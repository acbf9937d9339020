import Lexing
import Packets

// What only behaviours are made of.
extension WordReader {
  /// Most nodes or prefixes in one word: longer ways are no lesson any more.
  private static let mostParts = 64

  /// One of the cases of a small enumeration.
  mutating func choice<Value: RawRepresentable<String> & CaseIterable>(
    _ what: String, of: Value.Type
  ) throws(Diagnostic) -> Value {
    let word = try word(what)
    guard let value = Value(rawValue: word.text) else {
      throw unknown(what.drop { $0 != " " }.dropFirst().description, word, known: Value.allCases.map(\.rawValue))
    }
    return value
  }

  /// Protocols, as many as follow.
  ///
  /// - Returns: all there are when none follows, unless one must.
  mutating func protocols(atLeastOne: Bool) throws(Diagnostic) -> ProtocolSet {
    var found: ProtocolSet = []
    while let next, let entry = ProtocolSet.words.first(where: { $0.word == next.text }) {
      guard !found.contains(entry.set) else { throw wrong("'\(next.text)' is given twice", at: next) }
      found.insert(entry.set)
      skip()
    }
    guard found.isEmpty else { return found }
    guard atLeastOne else { return .all }
    let word = try word("a protocol")
    throw unknown("protocol", word, known: ProtocolSet.words.map(\.word))
  }

  /// One address.
  mutating func address(_ what: String) throws(Diagnostic) -> (address: IPAddress, word: LabWord) {
    if let found = addressIfPresent() { return found }
    let word = try word(what)
    throw wrong("'\(word.text)' is not an address", at: word, try: "an address like 203.0.113.9")
  }

  /// Names of nodes with commas between them; whether there are such nodes is found out later.
  mutating func nodes(_ what: String) throws(Diagnostic) -> [NodeMention] {
    let word = try word(what)
    let parts = word.text.split(separator: ",", maxSplits: Self.mostParts, omittingEmptySubsequences: false)
    guard parts.count <= Self.mostParts, parts.allSatisfy({ !$0.isEmpty }) else {
      throw wrong("'\(word.text)' is no list of nodes", at: word, try: "names with commas between them: r1,r2")
    }
    return parts.map { NodeMention(name: String($0), word: word) }
  }

  /// Prefixes with commas between them.
  mutating func prefixes() throws(Diagnostic) -> [Prefix] {
    let word = try word("a prefix")
    var prefixes: [Prefix] = []
    for part in word.text.split(separator: ",", maxSplits: Self.mostParts, omittingEmptySubsequences: false) {
      guard let prefix = Prefix(String(part)) else {
        throw wrong("'\(part)' is not a prefix", at: word, try: "an address and a length: 203.0.113.0/24")
      }
      prefixes.append(prefix)
    }
    return prefixes
  }
}
