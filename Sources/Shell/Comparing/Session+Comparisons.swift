import Rendering
import Results
import SystemIO
import Time

extension Session {
  /// Keeps a comparison as a result, and shows it.
  func keepAndShow(_ content: ComparisonResult.Content, started: WallTime, _ call: Invocation) {
    let (result, isStored) = store(
      ComparisonResult(
        id: drawResultID(), commandLine: call.line, name: call.resultName?.text, started: started,
        version: Version.number, content: content),
      call)
    results.add(.comparison(result), name: result.name, isStored: isStored)
    show(result, call)
  }

  /// Shows a comparison as the command's format wants it.
  func show(_ result: ComparisonResult, _ call: Invocation) {
    switch result.content {
    case .paths(let paths):
      call.answer(PathComparisonDocument(paths, id: result.id, version: Version.number), over: settings) {
        for line in ComparisonText(paths, isFull: call.has("full")).lines { call.print(line) }
      }
    case .runs(let runs):
      if call.has("csv") {
        for line in RunComparisonCSV.lines(runs) { call.print(StyledLine(line)) }
        return
      }
      call.answer(RunComparisonDocument(runs, id: result.id, version: Version.number), over: settings) {
        for line in RunComparisonText.lines(runs) { call.print(line) }
      }
    }
  }
}
