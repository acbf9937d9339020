/// The permanent name of a stored result, `@k7f3`: short enough to type, the same in every session.
package struct ResultID: Hashable, Sendable, CustomStringConvertible {
  /// Without the `@`: at least `shortest` characters of `alphabet`.
  package let text: String

  /// Base 32 without the letters that are taken for others: i, l, o and u.
  package static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
  /// 20 bits: among 1,000 results a new name meets an old one once in a thousand times, and is then drawn again.
  package static let shortest = 4
  /// 60 bits: nobody holds so many results that a draw of this length would meet one.
  package static let longest = 12
  /// Draws at one length before a longer name is taken.
  private static let drawsPerLength = 16

  /// Reads a name with or without its `@`; nil when it is too short, too long, or holds a character outside `alphabet`.
  package init?(_ text: String) {
    let name = text.hasPrefix("@") ? text.dropFirst() : text[...]
    guard (Self.shortest...Self.longest).contains(name.count), name.allSatisfy(Self.alphabet.contains) else {
      return nil
    }
    self.text = String(name)
  }

  private init(drawing length: Int, using generator: inout some RandomNumberGenerator) {
    var name = ""
    for _ in 0..<length { name.append(Self.alphabet[Int(generator.next() & 31)]) }
    text = name
  }

  /// A name that is not among `taken`, as short as it may be.
  package static func draw(
    using generator: inout some RandomNumberGenerator, avoiding taken: Set<ResultID> = []
  ) -> ResultID {
    for length in shortest..<longest {
      for _ in 0..<drawsPerLength {
        let id = ResultID(drawing: length, using: &generator)
        if !taken.contains(id) { return id }
      }
    }
    return ResultID(drawing: longest, using: &generator)
  }

  /// With its `@`, as it is typed.
  package var description: String { "@\(text)" }
}
