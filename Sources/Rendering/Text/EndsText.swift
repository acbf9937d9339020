import Enrichment
import Packets
import Results
import Tracing

/// What is said below a trace about its two ends: this host's provider, and the network of the target.
///
///     public address 198.51.100.7 (dsl-7.example.net), provider AS64500 EXAMPLE, IE
///     destination AS64510 EXAMPLE-DC, CA
struct EndsText {
  let result: TraceResult

  var lines: [StyledLine] {
    if case .failed? = result.trace.end { return [] }
    return [provider, destination, missing].compactMap { $0 }
  }

  private var provider: StyledLine? {
    guard let address = result.publicAddress else { return nil }
    let annotation = result.enrichment.annotations[address]
    var line = StyledLine("public address ", .dim)
    line.append(address.description, .address)
    if let name = annotation?.name.value { line.append(" (\(SafeText.escape(name)))", .name) }
    if let origin = result.ispOrigin { line.append(", provider \(SafeText.escape(AnnotationText.text(origin)))", .dim) }
    return line
  }

  private var destination: StyledLine? {
    result.destinationOrigin.map { StyledLine("destination \(SafeText.escape(AnnotationText.text($0)))", .dim) }
  }

  /// Why segments tell less than they could, and what to do about it.
  private var missing: StyledLine? {
    let kinds = result.enrichment.request.kinds
    guard kinds.contains(.segments) else { return nil }
    guard kinds.contains(.autonomousSystems) else {
      return note("without AS numbers, segments tell the LAN and little else; 'enrich as on' asks for them")
    }
    switch result.enrichment.publicAddresses[result.method.family] {
    case .failed(let failure)?:
      return note(
        "the public address is not known (\(SafeText.escape(failure.reason))), so segments cannot tell the provider; "
          + "'set public-ip ADDRESS' states it")
    case .pending?: return note("the public address was not known in time, so segments cannot tell the provider")
    case .absent?:
      return note(
        "this network states no public address, so segments cannot tell the provider; 'set public-ip ADDRESS' states it"
      )
    case .known?, .skipped?: return nil
    case nil:
      guard !kinds.contains(.isp) else { return nil }
      return note("without the public address, segments cannot tell the provider; 'enrich isp on' asks for it")
    }
  }

  private func note(_ text: String) -> StyledLine { StyledLine("note: \(text)", .dim) }
}
