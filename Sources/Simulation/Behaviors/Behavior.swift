import Lexing

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

  /// The words of behaviours that mean the opposite, or leave this one nothing to do: both at once are a mistake.
  static var excluded: [String] { get }

  /// Whether one node can have several: another comes on top of the first.
  static var isRepeatable: Bool { get }

  /// Whether it is about what passes a node, and so says nothing about the host where traces start.
  static var isAboutPassing: Bool { get }

  /// Reads what follows the word.
  init(reading words: inout WordReader) throws(Diagnostic)

  /// Makes a link behave so. Called for behaviours that a link can have.
  func shape(_ link: inout LinkModel)

  /// Makes a node behave so. Called for behaviours that a node can have.
  func shape(_ node: inout NodeModel)

  /// Makes a name server behave so. Called for behaviours that a resolver can have.
  func shape(_ resolver: inout ResolverModel)

  /// The nodes that it names, which `TopologyBuilder.finish` looks for.
  var mentions: [NodeMention] { get }

  /// As it is written in a `lab` command: reading it again gives the same behaviour.
  var description: String { get }
}

extension Behavior {
  package func shape(_ link: inout LinkModel) {}
  package func shape(_ node: inout NodeModel) {}
  package func shape(_ resolver: inout ResolverModel) {}
  package static var excluded: [String] { [] }
  package static var isRepeatable: Bool { false }
  package static var isAboutPassing: Bool { false }
  package var mentions: [NodeMention] { [] }

  /// A share as it is written: 5% or 0.25%.
  static func text(percent: Double) -> String {
    let whole = Int(percent)
    return "\(Double(whole) == percent ? String(whole) : decimal(percent))%"
  }

  /// A number between 0 and 100 without an exponent, which no statement may have: 0.00001, not 1e-05.
  private static func decimal(_ number: Double) -> String {
    let text = number.description
    guard let mark = text.firstIndex(of: "e"), let exponent = Int(text[text.index(after: mark)...]) else { return text }
    let digits = text[..<mark].filter { $0 != "." }
    return "0." + String(repeating: "0", count: -exponent - 1) + digits
  }
}

/// A node that a behaviour names, and where.
package struct NodeMention: Hashable, Sendable {
  package let name: String
  /// The word in which it stands.
  package let word: LabWord
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
    Cost.self,
    MTU.self,
    Silence.self,
    Answering.self,
    RateLimit.self,
    OtherSource.self,
    QuoteLimit.self,
    Balancing.self,
    ReturnWay.self,
    StaticRouting.self,
    SourceNAT.self,
    DestinationNAT.self,
    LabelSwitching.self,
    KeptTTL.self,
    ZeroTTL.self,
    Dropping.self,
    Prohibition.self,
    Duplication.self,
    Lateness.self,
    Corruption.self,
    Forgery.self,
    ServerFailure.self,
    Refusal.self,
  ]

  /// The behaviour that a word begins; nil for a word that begins none.
  package static func named(_ word: String) -> (any Behavior.Type)? {
    all.first { $0.word == word }
  }
}
