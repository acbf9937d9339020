import Enrichment
import Packets
import Probing
import SystemIO
import Time

/// What `lookup` and `publicip` want to know, and the wait for it.
struct AddressLookUp {
  /// Longer than any source takes: two servers of STUN, or name servers tried again and again; so it bounds only what has hung.
  private static let longest = Duration.seconds(60)

  let request: EnrichmentRequest
  var addresses: [IPAddress] = []
  var systems: [UInt32] = []
  var publicFamilies: [AddressFamily] = []

  /// - Parameter request: what is on does not matter: it is asked for by name.
  init(_ request: EnrichmentRequest) {
    var request = request
    request.kinds = [.names, .autonomousSystems, .geo, .isp]
    request.wait = Self.longest
    self.request = request
  }

  private func isSettled(_ record: EnrichmentRecord) -> Bool {
    let publicAddresses = publicFamilies.compactMap { record.publicAddresses[$0]?.value }
    return addresses.allSatisfy { record.isSettled(.address($0)) }
      && systems.allSatisfy { record.isSettled(.system($0)) }
      && publicFamilies.allSatisfy { record.isSettled(.publicAddress($0)) }
      && publicAddresses.allSatisfy { record.isSettled(.address($0)) }
  }

  /// Asks, and waits until everything is known or has failed. An interrupt ends the wait: then some is still pending.
  ///
  /// - Throws: `SystemError` when threads or descriptors are used up.
  func run(
    in network: SessionNetwork, of session: isolated Session
  ) async throws(SystemError) -> EnrichmentRecord {
    switch network.annotations {
    case .timed(let annotator): await run(try annotator.annotator(), session)
    case .rehearsed(let annotator): await run(annotator, network, session)
    }
  }

  private func run(_ annotator: Annotator, _ session: isolated Session) async -> EnrichmentRecord {
    var record = EnrichmentRecord(request)
    let now = MonotonicClock.now
    let run = annotator.begin(request, until: now + Self.longest)
    for address in addresses { if let event = run.offer(address, at: now) { record.apply(event) } }
    for asn in systems { run.wantSystem(asn, at: now) }
    for family in publicFamilies { run.wantPublicAddress(family, toward: nil, at: now) }
    let outer = session.beginWaiting(stop: { run.end() })
    if session.isInterrupted { run.end() }
    for await events in run.events {
      for event in events { record.apply(event) }
      if isSettled(record) { break }
    }
    run.end()
    session.endWaiting(outer)
    return record
  }

  private func run(
    _ annotator: RehearsedAnnotator, _ network: SessionNetwork, _ session: isolated Session
  ) async -> EnrichmentRecord {
    let (record, waited) = annotator.use { rehearsal in
      var record = EnrichmentRecord(request)
      let start = rehearsal.now
      let client = rehearsal.begin(request, until: start + Self.longest)
      for address in addresses { rehearsal.offer(address, for: client, at: start) }
      for asn in systems { rehearsal.wantSystem(asn, for: client, at: start) }
      for family in publicFamilies { rehearsal.wantPublicAddress(family, toward: nil, for: client, at: start) }
      while true {
        let happened = rehearsal.advance(to: rehearsal.isWaitedFor ? .distantFuture : rehearsal.now)
        guard !happened.isEmpty else { break }
        for (_, event) in happened { record.apply(event) }
      }
      rehearsal.end(client)
      return (record, rehearsal.now - start)
    }
    if waited > .zero { await session.elapse(waited, in: network, lookUpsToo: false) }
    return record
  }
}
