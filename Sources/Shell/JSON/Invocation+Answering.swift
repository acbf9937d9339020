import Rendering
import Results

// How a command that has its answer at once shows it in the format that is wanted: one document, or lines of text.
// What comes little by little, as a trace does, goes through a `Renderer` instead.

extension Option {
  /// `--json`: the answer of this one command as a document.
  static let json = Option.shorthand("json", for: "format", "json", help: "one JSON document on standard output")
}

extension Invocation {
  /// Shows an answer in the format that this command, or else the session, asks for.
  ///
  /// - Parameters:
  ///   - settings: those of the session.
  ///   - text: prints it for people.
  func answer(
    _ document: @autoclosure () -> some Encodable, over settings: Settings, text: () -> Void
  ) {
    switch self.settings(over: settings).format {
    case .text: text()
    case .json:
      pendingDocument?.settle()
      print(StyledLine(ResultCoding.encode(document())))
    }
  }
}
