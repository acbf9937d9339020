import Packets

/// Who announces which addresses of a simulated network: its routing table, as far as origins go.
struct OriginTable: Sendable {
  /// What is announced: a prefix, and the systems that originate it in the order of their statements.
  struct Announcement: Sendable {
    let prefix: Prefix
    var systems: [AutonomousSystem]
  }

  private var announcements: [Prefix: Announcement] = [:]
  private var systems: [UInt32: AutonomousSystem] = [:]
  /// The lengths in use, longest first, so that a look-up costs one hash a length and not one a bit.
  private let lengthsIPv4: [Int]
  private let lengthsIPv6: [Int]

  init(_ systems: [AutonomousSystem]) {
    for system in systems {
      self.systems[system.number] = system
      for prefix in system.prefixes {
        announcements[prefix, default: Announcement(prefix: prefix, systems: [])].systems.append(system)
      }
    }
    let prefixes = announcements.keys
    func lengths(_ family: AddressFamily) -> [Int] {
      Set(prefixes.filter { $0.address.family == family }.map(\.length)).sorted(by: >)
    }
    lengthsIPv4 = lengths(.ipv4)
    lengthsIPv6 = lengths(.ipv6)
  }

  /// The longest announced prefix that holds an address; nil when nobody announces it.
  func announcement(of address: IPAddress) -> Announcement? {
    let lengths =
      switch address.family {
      case .ipv4: lengthsIPv4
      case .ipv6: lengthsIPv6
      }
    for length in lengths {
      if let prefix = Prefix(address, length: length), let found = announcements[prefix] { return found }
    }
    return nil
  }

  /// The system of that number; nil when the network has none.
  func system(_ number: UInt32) -> AutonomousSystem? {
    systems[number]
  }
}
