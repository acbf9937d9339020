import Lexing
import Time

/// One way in which a node or a link of a simulated network behaves, as a `lab` command states it.
///
/// To add one, write a file beside this and a line in `Behaviors.all`. A behaviour is a value that shapes the model
/// which the simulation consults for each probe, so that any number of them can be combined, and none costs anything
/// where it is not used.
package protocol Behavior: Sendable, CustomStringConvertible {
  /// The word that begins it in a `lab` command: "jitter".
  static var word: String { get }
  /// The word and what follows it: "jitter DURATION".
  static var usage: String { get }
  /// What it does, one line for `help lab`.
  static var summary: String { get }
  /// What it can be a property of; the first is the usual one.
  static var places: [BehaviorPlace] { get }

  /// Reads what follows the word.
  init(reading words: inout WordReader) throws(Diagnostic)

  /// Makes a link behave so. Called for behaviours that a link can have.
  func shape(_ link: inout LinkModel)

  /// Makes a node behave so. Called for behaviours that a node can have.
  func shape(_ node: inout NodeModel)

  /// Makes a name server behave so. Called for behaviours that a resolver can have.
  func shape(_ resolver: inout ResolverModel)

  /// As it is written in a `lab` command: reading it again gives the same behaviour.
  var description: String { get }
}

extension Behavior {
  package func shape(_ link: inout LinkModel) {}
  package func shape(_ node: inout NodeModel) {}
  package func shape(_ resolver: inout ResolverModel) {}

  /// A share as it is written: 5% or 0.25%.
  static func text(percent: Double) -> String {
    let whole = Int(percent)
    return "\(Double(whole) == percent ? String(whole) : String(percent))%"
  }
}

/// What a behaviour is a property of.
package enum BehaviorPlace: String, Sendable, CaseIterable {
  case node
  case link
  case resolver
}

/// Every behaviour there is, in the order of `help lab`.
package enum Behaviors {
  package static let all: [any Behavior.Type] = [
    Delay.self,
    Jitter.self,
    Loss.self,
    Silence.self,
    RateLimit.self,
    ServerFailure.self,
    Refusal.self,
  ]

  /// The behaviour that a word begins; nil for a word that begins none.
  package static func named(_ word: String) -> (any Behavior.Type)? {
    all.first { $0.word == word }
  }
}

/// How a link treats each datagram that crosses it, in either direction.
package struct LinkModel: Sendable {
  /// Time that every crossing takes.
  package var delay: Duration = .zero
  /// Most time that a crossing takes beyond `delay`.
  package var jitter: Duration = .zero
  /// Share of datagrams lost in a crossing, 0…1.
  package var loss: Double = 0

  package init() {}

  package init(_ behaviors: [any Behavior]) {
    for behavior in behaviors { behavior.shape(&self) }
  }
}

/// How a name server treats the questions that come to it.
package struct ResolverModel: Sendable {
  /// The time from a question's arrival to its answer's departure, and the share of questions that get none.
  package var turnaround = LinkModel()
  /// Share of questions answered with SERVFAIL, 0…1.
  package var failureShare: Double = 0
  /// True for a server that answers REFUSED to everything.
  package var refuses = false
  /// False for a server that never answers.
  package var answers = true

  package init() {}

  package init(_ behaviors: [any Behavior]) {
    for behavior in behaviors { behavior.shape(&self) }
  }
}

/// How a node treats the datagrams that it would answer.
package struct NodeModel: Sendable {
  /// False for a node that forwards, but never answers.
  package var answers = true
  /// Bounds the ICMP errors that the node sends; nil leaves them unbounded.
  package var errorBucket: TokenBucket?

  package init() {}

  package init(_ behaviors: [any Behavior]) {
    for behavior in behaviors { behavior.shape(&self) }
  }

  /// Whether the node may send an ICMP error at this moment; counts it if so.
  mutating func takeError(at now: Instant) -> Bool {
    errorBucket?.take(at: now) ?? true
  }
}
