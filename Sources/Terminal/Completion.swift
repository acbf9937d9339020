import Results

/// What could stand in place of the word before the cursor.
package struct CompletionOffer: Equatable, Sendable {
  package struct Candidate: Equatable, Sendable {
    /// What is inserted. Control characters in it are left out.
    package var text: String
    /// What the list shows, often with more than `text`.
    package var display: String
    /// The word is then complete: a space follows. False for a directory, say.
    package var isFinal: Bool

    package init(_ text: String, display: String? = nil, isFinal: Bool = true) {
      self.text = text
      self.display = display ?? text
      self.isFinal = isFinal
    }
  }

  /// Where the replaced text begins, in UTF-8 bytes of the line; it ends at the cursor.
  package var start: Int
  /// In the order in which they are listed.
  package var candidates: [Candidate]

  package init(start: Int, candidates: [Candidate]) {
    self.start = start
    self.candidates = candidates
  }
}

/// Offers completions. Runs on the editor's thread and must not wait: it works from what it has at hand.
///
/// The second argument is the cursor's offset in UTF-8 bytes.
package typealias Completer = @Sendable (_ line: String, _ cursor: Int) -> CompletionOffer

extension CompletionOffer {
  /// What Tab does.
  enum Step: Equatable {
    case nothing
    /// Replaces the text from `start` to the cursor.
    case replace(String)
    /// There are several, and nothing more that they have in common.
    case ambiguous
  }

  /// - Parameter typed: the text from `start` to the cursor.
  func step(typed: String) -> Step {
    guard let first = candidates.first else { return .nothing }
    let safe = Self.insertable(first.text)
    guard candidates.count > 1 else { return .replace(safe + (first.isFinal ? " " : "")) }
    let common = candidates.dropFirst().reduce(safe) { Self.commonPrefix($0, Self.insertable($1.text)) }
    let isLonger = common.utf8.count > typed.utf8.count && common.hasPrefix(typed)
    return isLonger ? .replace(common) : .ambiguous
  }

  /// Whole characters that both texts begin with.
  private static func commonPrefix(_ a: String, _ b: String) -> String {
    String(zip(a, b).prefix { $0 == $1 }.map(\.0))
  }

  /// A candidate may be a name from the network or a file's: what libedit would take for a key is left out.
  private static func insertable(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.filter { !SafeText.isUnsafe($0) }))
  }

  /// More candidates than this are counted, not listed: nobody reads them.
  static let listLimit = 120

  /// The candidates in columns, read downwards, no row wider than the terminal; a last row counts those left out.
  func rows(columns: Int, atMost limit: Int) -> [String] {
    let cells = candidates.prefix(Self.listLimit).map { DisplayWidth.cut(SafeText.escape($0.display), to: columns) }
    let cell = (cells.map(\.columns).max() ?? 0) + 2
    let across = max(1, (columns + 2) / cell)
    let fitsWhole = candidates.count <= min(Self.listLimit, across * limit)
    let shown = cells.prefix(fitsWhole ? cells.count : across * max(1, limit - 1))
    let down = (shown.count + across - 1) / across
    var rows = (0..<down).map { row in
      stride(from: row, to: shown.count, by: down).map { index in
        let (text, width) = shown[index]
        return index + down < shown.count ? text + String(repeating: " ", count: cell - width) : text
      }.joined()
    }
    if shown.count < candidates.count { rows.append("and \(candidates.count - shown.count) more") }
    return rows
  }
}
