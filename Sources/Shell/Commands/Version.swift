import Results

/// What this program calls itself.
package enum Version {
  /// Semantic, as in JSON results.
  package static let number = "0.1.0"
  /// Of this version, as a manual page wants it.
  static let date = "November 24, 2026"
  package static let text = "ftrsh \(number)"
}

extension Command {
  /// `version`
  static let version = Command(
    name: "version", topic: .session, summary: "show the version of ftrsh",
    options: [.json],
    examples: [Example("version", "one line")],
    action: { call, session async throws(ShellError) in
      call.answer(VersionDocument(version: Version.number), over: session.settings) {
        call.print(StyledLine(Version.text))
      }
    })
}
