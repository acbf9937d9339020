import Enrichment
import Lookups
import SystemIO

/// The session's resolver on an event loop of its own, so that a look-up never keeps a reply waiting.
///
/// Both are made when first used: the program starts no later for them, and a trace of an address never has them.
final class LookUps: Sendable {
  private struct State: Sendable {
    var resolver: Resolver?
    var settings: LookupSettings?
  }

  private let state = Locked(State())

  /// The resolver, made now if there is none.
  ///
  /// - Throws: `SystemError` when descriptors or threads are used up; the next call tries again.
  @Sendable func resolver() throws(SystemError) -> Resolver {
    try state.withLock { state throws(SystemError) in
      if let resolver = state.resolver { return resolver }
      let configuration = state.settings.map { ResolverConfiguration($0) } ?? ResolverConfiguration()
      let resolver = Resolver(on: try EventLoop(name: "look-ups"), configuration)
      state.resolver = resolver
      return resolver
    }
  }

  /// Says how name servers are asked from now on.
  @Sendable func configure(_ settings: LookupSettings) async {
    let resolver = state.withLock { state in
      state.settings = settings
      return state.resolver
    }
    await resolver?.configure(ResolverConfiguration(settings))
  }
}
