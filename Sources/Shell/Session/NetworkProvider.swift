import Probing

/// Which network commands use.
package enum NetworkChoice: Hashable, Sendable {
  case live
  /// A network of the lab, by name.
  case lab(String)

  /// As it is typed after `use` and shown in the prompt.
  package var text: String {
    switch self {
    case .live: "live"
    case .lab(let name): "lab \(name)"
    }
  }
}

/// Makes the networks that a session uses; the composition root knows how.
package protocol NetworkProvider: Sendable {
  /// Makes a network. The session keeps it and shuts it down.
  func make(
    _ choice: NetworkChoice, clock: Settings.LabClock, seed: Int
  ) async throws(NetworkFailure) -> any Network
}
