import Enrichment
import Lexing
import Packets
import Results
import Tracing

/// The columns of the rows of one trace: TTL, segment, responder, and a cell for each attempt.
///
///      4 [ISP]         ae8.example.net (192.0.2.9) [AS64500 EXAMPLE, ZZ]      16.705 ms
///
/// On a terminal the column of responders leaves room for the cells, and what is too long for it is cut; where an address would
/// not fit any more, the segments go. Elsewhere nothing is cut, and a row that is wider than its column pushes its cells to the
/// right.
struct RowLayout: Hashable {
  /// Columns of a TTL.
  static let ttlWidth = 2
  /// Columns of a round-trip time up to 999.999 ms.
  static let cellWidth = 10
  static let gap = "  "
  /// `[DESTINATION]`
  static let segmentWidth = 13
  let hasSegments: Bool
  /// Columns of a responder.
  let responderWidth: Int
  /// The most columns that a responder may take.
  let mostResponderColumns: Int

  /// - Parameter columns: of the terminal; nil where there is none.
  init(_ result: TraceResult, columns: Int?) {
    let kinds = result.enrichment.request.kinds
    let address = Self.addressWidth(result.method.family)
    let widest = result.trace.path.flatMap(\.responders).reduce(0) { width, responder in
      let text = AnnotationText(
        address: responder.address, annotation: result.enrichment.annotations[responder.address])
      return max(width, text.spans(columns: .max).reduce(0) { $0 + $1.text.displayWidth })
    }
    let wanted = max(address + Self.usualWidthOfNames(kinds), widest)
    guard let columns else {
      hasSegments = kinds.contains(.segments)
      responderWidth = wanted
      mostResponderColumns = .max
      return
    }
    let cells = result.trace.request.queries * (Self.gap.count + Self.cellWidth)
    let free = columns - Self.ttlWidth - cells
    hasSegments = kinds.contains(.segments) && free - Self.segmentColumn >= address
    mostResponderColumns = max(address, free - (hasSegments ? Self.segmentColumn : Self.gap.count))
    responderWidth = min(wanted, mostResponderColumns)
  }

  /// A segment, with the spaces round it.
  private static let segmentColumn = segmentWidth + 2

  /// Every IPv4 address and most IPv6 addresses of routers fit.
  private static func addressWidth(_ family: AddressFamily) -> Int {
    switch family {
    case .ipv4: 15
    case .ipv6: 24
    }
  }

  /// What is added to begin with where there are names, so that most rows align before the widest is known: most names and
  /// most AS names fit.
  private static func usualWidthOfNames(_ kinds: Set<EnrichmentKind>) -> Int {
    (kinds.contains(.names) ? 31 : 0) + (kinds.contains(.autonomousSystems) ? 26 : 0)
  }
}
