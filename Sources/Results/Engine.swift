import Tracing

/// The way of waiting for replies: ours, and those that the study of the original compared (FINDINGS).
package enum EngineName: String, Hashable, Sendable, CaseIterable, Codable {
  /// One epoll thread with shared sockets, judging by the kernel's stamps.
  case reactor
  /// One blocking wait a probe, each with a socket of its own, on a pool of threads: the baseline.
  case blocking
  /// One thread that waits on at most 62 probe sockets at a time: option 1.
  case multiwait
  /// A few workers and 128 blocking threads: option 2, the tuned runtime.
  case tuned
  /// One thread that owns all sockets, reached by channels: option 3.
  case dedicated
  /// io_uring's completion queue: option 4, which the original API could not offer.
  case completion
}

/// An engine, and what is set of it (`engine.*`).
package struct EngineSettings: Hashable, Sendable, Codable {
  package var name: EngineName
  /// Threads of the pool that `blocking` and `tuned` wait on; the others have a number of their own.
  package var threads: Int
  /// At most so many of `blocking`'s probes wait at once; nil sets no limit. The limiter that the original built and took out.
  package var limit: Int?
  /// Who judges a deadline: the kernel's stamp of the arrival, or the moment at which the program got round to it.
  package var stamps: StampSource
  /// Whether a look-up holds a thread of the engine's pool until it is answered.
  package var sharesPool: Bool
  /// Whether a reply counts only when its names are in.
  package var awaitsNames: Bool

  enum CodingKeys: String, CodingKey {
    case name, threads, limit, stamps
    case sharesPool = "shared_pool"
    case awaitsNames = "await_names"
  }

  /// Most threads of a pool.
  package static let mostThreads = 4_096

  /// As the study has it: by default `reactor` is ours, and `blocking` and `tuned` have all the faults of the original.
  package init(_ name: EngineName) {
    self.name = name
    threads =
      switch name {
      case .tuned: 128
      case .reactor, .blocking, .multiwait, .dedicated, .completion: 512
      }
    limit = nil
    stamps = name == .reactor ? .kernel : .program
    let isOriginal = name == .blocking || name == .tuned
    sharesPool = isOriginal
    awaitsNames = isOriginal
  }

  /// Whether its numbers are some that can be set.
  var isSound: Bool {
    (1...Self.mostThreads).contains(threads) && limit.map { (1...Self.mostThreads).contains($0) } ?? true
  }

  /// Whether it is what a trace has when nobody sets anything.
  package var isUsualReactor: Bool { name == .reactor && self == EngineSettings(.reactor) }
}
