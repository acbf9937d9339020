/// What is wrong with a record of Team Cymru: which field, in what way, and what stands there.
package struct CymruError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The ways in which a field can be wrong.
  package enum Reason: Hashable, Sendable {
    /// Not there, or empty where it must not be.
    case missing
    /// Nothing that the field can be.
    case malformed
    /// Longer than any real one; see the bounds of `CymruRecord`.
    case tooLong
    case tooMany
    /// A prefix that does not hold the address.
    case foreign
  }

  /// The field, or the record when there is none.
  package let field: CymruField
  /// What is wrong with it.
  package let reason: Reason
  /// The field's text, or the record's where the field is missing: printable ASCII, cut. Empty when there was no record.
  package let excerpt: String

  init(_ field: CymruField, _ reason: Reason, _ text: some StringProtocol) {
    self.field = field
    self.reason = reason
    excerpt = ForeignText.excerpt(of: text)
  }

  /// A clause for people: `the prefix in Team Cymru's record is malformed: '192.0.2.0/33'`.
  package var description: String {
    let place = field == .record ? "Team Cymru's record" : "the \(field) in Team Cymru's record"
    let clause =
      switch reason {
      case .missing: "\(place) is missing"
      case .malformed: "\(place) is malformed"
      case .tooLong: "\(place) has more than \(CymruRecord.mostTextBytes) bytes"
      case .tooMany: "Team Cymru's record has more than \(CymruRecord.mostOrigins) AS numbers"
      case .foreign: "\(place) does not hold the address"
      }
    return excerpt.isEmpty ? clause : "\(clause): '\(excerpt)'"
  }
}

/// A field of Team Cymru's records.
package enum CymruField: Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// The whole of it.
  case record
  case asNumber, prefix, country, registry, name

  /// Its name in a sentence: `AS number`.
  package var description: String {
    switch self {
    case .record: "record"
    case .asNumber: "AS number"
    case .prefix: "prefix"
    case .country: "country"
    case .registry: "registry"
    case .name: "name"
    }
  }
}
