import Time
import Tracing

/// The JSON form of `timeline`.
package struct TimelineDocument: Codable, Hashable, Sendable {
  package var schema = ResultCoding.schema
  package var command = "timeline"
  package var version: String
  package var id: String
  package var target: String
  /// Whether the packets were kept, all of them.
  package var complete: Bool
  package var events: [Event]

  /// One thing that happened.
  package struct Event: Codable, Hashable, Sendable {
    package var at: Milliseconds
    package var kind: String
    @ExplicitNull package var ttl: Int? = nil
    /// Counted from 0 at each TTL.
    @ExplicitNull package var attempt: Int? = nil
    package var text: String

    enum CodingKeys: String, CodingKey {
      case kind, ttl, attempt, text
      case at = "at_ms"
    }
  }

  /// The events that are shown of a timeline.
  package init(_ result: TraceResult, _ timeline: Timeline, _ events: [TimelineEvent], version: String) {
    self.version = version
    id = result.id.description
    target = result.target
    complete = timeline.isComplete
    self.events = events.map { event in
      var document = Event(at: Milliseconds(event.at), kind: event.kind.rawValue, text: event.text)
      document.ttl = event.probe.map { Int($0.ttl.value) }
      document.attempt = event.probe.map { Int($0.attempt) }
      return document
    }
  }
}

/// The JSON form of `whatif`.
package struct WhatIfDocument: Codable, Hashable, Sendable {
  package var schema = ResultCoding.schema
  package var command = "whatif"
  package var version: String
  /// The id of the result whose packets were judged.
  package var original: String
  /// As they are typed.
  package var rules: [String]
  package var changes: [Change]
  package var untold: [Untold]
  /// As it would have been.
  package var trace: TraceDocument

  /// A hop that would have been shown otherwise.
  package struct Change: Codable, Hashable, Sendable {
    package var ttl: Int
    package var before: [String]
    package var after: [String]
  }

  /// What the record cannot tell; of a hop or, without TTL, of the whole trace.
  package struct Untold: Codable, Hashable, Sendable {
    @ExplicitNull package var ttl: Int? = nil
    package var text: String
  }

  /// What came of other rules.
  package init(_ whatIf: WhatIf, version: String) {
    self.version = version
    original = whatIf.original.id.description
    rules = whatIf.result.hypothesis?.rules ?? []
    changes = whatIf.changes.map { Change(ttl: Int($0.ttl.value), before: $0.before, after: $0.after) }
    untold = (whatIf.result.hypothesis?.untold ?? []).map { item in
      var document = Untold(text: item.sentence)
      document.ttl = item.ttl.map { Int($0.value) }
      return document
    }
    trace = TraceDocument(whatIf.result)
  }
}
