import Enrichment
import Packets

/// What enrichment brings, written as text, one event a line:
///
///      192.0.2.9 ae8.example.net 64500=EXAMPLE,ZZ    an address, its name, its origin
///      192.0.2.9 … 64500/64501=EXAMPLE               not known yet; two origins
///      192.168.1.1 none =private_network             no name; a special-purpose range
///      192.0.2.9 - -                                 both off
///      192.0.2.9 fail fail                           nothing came
///      public 198.51.100.7                           this host's public address; `…` and `fail` too
///      waited 192.0.2.9                              the wait for an address is over; `waited public` too
///
/// An underscore in the name of an origin stands for a space.
package enum KnowledgeLines {
  private static let failure = LookupFailure(.timedOut, "no answer within 6 s")

  /// The events, a line after the other.
  package static func events(_ text: String) -> [EnrichmentEvent] {
    text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ").map(String.init)
      guard let first = words.first else { return nil }
      guard words.count > 1 else { preconditionFailure("A line of knowledge has two words at least: \(line)") }
      switch first {
      case "public": return .publicAddress(.ipv4, fact(words[1]) { address($0) })
      case "waited":
        return .waited(words[1] == "public" ? .publicAddress(.ipv4) : .address(address(words[1])))
      default:
        let origin: Fact<Origin> = words.count > 2 ? fact(words[2], origin) : .skipped(.off)
        return .annotated(
          address(first), Annotation(name: fact(words[1]) { $0 }, origin: origin, place: .skipped(.off)))
      }
    }
  }

  /// An address of which a name and an origin are known, for those that do not fit in a line.
  package static func event(_ address: IPAddress, name: String?, origin: Origin?) -> EnrichmentEvent {
    .annotated(
      address,
      Annotation(
        name: name.map { .known($0, source: .dns, age: .zero) } ?? .skipped(.off),
        origin: origin.map { .known($0, source: .cymru, age: .zero) } ?? .skipped(.off), place: .skipped(.off)))
  }

  private static func fact<Value>(_ word: String, _ value: (String) -> Value) -> Fact<Value> {
    switch word {
    case "…": .pending
    case "-": .skipped(.off)
    case "none": .absent(source: .dns, age: .zero)
    case "fail": .failed(failure)
    default: .known(value(word), source: .dns, age: .zero)
    }
  }

  private static func address(_ word: String) -> IPAddress {
    guard let address = IPAddress(word) else { preconditionFailure("'\(word)' is no address.") }
    return address
  }

  /// Reads `64500/64501=EXAMPLE,ZZ`.
  private static func origin(_ word: String) -> Origin {
    let parts = word.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
    let asns = parts[0].split(separator: "/").compactMap { UInt32($0) }
    let words = parts.dropFirst().first?.replacing("_", with: " ").split(separator: ",").map(String.init) ?? []
    return Origin(asns: asns, prefix: nil, country: words.dropFirst().first, name: words.first)
  }
}
