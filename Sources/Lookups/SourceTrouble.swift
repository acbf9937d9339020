import SystemIO

/// Why a file cannot answer questions.
package struct SourceTrouble: Error, Hashable, Sendable {
  /// A phrase without a full stop.
  package let why: String
  /// What to do.
  package let remedy: String

  init(_ why: String, try remedy: String) {
    self.why = why
    self.remedy = remedy
  }

  init(_ error: SystemError) {
    self.init("\(error)", try: "name a file that can be read")
  }
}
