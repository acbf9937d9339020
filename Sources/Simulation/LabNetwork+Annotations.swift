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
  /// - Throws: `SystemError` when descriptors are used up.
  package func makeAnnotator(on loop: EventLoop) throws(SystemError) -> Annotator {
    try Annotator(TimedAnswers(makeResolver(), name: name), on: loop)
  }

  private func makeResolver() -> LabResolver { LabResolver(entry.zone, seed: seed) }
}
