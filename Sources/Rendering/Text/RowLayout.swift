import Enrichment
import Packets
import Results
import Tracing

/// The columns of the rows of one trace: TTL, segment, responder, and a cell for each attempt.
///
///      4 [ISP]         ae8.example.net (192.0.2.9) [AS64500 EXAMPLE, ZZ]      16.705 ms
///
/// On a terminal the column of responders leaves room for the cells, and what is too long for it is cut; elsewhere nothing
/// is cut, and a row that is wider than its column pushes its cells to the right.
struct RowLayout: Hashable {
  /// Columns of a TTL.
  static let ttlWidth = 2
  /// Columns of a round-trip time up to 999.999 ms.
  static let cellWidth = 10
  static let gap = "  "
  /// `[DESTINATION]`
  static let segmentWidth = 13
  /// On a screen that is too narrow for everything, what a responder is given at the cost of the cells.
  private static let leastOnScreen = 24

  let hasSegments: Bool
  /// Columns of a responder.
  let responderWidth: Int
  /// The most columns that a responder may take.
  let mostResponderColumns: Int

  /// - Parameter columns: of the terminal; nil where there is none.
  init(_ result: TraceResult, columns: Int?) {
    let kinds = result.enrichment.request.kinds
    hasSegments = kinds.contains(.segments)
    let widest = result.trace.path.flatMap(\.responders).reduce(0) { width, responder in
      let text = AnnotationText(
        address: responder.address, annotation: result.enrichment.annotations[responder.address])
      return max(width, text.spans(columns: .max).reduce(0) { $0 + $1.text.count })
    }
    let wanted = max(Self.least(kinds, result.method.family), widest)
    guard let columns else {
      responderWidth = wanted
      mostResponderColumns = .max
      return
    }
    let segment = hasSegments ? Self.segmentWidth + 2 : Self.gap.count
    let cells = result.trace.request.queries * (Self.gap.count + Self.cellWidth)
    let room = max(Self.leastOnScreen, columns - Self.ttlWidth - segment - cells)
    responderWidth = min(wanted, room)
    mostResponderColumns = room
  }

  /// The width to begin with, so that most rows align before the widest is known: every IPv4 address and most IPv6
  /// addresses of routers fit, and most names and AS names where there are such.
  private static func least(_ kinds: Set<EnrichmentKind>, _ family: AddressFamily) -> Int {
    let address =
      switch family {
      case .ipv4: 15
      case .ipv6: 24
      }
    return address + (kinds.contains(.names) ? 31 : 0) + (kinds.contains(.autonomousSystems) ? 26 : 0)
  }
}
