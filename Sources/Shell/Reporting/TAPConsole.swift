import Results

/// A console whose standard output is a report in TAP: what commands print becomes comments in their place, so that a reader of
/// the report sees it and a program passes over it. Messages go to standard error as ever.
package final class TAPConsole: Console {
  private let console: any Console

  package init(_ console: any Console) {
    self.console = console
  }

  package var size: ConsoleSize? { nil }
  package var outputIsGone: Bool { console.outputIsGone }

  package func print(_ line: StyledLine) { console.print(StyledLine(TAPText.comment(line.text), .dim)) }
  package func diagnose(_ line: StyledLine) { console.diagnose(line) }
  package func showLive(_ rows: [StyledLine]) {}
  package func endLive() {}

  /// Prints lines of the report itself.
  func report(_ lines: [String]) {
    for line in lines { console.print(StyledLine(line)) }
  }
}
