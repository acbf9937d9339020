import Enrichment
import Packets
import Time
import Tracing

/// Explains where a responder is said to be: its segment, its AS, its name, and who says so.
struct PlaceExplainer {
  let hop: HopExplainer

  private var record: EnrichmentRecord { hop.result.enrichment }

  /// One section for each responder of which something was asked.
  var sections: [ExplanationSection] {
    let segments = hop.result.segments
    let responders = hop.hop.responders
    return responders.prefix(Explanation.mostProbes).compactMap { responder in
      var sentences: [String] = []
      if let judgment = segments.judgment(hop.hop.ttl, responder.address) { sentences.append(segment(judgment)) }
      if let annotation = record.annotations[responder.address] { sentences += facts(annotation) }
      guard !sentences.isEmpty else { return nil }
      return ExplanationSection(responders.count > 1 ? "Where \(responder.address) is" : "Where it is", sentences)
    }
  }

  private func segment(_ judgment: SegmentJudgment) -> String {
    let provider = hop.result.ispOrigin?.asns.map { "AS\($0)" }.joined(separator: "/")
    let target = hop.result.destinationOrigin?.asns.map { "AS\($0)" }.joined(separator: "/")
    let why =
      switch judgment.reason {
      case .silent: "nobody answered"
      case .onLink: "its first 64 bits are those of this host's own address, so it is on the own link"
      case .special(let range): "\(range.prefix) is \(range.kind) space"
      case .systemOfProvider(let asn): "AS\(asn) is also the AS of this host's public address, the provider's"
      case .systemOfTarget(let asn): "AS\(asn) is also the AS of the target"
      case .target: "it is the target's own address"
      case .otherSystem:
        "its AS is neither the provider's\(provider.map { " (\($0))" } ?? "") nor the target's\(target.map { " (\($0))" } ?? "")"
      case .noSystem: "no AS is known of it, so it is of neither network"
      case .behindProvider: "its AS is not the target's, and a hop of the provider lies before it"
      case .providerUnknown: "its AS is not the target's, and nobody knows which AS is the provider's"
      case .systemsOff: "AS numbers are off, and without them nothing tells"
      case .between:
        "hops before it and behind it are of that segment, and a path does not leave a network to come back"
      }
    return "Segment \(judgment.segment.rawValue): \(why)."
  }

  private func facts(_ annotation: Annotation) -> [String] {
    [
      sentence("Name", annotation.name) { $0 },
      sentence("AS", annotation.origin) { origin in
        let numbers = origin.asns.map { "AS\($0)" }.joined(separator: "/")
        let words = [numbers.isEmpty ? nil : numbers, origin.name].compactMap { $0 }.joined(separator: " ")
        let prefix = origin.prefix.map { ", which announces \($0)" } ?? ""
        return words + (origin.asns.isEmpty ? "" : prefix)
      },
      sentence("Place", annotation.place) { place in
        [place.city, place.country ?? place.countryCode].compactMap { $0 }.joined(separator: ", ")
      },
    ].compactMap { $0 }
  }

  /// nil where nothing was asked, as nothing is to be explained then.
  private func sentence<Value>(_ what: String, _ fact: Fact<Value>, _ text: (Value) -> String) -> String? {
    switch fact {
    case .known(let value, let source, let age):
      let old = age >= .seconds(1) ? ", \(age.components.seconds) s old when it was used" : ""
      return "\(what): \(text(value)), by \(words(source))\(old)."
    case .absent(let source, _): return "\(what): none, by \(words(source))."
    case .failed(let failure): return "\(what): not known, \(failure.reason)."
    case .pending: return "\(what): asked, and no answer came before the end."
    case .skipped(.special): return "\(what): not asked, since the address means something in one place only."
    case .skipped(.queueFull): return "\(what): not asked, too many questions were open."
    case .skipped(.off), .skipped(.noSource): return nil
    }
  }

  private func words(_ source: FactSource) -> String {
    let family = hop.result.method.family
    return switch source {
    case .dns where family == .ipv6: "a name server (PTR, RFC 3596 section 2.5)"
    case .dns: "a name server (PTR, RFC 1035 section 3.5)"
    case .cymru: "Team Cymru's service over DNS"
    case .maxMind: "a MaxMind database on this machine"
    case .table: "a prefix table on this machine"
    case .stun: "a STUN server (RFC 8489)"
    case .setting: "a setting"
    case .lab: "the lab, which knows itself"
    case .special: "the registry of special-purpose addresses (RFC 6890)"
    }
  }
}
