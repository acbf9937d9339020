import Enrichment
import Packets
import Tracing

/// The segment of each responder of a path. Derived from the trace and what is known of its addresses, so that a stored
/// result shows the same; and so it may change while knowledge comes in.
package struct PathSegments: Hashable, Sendable {
  private struct Place: Hashable {
    let ttl: TTL
    let address: IPAddress
  }

  private var judgments: [Place: SegmentJudgment] = [:]

  /// The segments of a result; none when they are off.
  package init(_ result: TraceResult) {
    let record = result.enrichment
    guard record.request.kinds.contains(.segments) else { return }
    let classifier = SegmentClassifier(
      target: result.address, ispASNs: result.ispOrigin?.asns ?? [],
      destinationASNs: result.destinationOrigin?.asns ?? [],
      localIPv6: result.localAddress.flatMap { $0.family == .ipv6 ? $0 : nil },
      policy: record.request.specialAddresses)
    var places: [Place?] = []
    var entries: [SegmentClassifier.Entry] = []
    for hop in result.trace.path {
      let addresses = hop.responders.map(\.address).sorted()
      if addresses.isEmpty {
        places.append(nil)
        entries.append(SegmentClassifier.Entry(address: nil))
      }
      for address in addresses {
        places.append(Place(ttl: hop.ttl, address: address))
        entries.append(
          SegmentClassifier.Entry(address: address, origin: record.annotations[address]?.origin.value))
      }
    }
    // "TRANSIT" says that a hop is of neither network: without AS numbers nobody knows that.
    let knowsSystems = record.request.kinds.contains(.autonomousSystems)
    for (place, judgment) in zip(places, classifier.judgments(of: entries)) {
      guard let place else { continue }
      judgments[place] = judgment.segment == .transit && !knowsSystems ? .systemsOff : judgment
    }
  }

  /// Whether there are any.
  package var isEmpty: Bool { judgments.isEmpty }

  /// nil for one who is not on the path, and when segments are off.
  package subscript(ttl: TTL, address: IPAddress) -> Segment? { judgment(ttl, address)?.segment }

  /// The segment with the rule that gave it; nil as above.
  package func judgment(_ ttl: TTL, _ address: IPAddress) -> SegmentJudgment? {
    judgments[Place(ttl: ttl, address: address)]
  }
}

extension TraceResult {
  /// Where each responder lies; found anew each time.
  package var segments: PathSegments { PathSegments(self) }

  /// This host's public address in the family of the trace; nil when it is not known.
  package var publicAddress: IPAddress? { enrichment.publicAddresses[method.family]?.value }

  /// The AS of the public address: the provider. nil when it is not known.
  package var ispOrigin: Origin? {
    publicAddress.flatMap { enrichment.annotations[$0]?.origin.value }.flatMap { $0.asns.isEmpty ? nil : $0 }
  }

  /// The AS of the target; nil when it is not known or the target is of no AS.
  package var destinationOrigin: Origin? {
    enrichment.annotations[address]?.origin.value.flatMap { $0.asns.isEmpty ? nil : $0 }
  }

  /// Whether the row of a hop can be shown with all that will be known of it in time.
  ///
  /// Segments compare with the provider's and the target's AS, so these are waited for as well, no longer than they are
  /// themselves.
  package func isAnnotated(_ hop: Hop) -> Bool {
    guard hop.responders.allSatisfy({ enrichment.isSettled(.address($0.address)) }) else { return false }
    return enrichment.request.kinds.contains(.segments) ? areEndsAnnotated : true
  }

  /// Whether all that will be known in time is there.
  package var isAnnotated: Bool { areEndsAnnotated && trace.path.allSatisfy { isAnnotated($0) } }

  /// Whether the provider and the target's network are known, or have been waited for.
  private var areEndsAnnotated: Bool {
    enrichment.isSettled(.publicAddress(method.family)) && enrichment.isSettled(.address(address))
      && publicAddress.map { enrichment.isSettled(.address($0)) } ?? true
  }
}
