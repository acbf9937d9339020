import Packets

/// Everything that enrichment has brought for one result: a fold of its events.
package struct EnrichmentRecord: Hashable, Sendable {
  package let request: EnrichmentRequest
  package private(set) var annotations: [IPAddress: Annotation] = [:]
  package private(set) var publicAddresses: [AddressFamily: Fact<IPAddress>] = [:]
  package private(set) var systems: [UInt32: Fact<String>] = [:]
  package private(set) var notes: [LookupNote] = []
  /// What was not waited for to the end.
  package private(set) var waited: Set<EnrichmentSubject> = []

  /// When what was asked and answered, in order; the first ones when there are too many.
  package private(set) var moments: [LookUpMoment] = []

  /// Most moments kept: of 255 hops with two responders each four questions and their answers.
  package static let mostMoments = 4_096

  package init(_ request: EnrichmentRequest) { self.request = request }

  package mutating func apply(_ event: EnrichmentEvent) {
    switch event {
    case .annotated(let address, let annotation): annotations[address] = annotation
    case .publicAddress(let family, let fact): publicAddresses[family] = fact
    case .system(let asn, let fact): systems[asn] = fact
    case .waited(let subject): waited.insert(subject)
    case .noted(let note): notes.append(note)
    case .moment(let moment): if moments.count < Self.mostMoments { moments.append(moment) }
    }
  }

  /// Whether nothing more needs to be waited for: what was wanted of it is known, or has been waited for.
  ///
  /// True for what the request does not ask about. False for what it does ask about and nothing has been said of: whoever asks
  /// is about to be told.
  package func isSettled(_ subject: EnrichmentSubject) -> Bool {
    if waited.contains(subject) { return true }
    return switch subject {
    case .address(let address): annotations[address]?.isComplete ?? !request.asksAboutAddresses
    case .publicAddress(let family): publicAddresses[family].map { !$0.isPending } ?? !request.kinds.contains(.isp)
    case .system(let asn): systems[asn].map { !$0.isPending } ?? false
    }
  }

  /// How many subjects have facts that are still pending.
  package var openCount: Int {
    annotations.values.count { !$0.isComplete } + publicAddresses.values.count { $0.isPending }
      + systems.values.count { $0.isPending }
  }
}
