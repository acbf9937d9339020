import Packets

/// What an enricher can be waited for.
package enum EnrichmentSubject: Hashable, Sendable {
  case address(IPAddress)
  /// This host's public address in a family.
  case publicAddress(AddressFamily)
  /// An AS by its number.
  case system(UInt32)
}

/// Something about a source of answers that the user should know, said once a session.
package struct LookupNote: Hashable, Sendable {
  /// What happened: "cannot keep answers from one session to the next".
  package let problem: String
  /// Why.
  package let reason: String
  /// What to do.
  package let advice: String?

  package init(_ problem: String, reason: String, advice: String? = nil) {
    self.problem = problem
    self.reason = reason
    self.advice = advice
  }
}

/// One thing that has become known while a command runs. What is shown and stored are folds of these.
package enum EnrichmentEvent: Hashable, Sendable {
  /// What is known about an address now; comes again whenever more is.
  case annotated(IPAddress, Annotation)
  /// This host's public address in a family; comes again when it is known.
  case publicAddress(AddressFamily, Fact<IPAddress>)
  /// The name of an AS; comes again when it is known.
  case system(UInt32, Fact<String>)
  /// The wait for a subject is over although something about it is still pending. It may still come.
  case waited(EnrichmentSubject)
  case noted(LookupNote)
  /// Something was asked or answered, when the request wants to know (`EnrichmentRequest.keepsMoments`).
  case moment(LookUpMoment)
}
