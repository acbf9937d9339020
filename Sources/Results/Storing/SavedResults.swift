import FoundationEssentials

/// The file of `save`: several results in one document, a line each, so that tools of lines can look at it too.
package struct SavedResults: Hashable, Sendable {
  /// What a file held.
  package struct Loaded: Hashable, Sendable {
    /// In the order of the file.
    package var traces: [TraceResult] = []
    /// In the order of the file.
    package var comparisons: [ComparisonResult] = []
    /// Kinds that this version does not know, once for each result.
    package var unknownKinds: [String] = []

    /// Nothing, or these.
    package init(
      traces: [TraceResult] = [], comparisons: [ComparisonResult] = [], unknownKinds: [String] = []
    ) {
      self.traces = traces
      self.comparisons = comparisons
      self.unknownKinds = unknownKinds
    }
  }

  private static let mark = "results"

  private struct File: Decodable {
    var results: [StoredItem]
  }

  /// One result of the file, as far as it is known what it is.
  private enum StoredItem: Decodable {
    case trace(StoredResult)
    case comparison(StoredComparison)
    case unknown(String)

    private enum CodingKeys: String, CodingKey { case kind, trace, comparison }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      let kind = try container.decode(String.self, forKey: .kind)
      switch StoreForm.Kind(rawValue: kind) {
      case .trace: self = .trace(try container.decode(StoredResult.self, forKey: .trace))
      case .comparison: self = .comparison(try container.decode(StoredComparison.self, forKey: .comparison))
      case nil: self = .unknown(kind)
      }
    }
  }

  /// The text of a file that holds these documents of `StoreForm`, each one line.
  package static func text(_ documents: [String], version: String) -> String {
    let start =
      "{\"ftrsh\":\"\(mark)\",\"schema\":\(StoreForm.schema),\"version\":\(ResultCoding.encode(version)),\"results\":["
    return start + "\n" + documents.joined(separator: ",\n") + "\n]}\n"
  }

  /// Reads a file, all of it or nothing.
  package static func load(_ text: String) throws(StoreFormError) -> Loaded {
    let start: StoreForm.Start
    do throws(ResultCodingError) {
      start = try ResultCoding.decode(StoreForm.Start.self, from: text)
    } catch {
      // A file of ours that was cut off is damaged, and not somebody else's.
      guard text.hasPrefix("{\"ftrsh\":\"\(mark)\"") else { throw .notOurs }
      throw StoreFormError(error)
    }
    try StoreForm.check(start.ftrsh, mark, start.schema)
    let file: File
    do throws(ResultCodingError) {
      file = try ResultCoding.decode(File.self, from: text)
    } catch {
      throw StoreFormError(error)
    }
    var loaded = Loaded()
    for (index, item) in file.results.enumerated() {
      switch item {
      case .trace(let stored):
        do throws(StoreFormError) {
          loaded.traces.append(try stored.result())
        } catch {
          throw error.inside("results.\(index).trace")
        }
      case .comparison(let stored):
        do throws(StoreFormError) {
          loaded.comparisons.append(try stored.result())
        } catch {
          throw error.inside("results.\(index).comparison")
        }
      case .unknown(let kind): loaded.unknownKinds.append(kind)
      }
    }
    return loaded
  }
}
