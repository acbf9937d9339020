// Results as they are stored and saved: JSON without loss, unlike the public documents, which round and leave out.
//
// Every result is an object of its own with a `kind`, so that a later version can add kinds and this one can tell what it
// does not know from what is damaged. A trace is stored as what its events brought, and is rebuilt by the fold that made
// it (`Trace.apply`, `EnrichmentRecord.apply`): what cannot have happened cannot be read.
//
// A file is hostile. Each field is read into the range of its type (StoredScalars), each connection between fields is
// checked before anything is folded, and what is wrong is said with its place.

/// Why something stored or saved could not be read.
package enum StoreFormError: Error, Hashable, Sendable {
  /// It was written by a later version, with this version of the form.
  case newer(schema: Int)
  /// It is something else: another program's JSON, or no JSON at all.
  case notOurs
  /// It is of a kind that this version does not know.
  case unknownKind(String)
  /// A field is missing or wrong; the text says which.
  case malformed(String)

  /// The same with the place of what holds it in front.
  func inside(_ place: String) -> StoreFormError {
    switch self {
    case .newer, .notOurs, .unknownKind: self
    case .malformed(let text): .malformed("\(place).\(text)")
    }
  }

  /// One phrase for a message.
  package var reason: String {
    switch self {
    case .newer(let schema):
      "a later version of ftrsh wrote it (form \(schema), known is \(StoreForm.schema))"
    case .notOurs: "it does not hold results of ftrsh"
    case .unknownKind(let kind): "it is a '\(kind)', which this version does not know"
    case .malformed(let text): "it is damaged: \(text)"
    }
  }
}

/// A result that lasts, and how it is written and read.
package enum StoreForm {
  /// The version of the form. It grows when a field changes its meaning or goes; a reader refuses later ones.
  package static let schema = 1

  /// What sort of thing is stored; the raw value stands in files and in the database.
  package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    case trace
    case comparison
  }

  private static let mark = "result"

  /// What tells a document of ours.
  struct Start: Codable {
    var ftrsh: String
    var schema: Int
  }

  /// The beginning of a stored result, by which it is known what the rest is.
  private struct ResultStart: Codable {
    var ftrsh: String
    var schema: Int
    var kind: String
  }

  private struct TraceForm: Codable {
    var ftrsh = StoreForm.mark
    var schema = StoreForm.schema
    var kind = Kind.trace
    var trace: StoredResult

    enum CodingKeys: String, CodingKey {
      case ftrsh, schema, kind, trace
    }
  }

  private struct ComparisonForm: Codable {
    var ftrsh = StoreForm.mark
    var schema = StoreForm.schema
    var kind = Kind.comparison
    var comparison: StoredComparison

    enum CodingKeys: String, CodingKey {
      case ftrsh, schema, kind, comparison
    }
  }

  /// A comparison as one line of JSON.
  package static func encode(_ result: ComparisonResult) -> String {
    ResultCoding.encode(ComparisonForm(comparison: StoredComparison(result)))
  }

  /// Reads a comparison that `encode` wrote, or somebody says it did.
  package static func decodeComparison(_ json: String) throws(StoreFormError) -> ComparisonResult {
    let kind = try kind(of: json)
    guard kind == .comparison else { throw .unknownKind(kind.rawValue) }
    let form: ComparisonForm
    do throws(ResultCodingError) {
      form = try ResultCoding.decode(ComparisonForm.self, from: json, renaming: RunComparison.oldNames)
    } catch {
      throw StoreFormError(error)
    }
    do throws(StoreFormError) { return try form.comparison.result() } catch { throw error.inside("comparison") }
  }

  /// A trace as one line of JSON.
  package static func encode(_ result: TraceResult) -> String {
    ResultCoding.encode(TraceForm(trace: StoredResult(result)))
  }

  /// What kind of result a document holds.
  package static func kind(of json: String) throws(StoreFormError) -> Kind {
    let start: ResultStart
    do throws(ResultCodingError) {
      start = try ResultCoding.decode(ResultStart.self, from: json)
    } catch {
      throw .notOurs
    }
    try check(start.ftrsh, mark, start.schema)
    guard let kind = Kind(rawValue: start.kind) else { throw .unknownKind(start.kind) }
    return kind
  }

  /// Reads a trace that `encode` wrote, or somebody says it did.
  package static func decodeTrace(_ json: String) throws(StoreFormError) -> TraceResult {
    let kind = try kind(of: json)
    guard kind == .trace else { throw .unknownKind(kind.rawValue) }
    let form: TraceForm
    do throws(ResultCodingError) {
      form = try ResultCoding.decode(TraceForm.self, from: json)
    } catch {
      throw StoreFormError(error)
    }
    do throws(StoreFormError) { return try form.trace.result() } catch { throw error.inside("trace") }
  }

  /// - Throws: `notOurs` or `newer`.
  static func check(_ found: String, _ mark: String, _ schema: Int) throws(StoreFormError) {
    guard found == mark, schema >= 1 else { throw .notOurs }
    guard schema <= Self.schema else { throw .newer(schema: schema) }
  }
}

extension StoreFormError {
  init(_ error: ResultCodingError) {
    switch error {
    case .newer(let schema): self = .newer(schema: schema)
    case .notATrace(let command): self = .unknownKind(command)
    case .malformed(let text): self = .malformed(text)
    }
  }
}
