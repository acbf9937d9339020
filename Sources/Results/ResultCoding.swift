import FoundationEssentials

/// Why a stored result could not be read.
package enum ResultCodingError: Error, Hashable, Sendable {
  /// It was written by a later version, whose fields this one does not know.
  case newer(schema: Int)
  /// It is of this kind, not a trace.
  case notATrace(command: String)
  /// It is no JSON, or a field is missing or wrong; the text says which.
  case malformed(String)
}

/// Results as JSON and back.
///
/// The same document always gives the same bytes: fields in alphabetical order, one line, ASCII only. So no text from
/// the network can break the line or reach a terminal as a command, and a document can be compared byte by byte.
package enum ResultCoding {
  /// The version of the JSON form. It grows when a field changes its meaning or goes; a reader refuses later ones.
  package static let schema = 1

  /// The document on one line, without a newline.
  package static func encode(_ document: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return ascii(String(decoding: try encoder.encode(document), as: UTF8.self))
    } catch {
      preconditionFailure("a document holds only finite numbers, so it can be written: \(error)")
    }
  }

  /// Reads one trace.
  package static func decodeTrace(_ json: String) throws(ResultCodingError) -> TraceDocument {
    let start = try decode(DocumentStart.self, from: json)
    guard start.schema <= schema else { throw .newer(schema: start.schema) }
    guard start.command == TraceDocument.command else { throw .notATrace(command: start.command) }
    return try decode(TraceDocument.self, from: json)
  }

  /// Reads one comparison of two paths.
  package static func decodeComparison(_ json: String) throws(ResultCodingError) -> PathComparisonDocument {
    let start = try decode(DocumentStart.self, from: json)
    guard start.schema <= schema else { throw .newer(schema: start.schema) }
    return try decode(PathComparisonDocument.self, from: json)
  }

  /// The fields that every document of every version has.
  private struct DocumentStart: Decodable {
    var schema: Int
    var command: String
  }

  /// - Parameter names: old names of fields, and what they are called now.
  static func decode<Document: Decodable>(
    _ type: Document.Type, from json: String, renaming names: [String: String] = [:]
  ) throws(ResultCodingError) -> Document {
    do {
      let decoder = JSONDecoder()
      if !names.isEmpty {
        decoder.keyDecodingStrategy = .custom { path in
          let name = path.last?.stringValue ?? ""
          return RenamedKey(stringValue: names[name] ?? name)
        }
      }
      return try decoder.decode(type, from: Data(json.utf8))
    } catch let error as DecodingError {
      throw .malformed(sentence(error))
    } catch {
      throw .malformed("\(error)")
    }
  }

  private struct RenamedKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Outside strings JSON is ASCII, and inside every scalar may be written as its UTF-16 units (RFC 8259 section 7).
  private static func ascii(_ json: String) -> String {
    guard !json.utf8.allSatisfy({ $0 < 0x7F }) else { return json }
    var text = ""
    for unit in json.utf16 {
      if unit < 0x7F, let scalar = Unicode.Scalar(unit) {
        text.unicodeScalars.append(scalar)
      } else {
        let digits = String(unit, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return text
  }

  private static func sentence(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, let context): "\(path(context))\(key.stringValue) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      "\(path(context))\(context.debugDescription)"
    @unknown default: "\(error)"
    }
  }

  private static func path(_ context: DecodingError.Context) -> String {
    context.codingPath.isEmpty
      ? "" : context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".") + ": "
  }
}
