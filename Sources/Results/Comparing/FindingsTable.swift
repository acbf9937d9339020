/// What the study of the original measured on Windows, 30 probes a trace (FINDINGS): shown beside what is measured here, and never
/// mixed with it.
package struct WindowsFinding: Hashable, Sendable {
  /// Shares of complete traces, as the study has them: `80–100 %`.
  package let complete: String
  /// Mean times of a trace: `150–275 ms`.
  package let time: String
  /// Its resources.
  package let resources: String

  /// What was found of an engine; nil for what did not exist there.
  package static func of(_ engine: EngineName) -> WindowsFinding? {
    switch engine {
    case .reactor: nil
    case .blocking: WindowsFinding(complete: "80–100 %", time: "150–275 ms", resources: "30+ blocking tasks")
    case .multiwait: WindowsFinding(complete: "0 % (50 % of hops)", time: "400–500 ms", resources: "1 wait thread")
    case .tuned:
      WindowsFinding(complete: "55–100 %", time: "245–1920 ms", resources: "4–8 threads + 128 blocking")
    case .dedicated: WindowsFinding(complete: "100 %", time: "492–514 ms", resources: "1 thread")
    case .completion: WindowsFinding(complete: "–", time: "–", resources: "not possible with that API")
    }
  }
}
