/// Where the quote and the extension structure of an ICMP error lie, RFC 4884 sections 3 to 5.
struct ErrorLayout {
  /// The least length that an error with extensions pads its quote to, and its length in the legacy layout, in bytes.
  static let paddedQuoteLength = 128

  /// Where the quote ends, in bytes of the span.
  var quoteEnd: Int
  /// Where the extension structure lies; nil when there is none.
  var extensions: Range<Int>?

  /// Finds both parts.
  ///
  /// - Parameters:
  ///   - body: what follows the ICMP header, inside the span.
  ///   - quoteLength: as the header announces it. 0 is the layout from before RFC 4884, in which the quote had 128 bytes if an
  ///     extension structure followed; more than the body is an error of the responder's, whose body is all quote then; nil
  ///     means that there can be no extensions.
  @inline(__always)
  init(_ bytes: RawSpan, body: Range<Int>, quoteLength: Int?) {
    quoteEnd = body.upperBound
    guard let quoteLength, quoteLength <= body.count else { return }
    if quoteLength > 0 {
      quoteEnd = body.lowerBound &+ quoteLength
      if quoteEnd < body.upperBound { extensions = quoteEnd..<body.upperBound }
    } else if body.count >= Self.paddedQuoteLength + ICMPExtension.headerLength {
      let structure = (body.lowerBound &+ Self.paddedQuoteLength)..<body.upperBound
      guard ICMPExtension.isCertain(bytes, in: structure) else { return }
      quoteEnd = structure.lowerBound
      extensions = structure
    }
  }
}
