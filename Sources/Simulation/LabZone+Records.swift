import NameWire
import Packets
import Time

/// The zone as DNS records: what the network's name server says to real questions.
extension LabZone {
  /// The answer to a question: addresses of names, names of addresses, and origins and AS names in Team Cymru's form.
  ///
  /// - Returns: no error and no records for a name that has none of the type; no such name for any other.
  func records(for asked: NameMessage.Asked) -> (code: ResponseCode, answers: [NameRecord]) {
    guard let known = known(asked.name) else { return (.noSuchName, []) }
    let type = asked.known?.type
    let contents = known.filter { $0.type == type }
    return (
      .noError, contents.map { NameRecord(asked.name, timeToLive: Self.timeToLive, $0) }
    )
  }

  private static let timeToLive = UInt32(recordLifetime.nanoseconds / 1_000_000_000)

  /// Everything that a name has, of whatever type; nil when there is no such name.
  private func known(_ name: DomainName) -> [NameRecord.Content]? {
    switch ReverseName(name) {
    case .pointer(let address)?: self.name(of: address).flatMap(Self.domainName).map { [.pointer($0)] }
    case .origin(let address)?: origins.announcement(of: address).map { [.text(Self.text($0))] }
    case .asName(let number)?: origins.system(number).map { [.text(Self.text($0))] }
    case nil: addressesOrBranch(name)
    }
  }

  /// The addresses of a name; none for one that has only names below it.
  private func addressesOrBranch(_ name: DomainName) -> [NameRecord.Content]? {
    let text = name.description
    let addresses = addresses(of: text)
    guard addresses.isEmpty else { return addresses.map { .address($0) } }
    return isBranch(text) ? [] : nil
  }

  private static func domainName(_ text: String) -> DomainName? {
    do throws(DomainNameError) {
      return try DomainName(text)
    } catch {
      // The statements take only names that DNS can carry.
      return nil
    }
  }

  /// `64500 64501 | 198.18.0.0/16 | IE | ripencc | `: origins, prefix, country, registry, and a date that nobody knows.
  private static func text(_ announcement: OriginTable.Announcement) -> [UInt8] {
    let first = announcement.systems.first
    let numbers = announcement.systems.map { String($0.number) }.joined(separator: " ")
    return Array("\(numbers) | \(announcement.prefix) | \(first?.country ?? "") | \(first?.registry ?? "") | ".utf8)
  }

  /// `64500 | IE | ripencc |  | EXAMPLE-NET, IE`.
  private static func text(_ system: AutonomousSystem) -> [UInt8] {
    let name = system.country.map { "\(system.name), \($0)" } ?? system.name
    return Array("\(system.number) | \(system.country ?? "") | \(system.registry ?? "") |  | \(name)".utf8)
  }
}
