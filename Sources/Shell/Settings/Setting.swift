import History
import Lexing

/// What is known about one setting; `set`, `show`, help, completion and options are made from it.
package struct Setting: Sendable {
  package let name: String
  package let kind: ValueKind
  /// One phrase, no full stop.
  package let summary: String
  /// Sentences that `show NAME` and the manual add.
  package let meaning: String
  /// The value as it would be typed.
  package let read: @Sendable (Settings) -> String
  /// Stores a value that `kind` has parsed.
  package let write: @Sendable (inout Settings, Value) -> Void

  /// The setting of that name; nil when there is none.
  package static func named(_ name: String) -> Setting? { byName[name] }

  private static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
}

// A setting's value is stored in a field of `Settings`; these say how a field is read from and written as a word.

extension Setting {
  /// Made when the setting is first read or written: to make the key paths of all settings takes 0.2 ms, which every start
  /// of the program would wait for, since a command's options name settings.
  typealias Path<Field> = @Sendable () -> any WritableKeyPath<Settings, Field> & Sendable

  private init<Field>(
    _ name: String, _ kind: ValueKind, _ path: @autoclosure @escaping Path<Field>, _ summary: String, _ meaning: String,
    value: @escaping @Sendable (Field) -> Value, field: @escaping @Sendable (Value) -> Field?
  ) {
    self.name = name
    self.kind = kind
    self.summary = summary
    self.meaning = meaning
    read = { value($0[keyPath: path()]).text }
    write = { settings, value in
      guard let field = field(value) else { preconditionFailure("A setting is written with a value of its kind.") }
      settings[keyPath: path()] = field
    }
  }

  static func duration(
    _ name: String, _ path: @autoclosure @escaping Path<Duration>, _ range: ClosedRange<Duration>, _ summary: String,
    _ meaning: String
  ) -> Setting {
    Setting(name, .duration(range), path(), summary, meaning, value: Value.duration, field: \.duration)
  }

  /// A duration, or a word that is stored as nil.
  static func duration(
    _ name: String, _ path: @autoclosure @escaping Path<Duration?>, or word: String, _ range: ClosedRange<Duration>,
    _ summary: String,
    _ meaning: String
  ) -> Setting {
    Setting(
      name, .either(word, .duration(range)), path(), summary, meaning,
      value: { $0.map(Value.duration) ?? .word(word) }, field: { .some($0.duration) })
  }

  static func count(
    _ name: String, _ path: @autoclosure @escaping Path<Int>, _ range: ClosedRange<Int>, of unit: String,
    _ summary: String, _ meaning: String
  ) -> Setting {
    Setting(name, .count(range, of: unit), path(), summary, meaning, value: Value.count, field: \.count)
  }

  /// A count, or a word that is stored as nil.
  static func count(
    _ name: String, _ path: @autoclosure @escaping Path<Int?>, or word: String, _ range: ClosedRange<Int>,
    of unit: String, _ summary: String,
    _ meaning: String
  ) -> Setting {
    Setting(
      name, .either(word, .count(range, of: unit)), path(), summary, meaning,
      value: { $0.map(Value.count) ?? .word(word) }, field: { .some($0.count) })
  }

  /// A number with a fraction, or a word that is stored as nil.
  static func factor(
    _ name: String, _ path: @autoclosure @escaping Path<Double?>, or word: String, _ range: ClosedRange<Double>,
    of unit: String,
    _ summary: String, _ meaning: String
  ) -> Setting {
    Setting(
      name, .either(word, .factor(range, of: unit)), path(), summary, meaning,
      value: { $0.map(Value.factor) ?? .word(word) }, field: { .some($0.factor) })
  }

  /// One of the raw values of an enumeration.
  static func choice<Field: RawRepresentable<String> & CaseIterable & Sendable>(
    _ name: String, _ path: @autoclosure @escaping Path<Field>, _ summary: String, _ meaning: String
  ) -> Setting {
    Setting(
      name, .choice(Field.allCases.map(\.rawValue)), path(), summary, meaning,
      value: { .word($0.rawValue) }, field: { $0.word.flatMap(Field.init(rawValue:)) })
  }

  /// One of some raw values of an enumeration, or `auto`, which is stored as nil.
  static func choice<Field: RawRepresentable<String> & Sendable>(
    _ name: String, _ path: @autoclosure @escaping Path<Field?>, among fields: [Field], _ summary: String,
    _ meaning: String
  ) -> Setting {
    Setting(
      name, .choice(["auto"] + fields.map(\.rawValue)), path(), summary, meaning,
      value: { .word($0?.rawValue ?? "auto") }, field: { .some($0.word.flatMap(Field.init(rawValue:))) })
  }

  /// Text that the system judges when it is used, or a word (`auto`), which is stored as nil.
  static func text(
    _ name: String, _ path: @autoclosure @escaping Path<String?>, _ kind: ValueKind, or word: String = "auto",
    _ summary: String, _ meaning: String
  ) -> Setting {
    Setting(
      name, .either(word, kind), path(), summary, meaning,
      value: { .word($0 ?? word) }, field: { .some($0.word == word ? nil : $0.word) })
  }

  /// How many results are kept, or for how long.
  static func retention(
    _ name: String, _ path: @autoclosure @escaping Path<Retention>, _ summary: String, _ meaning: String
  ) -> Setting {
    Setting(
      name, .retention, path(), summary, meaning, value: { .word($0.word) },
      field: { $0.word.flatMap { Retention(word: $0) } })
  }

  /// Sources of origin AS numbers, kept as typed.
  static func originSources(
    _ name: String, _ path: @autoclosure @escaping Path<String>, _ summary: String, _ meaning: String
  ) -> Setting {
    Setting(name, .originSources, path(), summary, meaning, value: Value.word, field: \.word)
  }
}

extension Value {
  fileprivate var duration: Duration? {
    guard case .duration(let duration) = self else { return nil }
    return duration
  }

  fileprivate var count: Int? {
    guard case .count(let count) = self else { return nil }
    return count
  }

  fileprivate var factor: Double? {
    guard case .factor(let factor) = self else { return nil }
    return factor
  }

  fileprivate var word: String? {
    guard case .word(let word) = self else { return nil }
    return word
  }
}
