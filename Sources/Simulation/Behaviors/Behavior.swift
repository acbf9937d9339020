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
  static var place: BehaviorPlace { get }

  /// Reads what follows the word.
  init(reading words: inout WordReader) throws(Diagnostic)

  /// Makes a link behave so. Called for behaviours whose place is a link.
  func shape(_ link: inout LinkModel)

  /// Makes a node behave so. Called for behaviours whose place is a node.
  func shape(_ node: inout NodeModel)

  /// As it is written in a `lab` command: reading it again gives the same behaviour.
  var description: String { get }
}

extension Behavior {
  package func shape(_ link: inout LinkModel) {}
  package func shape(_ node: inout NodeModel) {}
}

/// What a behaviour is a property of.
package enum BehaviorPlace: String, Sendable {
  case node
  case link
}

/// Every behaviour there is, in the order of `help lab`.
package enum Behaviors {
  package static let all: [any Behavior.Type] = [
    Delay.self,
    Jitter.self,
    Loss.self,
    Silence.self,
    RateLimit.self,
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
