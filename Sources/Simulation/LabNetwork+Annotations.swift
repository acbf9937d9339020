import Enrichment
import SystemIO

// What is known of a lab's addresses comes from the lab itself: its zone, its AS table, the public address that it states.

extension LabNetwork {
  /// Who annotates on the virtual clock.
  package func makeRehearsedAnnotator() -> RehearsedAnnotator {
    RehearsedAnnotator(makeResolver(seed: seed), name: name)
  }

  /// Who annotates on the machine's clock.
  ///
  /// - Parameter seed: decides the resolver's jitter and losses; nil is the network's own.
  /// - Throws: `SystemError` when descriptors are used up.
  package func makeAnnotator(on loop: EventLoop, seed: UInt64? = nil) throws(SystemError) -> Annotator {
    try Annotator(TimedAnswers(makeResolver(seed: seed ?? self.seed), name: name), on: loop)
  }

  private func makeResolver(seed: UInt64) -> LabResolver { LabResolver(entry.zone, seed: seed) }
}
