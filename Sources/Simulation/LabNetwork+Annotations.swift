import Enrichment
import SystemIO

// What is known of a lab's addresses comes from the lab itself: its zone, its AS table, the public address that it states.

extension LabNetwork {
  /// Who annotates on the virtual clock.
  package func makeRehearsedAnnotator() -> RehearsedAnnotator {
    RehearsedAnnotator(makeResolver(), name: name)
  }

  /// Who annotates on the machine's clock.
  ///
  /// - Parameter seed: of the name service's chances; that of the network when nil.
  /// - Throws: `SystemError` when descriptors are used up.
  package func makeAnnotator(on loop: EventLoop, seed: UInt64? = nil) throws(SystemError) -> Annotator {
    try Annotator(TimedAnswers(makeResolver(seed), name: name), on: loop)
  }

  private func makeResolver(_ seed: UInt64? = nil) -> LabResolver { LabResolver(entry.zone, seed: seed ?? self.seed) }
}
