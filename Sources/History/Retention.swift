/// How many results are kept: `results.keep`.
package enum Retention: Hashable, Sendable {
  /// Nothing is stored; what is there stays.
  case nothing
  /// The newest so many.
  case newest(Int)
  /// Those stored within the last so long.
  case within(Duration)

  /// A year of a trace every hour. A trace of 12 hops with names takes 9 kB, so that they come to 100 MB.
  package static let usual = Retention.newest(10_000)
  /// The most that can be asked for: a list of them is still made in a second.
  package static let most = 1_000_000
}
