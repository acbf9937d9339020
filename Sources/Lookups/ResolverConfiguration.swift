/// How name servers are asked.
package struct ResolverConfiguration: Hashable, Sendable {
  /// Whom to ask, first to last; nil for those of `/etc/resolv.conf`. Never empty.
  package var servers: [NameServer]?
  /// How long one server is waited for at the first try; c-ares doubles it with every round.
  package var timeout: Duration
  /// How often each server is tried.
  package var tries: Int
  /// The most questions in flight at once; further ones wait.
  package var window: Int

  /// The machine's own name servers, asked as most resolvers do, unless told otherwise.
  package init(
    servers: [NameServer]? = nil, timeout: Duration = .seconds(2), tries: Int = 2, window: Int = Self.usualWindow
  ) {
    self.servers = servers
    self.timeout = timeout
    self.tries = tries
    self.window = window
  }

  /// `dns.window`: two traces of 30 hops at once, and less than what a home router's forwarder drops.
  package static let usualWindow = 64
}
