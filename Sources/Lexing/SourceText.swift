/// The part of a text from byte `lower` up to, not including, byte `upper`.
package struct SourceRange: Hashable, Sendable {
  package var lower: Int
  package var upper: Int

  package init(_ lower: Int, _ upper: Int) {
    self.lower = lower
    self.upper = upper
  }

  /// The smallest range that covers both.
  package func union(_ other: SourceRange) -> SourceRange {
    SourceRange(min(lower, other.lower), max(upper, other.upper))
  }
}

/// Where a byte lies, as a person counts: line and column from 1, the column in characters as seen, not in bytes.
package struct SourceLocation: Hashable, Sendable {
  package var line: Int
  package var column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

/// The text of a line or a script: checked to be printable UTF-8, with the places where its lines begin.
///
/// A text may grow by `append` while a block or a quotation is still open; the ranges given out before stay right.
package struct SourceText: Sendable {
  /// The longest line, in bytes. Linux bounds one argument of a program to 128 KiB, no command of ours needs a
  /// hundredth of this, and a longer line is nearly always a binary file given by mistake.
  package static let lineLimitBytes = 65_536

  /// What a message calls this text (`demo.ftr`); nil for a line typed at the prompt, which needs no name.
  package let name: String?
  /// Number of its first line, for a text that is a part of a longer one.
  private let firstLine: Int
  package private(set) var bytes: [UInt8] = []
  /// Offset of the first byte of each line; never empty.
  private var lineStarts = [0]

  /// - Parameter firstLine: the number of its first line.
  /// - Throws: a diagnostic with its place for a line over `lineLimitBytes`, a control byte, or bytes that are no UTF-8.
  package init(_ bytes: some Collection<UInt8>, name: String? = nil, firstLine: Int = 1) throws(Diagnostic) {
    self.name = name
    self.firstLine = firstLine
    try append(bytes)
  }

  /// - Throws: as `init(_:name:)` of bytes.
  package init(_ text: String, name: String? = nil) throws(Diagnostic) {
    try self.init(text.utf8, name: name)
  }

  /// Adds text at the end, as it is: a line's own newline must be among the bytes.
  ///
  /// - Throws: as `init`; the text then holds the refused bytes too and is good for nothing but its name.
  package mutating func append(_ more: some Collection<UInt8>) throws(Diagnostic) {
    var check = PrintableCheck(position: bytes.count, lineStart: lineStarts[lineStarts.count - 1])
    bytes.append(contentsOf: more)
    let fault = check.run(over: bytes)
    lineStarts.append(contentsOf: check.lineStarts)
    guard let fault else { return }
    throw fault.diagnostic.at(fault.range, in: self)
  }

  /// How many line ends it holds.
  package var lineEndCount: Int { lineStarts.count - 1 }

  /// The text between two offsets.
  package subscript(_ range: SourceRange) -> String {
    String(decoding: bytes[range.lower..<range.upper], as: UTF8.self)
  }

  /// The line and column of a byte. Costs a walk over the line.
  package func location(of offset: Int) -> SourceLocation {
    let line = lineIndex(of: offset)
    let before = String(decoding: bytes[lineStarts[line]..<min(offset, bytes.count)], as: UTF8.self)
    return SourceLocation(line: firstLine + line, column: before.count + 1)
  }

  /// The bytes of the line on which an offset lies, without its line end.
  func lineBounds(of offset: Int) -> Range<Int> {
    let line = lineIndex(of: offset)
    let start = lineStarts[line]
    var end = line + 1 < lineStarts.count ? lineStarts[line + 1] - 1 : bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") || bytes[end - 1] == UInt8(ascii: "\n") { end -= 1 }
    return start..<end
  }

  /// Index in `lineStarts` of the line that holds an offset: the last one that starts at or before it.
  private func lineIndex(of offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }
}
