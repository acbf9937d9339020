import Rendering
import Results

extension Session {
  /// Shows a comparison as the command's format wants it.
  func show(_ comparison: RunComparison, _ call: Invocation) {
    if call.has("csv") {
      for line in RunComparisonCSV.lines(comparison) { call.print(StyledLine(line)) }
      return
    }
    call.answer(RunComparisonDocument(comparison, id: nil, version: Version.number), over: settings) {
      for line in RunComparisonText.lines(comparison) { call.print(line) }
    }
  }
}
