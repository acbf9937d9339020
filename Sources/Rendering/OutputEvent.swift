import Enrichment
import Results
import Tracing

/// One thing that happens while a command runs, as its renderer is told.
///
/// For each slot comes `began`, any number of `events`, and `finished`; or `failed` alone. `ended` is the last event of the
/// command, however it went.
package enum OutputEvent: Sendable {
  /// The command waits before it can begin, for instance "looking up 'demo.test'".
  case waiting(String)
  /// A trace begins; the result's trace is still empty.
  case began(slot: Int, TraceResult)
  /// Events of the trace in order, those from `TraceEvent.began` on.
  case events(slot: Int, [TraceEvent])
  /// What has become known of addresses in the trace.
  case annotated(slot: Int, [EnrichmentEvent])
  /// A trace is over, its addresses are known as far as they were waited for, and this is what came of it.
  case finished(slot: Int, TraceResult)
  /// A target (nil: the whole command) came to nothing. The shell has told the user why, on standard error; a format for programs
  /// gives the reason in its document.
  case failed(slot: Int?, target: String?, CommandFailure)
  /// A `ping` is over.
  case pinged(PingResult)
  /// A line for people, on standard output; formats for programs leave it out.
  case line(StyledLine)
  /// A warning, on standard error in every format.
  case warning(StyledLine)
  /// Time has passed.
  case tick
  /// The command is over: what was held back is written now.
  case ended
}
