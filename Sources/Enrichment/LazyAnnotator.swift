import SystemIO

/// An annotator that is made when it is first needed: a trace without enrichment starts no thread for it.
package final class LazyAnnotator: Sendable {
  private struct State: Sendable {
    var annotator: Annotator?
    var settings: LookupSettings?
  }

  private let state = Locked(State())
  private let make: @Sendable () throws(SystemError) -> Annotator

  /// - Parameter make: called at most once at a time; again only when it failed.
  package init(_ make: @escaping @Sendable () throws(SystemError) -> Annotator) { self.make = make }

  /// The annotator, made now if there is none.
  ///
  /// - Throws: `SystemError` when threads or descriptors are used up.
  package func annotator() throws(SystemError) -> Annotator {
    let (annotator, settings) = try state.withLock { state throws(SystemError) in
      if let annotator = state.annotator { return (annotator, LookupSettings?.none) }
      let made = try make()
      state.annotator = made
      return (made, state.settings)
    }
    if let settings { annotator.configure(settings) }
    return annotator
  }

  /// The annotator if it has been made.
  package var existing: Annotator? { state.withLock { $0.annotator } }

  /// Says how questions are looked up from now on; never waits.
  package func configure(_ settings: LookupSettings) {
    let annotator = state.withLock { state in
      state.settings = settings
      return state.annotator
    }
    annotator?.configure(settings)
  }

  package func shutDown() async {
    let annotator = state.withLock { state in
      defer { state.annotator = nil }
      return state.annotator
    }
    await annotator?.shutDown()
  }
}
