import Enrichment
import Packets
import Time

extension LabZone {
  /// How long the records of a zone hold, as its name server says: an hour, the usual value.
  static let recordLifetime = Duration.seconds(3_600)

  /// What the network knows, at once and without a fault; `LabResolver` adds the time and the trouble.
  ///
  /// Every answer's source is the lab. Places are absent: a simulated network is nowhere. An origin has its AS's name
  /// only for the sources that keep both together, so that a question of Team Cymru's kind needs its second one here
  /// too.
  package func answer(to question: Question) -> Answer {
    switch question {
    case .name(let address): answer(name(of: address).map { .name($0) }, lifetime: Self.recordLifetime)
    case .origin(let address, let source): answer(origin(of: address, source), lifetime: Lifetime.ofOrigins)
    case .asName(let number): answer(origins.system(number).map { .asName($0.name) }, lifetime: Lifetime.ofOrigins)
    case .publicAddress(let family):
      answer(publicAddress(family).map { .publicAddress($0) }, lifetime: Lifetime.ofOrigins)
    case .place: answer(nil, lifetime: Lifetime.ofAbsence)
    }
  }

  /// - Parameter content: nil for what is not there.
  private func answer(_ content: Answer.Content?, lifetime: Duration) -> Answer {
    Answer(content ?? .absent, from: .lab, lifetime: content == nil ? Lifetime.ofAbsence : lifetime)
  }

  private func origin(of address: IPAddress, _ source: OriginSource) -> Answer.Content? {
    guard let announcement = origins.announcement(of: address), let first = announcement.systems.first else {
      return nil
    }
    let name: String? =
      switch source {
      case .cymru: nil
      case .maxMind, .table: first.name
      }
    return .origin(
      Origin(
        asns: announcement.systems.map(\.number), prefix: announcement.prefix, country: first.country,
        registry: first.registry, name: name))
  }
}
