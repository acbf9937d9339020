/// The floors of the house: a module may use only modules of lower floors, never one beside it.
///
/// A new module gets its place here, and the reason for it in its own documentation.
enum Floors {
  static let all: [(floor: Int, modules: [String])] = [
    (7, ["ftrsh"]),
    (6, ["Shell", "Terminal"]),
    (5, ["Sockets", "Simulation", "Approaches", "Lookups", "History", "Captures", "Rendering"]),
    (4, ["Results"]),
    (3, ["Probing", "Enrichment"]),
    (2, ["Tracing", "NameWire", "SystemIO"]),
    (1, ["Packets", "Lexing", "Time", "SQLite", "Statistics"]),
    (0, ["CSystemIO", "CLineEditor"]),
    // The ground: module maps of libraries that the system brings.
    (-1, ["CEditline", "CCares", "CMaxMindDB", "CSQLite", "CUring"]),
  ]

  /// The floor of each module, by name.
  static let byModule: [String: Int] = Dictionary(
    uniqueKeysWithValues: all.flatMap { floor in floor.modules.map { ($0, floor.floor) } })

  /// Says what is wrong with the dependencies of `targets`, one sentence each; empty when all go down.
  static func violations(in targets: [PackageDescription.Target]) -> [String] {
    targets.filter { $0.type != "test" }.flatMap { target -> [String] in
      guard let floor = byModule[target.name] else { return ["\(target.name) has no floor"] }
      return (target.targetDependencies ?? []).compactMap { dependency in
        guard let below = byModule[dependency] else { return "\(target.name) uses \(dependency), which has no floor" }
        guard below >= floor else { return nil }
        return "\(target.name) (floor \(floor)) uses \(dependency) (floor \(below))"
      }
    }
  }
}
