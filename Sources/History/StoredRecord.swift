import Results
import Tracing

/// A result as a row of the store: what lists and filters need of it.
package struct StoredSummary: Hashable, Sendable {
  /// Unique in the store; what the document says of its id does not count.
  package var id: ResultID
  package var kind: StoreForm.Kind
  /// Given by `as NAME`.
  package var name: String?
  package var target: String
  /// Of the target.
  package var address: String
  package var network: String
  package var started: WallTime
  /// nil where nothing is to be reached.
  package var isReached: Bool?
  /// Why the path ended; nil where there is no path.
  package var end: TraceDocument.EndReason?
  /// The TTL at which the path ended; nil where there is no path.
  package var hops: Int?
  /// One phrase for lists: `reached, 12 hops`.
  package var outcome: String

  /// A row that is not one of a trace.
  package init(
    id: ResultID, kind: StoreForm.Kind, name: String? = nil, target: String, address: String, network: String,
    started: WallTime, isReached: Bool? = nil, outcome: String
  ) {
    self.id = id
    self.kind = kind
    self.name = name
    self.target = target
    self.address = address
    self.network = network
    self.started = started
    self.isReached = isReached
    self.outcome = outcome
  }

  /// The row of a comparison.
  package init(_ result: ComparisonResult) {
    self.init(
      id: result.id, kind: .comparison, name: result.name, target: result.target, address: result.address,
      network: result.network, started: result.started, outcome: result.outcome)
  }

  /// The row of a trace.
  package init(_ result: TraceResult) {
    self.init(
      id: result.id, kind: .trace, name: result.name, target: result.target, address: "\(result.address)",
      network: result.network, started: result.started, isReached: result.isReached, outcome: result.outcome)
    end = result.trace.end.map { TraceDocument.EndReason($0) }
    hops = result.trace.path.last.map { Int($0.ttl.value) } ?? 0
  }
}

/// A result as it is stored: its row, and the whole of it as JSON.
package struct StoredRecord: Hashable, Sendable {
  package var summary: StoredSummary
  /// In the form of `StoreForm`.
  package var document: String

  /// A result of any kind.
  package init(_ summary: StoredSummary, document: String) {
    self.summary = summary
    self.document = document
  }

  /// The same result under another id, in its document too, so that a copy of it is known for one.
  func identified(as id: ResultID) -> StoredRecord {
    do throws(StoreFormError) {
      switch summary.kind {
      case .trace:
        var result = try StoreForm.decodeTrace(document)
        result.id = id
        return StoredRecord(result)
      case .comparison:
        var result = try StoreForm.decodeComparison(document)
        result.id = id
        return StoredRecord(result)
      }
    } catch {
      // A document of nobody's making stays as it is: the row's id is what counts.
      var record = self
      record.summary.id = id
      return record
    }
  }

  /// The record of a comparison.
  package init(_ result: ComparisonResult) {
    self.init(StoredSummary(result), document: StoreForm.encode(result))
  }

  /// The record of a trace.
  package init(_ result: TraceResult) {
    self.init(StoredSummary(result), document: StoreForm.encode(result))
  }
}
