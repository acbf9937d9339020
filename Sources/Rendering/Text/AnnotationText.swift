import Enrichment
import Lexing
import Packets
import Results

/// What is known of an address, as it stands in a row: `ae8.example.net (192.0.2.9) [AS64500 EXAMPLE, ZZ]`.
struct AnnotationText {
  let address: IPAddress
  let annotation: Annotation?

  /// How much of a name is shown, of a host or of an AS: the longest that DNS allows is 253 (RFC 1035 section 3.1), one in a
  /// database has no bound, and a row of names like that is no row any more.
  private static let mostNameColumns = 80

  /// The whole text, or as much of it as fits into `columns` without leaving out the address.
  func spans(columns: Int) -> [StyledLine.Span] {
    let whole = spans(name: name, details: details)
    guard Self.width(whole) > columns else { return whole }
    let withoutDetails = Self.width(spans(name: name, details: nil))
    if let details, columns - withoutDetails >= Self.leastDetailColumns + 1 {
      return spans(name: name, details: TextColumns.cut(details, to: columns - withoutDetails - 1, end: "…]"))
    }
    guard let name else { return spans(name: nil, details: nil) }
    let room = columns - address.description.count - 3
    guard room >= Self.leastNameColumns else { return spans(name: nil, details: nil) }
    return spans(name: TextColumns.cutAtStart(name, to: room), details: nil)
  }

  /// Below these, what is left of a name says nothing.
  private static let leastDetailColumns = 8
  private static let leastNameColumns = 6

  private func spans(name: String?, details: String?) -> [StyledLine.Span] {
    var spans: [StyledLine.Span] = []
    if let name {
      spans.append(StyledLine.Span(name, .name))
      spans.append(StyledLine.Span(" (\(address))", .address))
    } else {
      spans.append(StyledLine.Span(address.description, .address))
    }
    if let details { spans.append(StyledLine.Span(" " + details, .dim)) }
    return spans
  }

  private var name: String? {
    annotation?.name.value.map { TextColumns.cutAtStart(SafeText.escape($0), to: Self.mostNameColumns) }
  }

  /// `[AS64500 EXAMPLE, ZZ]`, `[private network]`, and the place behind it; nil when neither is known.
  private var details: String? {
    let parts = [annotation?.origin.value.map(Self.text), annotation?.place.value.flatMap(Self.text)].compactMap { $0 }
    return parts.isEmpty ? nil : SafeText.escape(parts.map { "[\($0)]" }.joined(separator: " "))
  }

  /// `AS64500 EXAMPLE, ZZ`; several origins with a slash between.
  static func text(_ origin: Origin) -> String {
    let numbers = origin.asns.map { "AS\($0)" }.joined(separator: "/")
    let name = origin.name.map { TextColumns.cut(SafeText.escape($0), to: mostNameColumns, end: "…") }
    let words = [numbers.isEmpty ? nil : numbers, name].compactMap { $0 }.joined(separator: " ")
    return origin.country.map { "\(words), \($0)" } ?? words
  }

  private static func text(_ place: Place) -> String? {
    let words = [place.city, place.countryCode ?? place.country].compactMap { $0 }
    return words.isEmpty ? nil : words.joined(separator: ", ")
  }

  private static func width(_ spans: [StyledLine.Span]) -> Int { spans.reduce(0) { $0 + $1.text.displayWidth } }
}
