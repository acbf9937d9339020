import FoundationEssentials

/// Any JSON value, with integers kept apart from other numbers.
package enum JSONValue: Equatable, Decodable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let value: JSONValue? =
      try container.decodeNil()
      ? .null
      : Self.attempt { .bool(try container.decode(Bool.self)) }
        ?? Self.attempt { .number(try container.decode(Double.self)) }
        ?? Self.attempt { .string(try container.decode(String.self)) }
        ?? Self.attempt { .array(try container.decode([JSONValue].self)) }
    self = try value ?? .object(container.decode([String: JSONValue].self))
  }

  /// nil when the value is of another type.
  private static func attempt(_ decode: () throws -> JSONValue) throws -> JSONValue? {
    do { return try decode() } catch DecodingError.typeMismatch { return nil }
  }

  /// - Throws: when the text is not one JSON value.
  package static func parse(_ text: String) throws -> JSONValue {
    try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
  }

  /// The field of an object; nil when there is none, or no object.
  package subscript(key: String) -> JSONValue? {
    guard case .object(let fields) = self else { return nil }
    return fields[key]
  }

  /// The strings of an array.
  package var strings: [String] {
    guard case .array(let values) = self else { return [] }
    return values.compactMap { if case .string(let text) = $0 { text } else { nil } }
  }

  /// The values of an array; nil when it is none.
  package var values: [JSONValue]? {
    guard case .array(let values) = self else { return nil }
    return values
  }

  /// The number; nil when it is none.
  package var number: Double? {
    guard case .number(let number) = self else { return nil }
    return number
  }

  /// The name of its type in JSON Schema.
  func isOf(type: String) -> Bool {
    switch self {
    case .null: type == "null"
    case .bool: type == "boolean"
    case .number(let value): type == "number" || type == "integer" && value == value.rounded()
    case .string: type == "string"
    case .array: type == "array"
    case .object: type == "object"
    }
  }
}

/// As much of JSON Schema as our schema uses; a keyword that it does not know is a violation too.
package struct JSONSchemaCheck {
  let schema: JSONValue

  package init(schema: JSONValue) { self.schema = schema }

  /// What is wrong with the value, one sentence each with the place; empty when it conforms.
  package func violations(of value: JSONValue) -> [String] { violations(value, schema, at: "$") }

  private func violations(_ value: JSONValue, _ rule: JSONValue, at place: String) -> [String] {
    guard case .object(let keywords) = rule else { return ["\(place): a rule is no object"] }
    return keywords.flatMap { keyword, argument in check(keyword, argument, value, keywords, at: place) }
  }

  private func check(
    _ keyword: String, _ argument: JSONValue, _ value: JSONValue, _ rule: [String: JSONValue], at place: String
  ) -> [String] {
    switch (keyword, argument) {
    case ("$schema", _), ("$id", _), ("$defs", _), ("title", _), ("description", _): return []
    case ("$ref", .string(let name)): return refer(name, value, at: place)
    case ("type", _):
      let types = argument.strings.isEmpty ? JSONValue.array([argument]).strings : argument.strings
      return types.contains(where: value.isOf) ? [] : ["\(place): is not of type \(types)"]
    case ("const", _): return value == argument ? [] : ["\(place): is not \(argument)"]
    case ("enum", .array(let values)): return values.contains(value) ? [] : ["\(place): is none of \(values)"]
    case ("oneOf", .array(let rules)):
      let outcomes = rules.map { violations(value, $0, at: place) }
      let fitting = outcomes.count { $0.isEmpty }
      return fitting == 1 ? [] : ["\(place): fits \(fitting) of \(rules.count) rules: \(outcomes)"]
    case ("required", _): return required(argument.strings, value, at: place)
    case ("properties", .object(let rules)): return properties(rules, value, at: place)
    case ("additionalProperties", .bool(false)): return surplus(value, rule, at: place)
    case ("items", _):
      guard case .array(let items) = value else { return [] }
      return items.enumerated().flatMap { violations($1, argument, at: "\(place)[\($0)]") }
    case ("minimum", .number(let least)): return number(value) { $0 >= least } ? [] : ["\(place): is below \(least)"]
    case ("maximum", .number(let most)): return number(value) { $0 <= most } ? [] : ["\(place): is above \(most)"]
    case ("pattern", .string(let pattern)): return matches(value, pattern) ? [] : ["\(place): is not \(pattern)"]
    default: return ["\(place): a keyword that the check does not know: \(keyword)"]
    }
  }

  private func refer(_ name: String, _ value: JSONValue, at place: String) -> [String] {
    guard let rule = schema["$defs"]?[String(name.dropFirst("#/$defs/".count))] else {
      return ["\(place): no definition \(name)"]
    }
    return violations(value, rule, at: place)
  }

  private func required(_ names: [String], _ value: JSONValue, at place: String) -> [String] {
    guard case .object(let fields) = value else { return [] }
    return names.filter { fields[$0] == nil }.map { "\(place).\($0): is missing" }
  }

  private func properties(_ rules: [String: JSONValue], _ value: JSONValue, at place: String) -> [String] {
    guard case .object(let fields) = value else { return [] }
    return rules.flatMap { name, rule in fields[name].map { violations($0, rule, at: "\(place).\(name)") } ?? [] }
  }

  private func surplus(_ value: JSONValue, _ rule: [String: JSONValue], at place: String) -> [String] {
    guard case .object(let fields) = value, case .object(let known)? = rule["properties"] else { return [] }
    return fields.keys.filter { known[$0] == nil }.map { "\(place).\($0): is not in the schema" }
  }

  private func number(_ value: JSONValue, _ holds: (Double) -> Bool) -> Bool {
    guard case .number(let number) = value else { return true }
    return holds(number)
  }

  private func matches(_ value: JSONValue, _ pattern: String) -> Bool {
    guard case .string(let text) = value else { return true }
    do {
      return try Regex(pattern).firstMatch(in: text) != nil
    } catch {
      return false
    }
  }
}
