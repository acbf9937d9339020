import Enrichment
import Probing
import SystemIO

/// Why a target's name has no address for us.
struct TargetNameError: Error {
  /// What stands between a name and its addresses.
  enum Reason {
    /// There is no such name, or no address for it.
    case notFound
    /// The name has addresses, but none of the wanted family.
    case otherFamily
    /// The text can be no name: empty, too long, with bytes that no name has.
    case malformed
    /// Letters outside ASCII, whose ASCII form is what name servers know.
    case notASCII
    /// Digits and dots that are not a whole IPv4 address; the C library would silently read `10.1` as 10.0.0.1.
    case incompleteAddress
    /// An address with a zone (`fe80::1%eth0`): link-local paths have no hops, so it is refused instead of losing its zone.
    case scopedAddress
    /// The name servers do not say.
    case failed(LookupFailure)
    /// The machine refused a thread or descriptors.
    case system(SystemError)
  }

  /// As it was asked for.
  let name: String
  let reason: Reason

  init(_ name: String, _ reason: Reason) {
    self.name = name
    self.reason = reason
  }
}

extension NetworkFailure {
  /// What a person is told about a name that has no address.
  init(_ error: TargetNameError) {
    self.init(problem: "cannot find '\(error.name)'", reason: error.text, advice: error.advice)
  }
}

extension TargetNameError {
  fileprivate var text: String {
    switch reason {
    case .notFound: "no address is known for '\(name)'"
    case .otherFamily: "'\(name)' has no address of that family"
    case .malformed: "'\(name)' is no host name"
    case .notASCII: "'\(name)' has letters outside ASCII"
    case .incompleteAddress: "'\(name)' is no whole IPv4 address: write four numbers"
    case .scopedAddress: "'\(name)' names an interface: addresses with a zone are not supported"
    case .failed(let failure): Self.text(failure, name)
    case .system(let error): "cannot look up '\(name)': \(error)"
    }
  }

  private static func text(_ failure: LookupFailure, _ name: String) -> String {
    switch failure.kind {
    case .timedOut: "no name server answered for '\(name)'"
    case .refused, .serverFailed: "the name server failed for '\(name)': \(failure)"
    case .malformed, .unreachable, .unusable: "cannot look up '\(name)': \(failure)"
    case .cancelled: "the look-up of '\(name)' was cancelled"
    }
  }

  fileprivate var advice: String? {
    switch reason {
    case .notFound: "check the spelling; names under '.test' are the lab's"
    case .otherFamily: "'set family auto'"
    case .notASCII: "write its form that begins with 'xn--'"
    case .incompleteAddress: "write all four numbers, as in 192.0.2.1"
    case .scopedAddress: "leave the zone out, or take a global address"
    case .failed(let failure): Self.advice(failure)
    case .malformed, .system: nil
    }
  }

  private static func advice(_ failure: LookupFailure) -> String? {
    switch failure.kind {
    case .timedOut, .refused, .serverFailed, .unreachable:
      "'show enrich' says which name servers are asked, 'set dns.server ADDRESS' asks others"
    case .malformed, .unusable, .cancelled: nil
    }
  }
}
