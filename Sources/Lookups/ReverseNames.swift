import Enrichment
import NameWire
import Packets

/// The names of addresses, from their PTR records (RFC 1035 section 3.5, RFC 3596 section 2.5).
package enum ReverseNames {
  /// Asks for the name of an address, on the resolver's loop.
  ///
  /// - Parameter completion: called once, on the loop's thread, with `name`, `absent` or `failed`. Of several names it is the
  ///   first in the order of their texts: servers rotate records, and a hop should not change its name from trace to trace.
  ///   The text is safe to show: see `DomainName.description`.
  package static func name(
    of address: IPAddress, using resolver: Resolver, completion: @escaping @Sendable (Answer) -> Void
  ) {
    resolver.ask(NameQuestion(ReverseName.pointer(address).domainName, .ptr)) { result in
      switch result {
      case .success(let found):
        // The root is what some zones say of an address without a name.
        let names = found.contents.compactMap { content in
          if case .pointer(let name) = content, name != .root { name.description } else { nil }
        }
        guard let name = names.min() else { return completion(.absent(from: .dns)) }
        completion(Answer(.name(name), from: .dns, lifetime: found.timeToLive.clamped(to: Lifetime.ofNames)))
      case .failure(let failure):
        completion(.failed(failure, from: .dns))
      }
    }
  }
}

extension Answer {
  /// That there is none.
  static func absent(from source: FactSource) -> Answer {
    Answer(.absent, from: source, lifetime: Lifetime.ofAbsence)
  }

  /// That nobody knows whether there is one.
  static func failed(_ failure: LookupFailure, from source: FactSource) -> Answer {
    Answer(.failed(failure), from: source, lifetime: Lifetime.ofFailure)
  }
}

extension Duration {
  fileprivate func clamped(to range: ClosedRange<Duration>) -> Duration {
    min(max(self, range.lowerBound), range.upperBound)
  }
}
