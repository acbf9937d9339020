import Lexing
import Results

/// The files of `save` and `load`.
enum ResultFile {
  /// The longest file read, in bytes: 50,000 paths of the internet.
  private static let longestBytes = 256 << 20
  private static let beginning = Array("{\"ftrsh\":\"results\"".utf8)

  /// Writes all of it or nothing.
  static func write(_ text: String, to path: String) throws(Diagnostic) {
    try WholeFile.write(Array(text.utf8), to: path, replacing: beginning, writer: "'save'")
  }

  static func read(_ path: String) throws(Diagnostic) -> SavedResults.Loaded {
    let bytes: [UInt8]
    do throws(WholeFile.Refusal) {
      bytes = try WholeFile.read(path, longest: longestBytes)
    } catch {
      throw Diagnostic("cannot read '\(path)'", why: error.reason, try: "a file that 'save' has written")
    }
    guard bytes.count <= longestBytes else {
      throw Diagnostic(
        "cannot load '\(path)'", why: "it is longer than \(longestBytes >> 20) MiB", try: "a smaller file")
    }
    do throws(StoreFormError) {
      guard let text = String(validating: bytes, as: UTF8.self) else { throw .notOurs }
      return try SavedResults.load(text)
    } catch {
      throw Diagnostic("cannot load '\(path)'", why: error.reason, try: remedy(error))
    }
  }

  private static func remedy(_ error: StoreFormError) -> String {
    switch error {
    case .newer, .unknownKind: "that version of ftrsh"
    case .notOurs: "a file that 'save' has written"
    case .malformed: "save it anew where its results are"
    }
  }
}
