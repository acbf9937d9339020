import Results
import Tracing

/// What other rules would have changed, below the trace as it would have been.
package enum WhatIfText {
  /// The line above the trace.
  package static func heading(_ whatIf: WhatIf) -> StyledLine {
    StyledLine("from the packets of \(whatIf.original.id), nothing is sent", .dim)
  }

  /// What differs, and what cannot be told.
  package static func lines(_ whatIf: WhatIf) -> [StyledLine] {
    let changes = changes(whatIf)
    var lines = [changes.isEmpty ? StyledLine("nothing differs", .good) : StyledLine("differs:", .heading)] + changes
    let untold = untold(whatIf.result.hypothesis?.untold ?? [])
    if !untold.isEmpty { lines.append(StyledLine("cannot be told:", .heading)) }
    lines += untold
    return lines
  }

  private static func changes(_ whatIf: WhatIf) -> [StyledLine] {
    var lines: [StyledLine] = []
    var rest = whatIf.changes[...]
    while let first = rest.first {
      let alike = rest.prefix { isAppended($0) && isAppended(first) }
      if alike.count > mostAppended, let last = alike.last {
        lines.append(change("hops \(first.ttl)-\(last.ttl)", words([]), "\(alike.count) hops behind the end"))
        rest = rest.dropFirst(alike.count)
      } else {
        lines.append(change("hop \(first.ttl)", words(first.before), words(first.after)))
        rest = rest.dropFirst()
      }
    }
    let (old, new) = (whatIf.original, whatIf.result)
    if old.outcome != new.outcome { lines.append(change("path", old.outcome, new.outcome)) }
    if let before = old.trace.elapsed, let after = whatIf.elapsed, before != after {
      lines.append(change("time", Milliseconds(before).brief, Milliseconds(after).brief))
    }
    return lines
  }

  /// Hops in a row, behind those that the original has, that are told one by one; more are told together.
  private static let mostAppended = 3

  private static func isAppended(_ change: WhatIf.Change) -> Bool { change.before.isEmpty && !change.after.isEmpty }

  private static func change(_ what: String, _ before: String, _ after: String) -> StyledLine {
    var line = StyledLine("  \(what)  ", .name)
    line.append(before, .dim)
    line.append(" → ")
    line.append(after, .notice)
    return line
  }

  /// One line a sentence, with the hops that it is about.
  private static func untold(_ items: [Hypothesis.Untold]) -> [StyledLine] {
    var sentences: [String] = []
    var hops: [String: [Int]] = [:]
    for item in items {
      if !sentences.contains(item.sentence) { sentences.append(item.sentence) }
      if let ttl = item.ttl { hops[item.sentence, default: []].append(Int(ttl.value)) }
    }
    return sentences.map { sentence in
      let place = hops[sentence].map { "hop\($0.count == 1 ? "" : "s") \(ranges($0)): " } ?? ""
      return StyledLine("  \(place)\(sentence)")
    }
  }

  /// `1-6, 8`.
  private static func ranges(_ numbers: [Int]) -> String {
    var ranges: [ClosedRange<Int>] = []
    for number in numbers.sorted() {
      if let last = ranges.last, last.upperBound + 1 == number {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(
      separator: ", ")
  }

  private static func words(_ words: [String]) -> String { words.isEmpty ? "not shown" : words.joined(separator: ", ") }
}
