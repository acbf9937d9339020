import Results

/// The formats of results, one line each. A new one does not compile until it has a renderer.
package enum OutputFormat: String, Hashable, Sendable, CaseIterable {
  /// For people, while it comes.
  case text
  /// For programs: one document a command.
  case json

  /// The renderer of this format for one command.
  package func makeRenderer(for heading: CommandHeading, on console: any Console) -> any Renderer {
    switch self {
    case .text: TextRenderer(on: console, targetCount: heading.targetCount)
    case .json: JSONRenderer(for: heading, on: console)
    }
  }
}
