import Results

/// The JSON form of `show` and `show NAME`: all settings, or the one that was asked for.
struct SettingsDocument: Codable, Hashable, Sendable {
  var schema = ResultCoding.schema
  var command = "show"
  var version = Version.number
  /// In the order of the table.
  var settings: [Entry]

  /// One setting; its values are as they would be typed.
  struct Entry: Codable, Hashable, Sendable {
    var name: String
    var value: String
    var defaultValue: String
    /// The values that are legal, as a phrase.
    var legal: String
    /// One phrase.
    var summary: String
    /// Sentences that say more.
    var meaning: String

    enum CodingKeys: String, CodingKey {
      case name, value, legal, summary, meaning
      case defaultValue = "default"
    }
  }

  init(_ shown: [Setting], values: Settings, defaults: Settings) {
    settings = shown.map { setting in
      Entry(
        name: setting.name, value: setting.read(values), defaultValue: setting.read(defaults),
        legal: setting.kind.legalValues, summary: setting.summary, meaning: setting.meaning)
    }
  }
}
