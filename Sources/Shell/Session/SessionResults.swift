import Lexing
import Probing
import Results

/// The results of a session: `%1`, `%2`, `%last`, and the names given by `as`.
package struct SessionResults: Sendable {
  package struct Entry: Sendable {
    package let number: Int
    package let name: String?
    package internal(set) var content: Content
    /// Whether the store took it, so that its id lasts.
    package let isStored: Bool
    /// Whether this session's own sockets made it; one that was loaded comes from others.
    package internal(set) var isOwn = false

    /// Whether its packets had to go; where it is stored, the store has them.
    package internal(set) var hasLostPackets = false

    /// What conditions are judged by; nil for a comparison.
    package var facts: ResultFacts? { content.facts }
  }

  package enum Content: Sendable {
    case trace(TraceResult)
    /// A ping keeps its statistics, and the round-trip times as the facts of one hop.
    case ping(PingResult, ResultFacts)
    case comparison(ComparisonResult)

    /// What conditions are judged by; nil for a comparison, which has no path of its own.
    package var facts: ResultFacts? {
      switch self {
      case .trace(let result): ResultFacts(result)
      case .ping(_, let facts): facts
      case .comparison: nil
      }
    }

    /// Probes and replies that are kept with it.
    fileprivate var packetCount: Int {
      switch self {
      case .trace(let result): result.packets.count
      case .ping, .comparison: 0
      }
    }

    /// Whether there is a path to compare.
    var isTrace: Bool {
      switch self {
      case .trace: true
      case .ping, .comparison: false
      }
    }

    /// The permanent id; nil for a ping, which is not stored.
    package var id: ResultID? {
      switch self {
      case .trace(let result): result.id
      case .comparison(let result): result.id
      case .ping: nil
      }
    }
  }

  /// The most results kept; the oldest goes first. A result of 30 hops is about 10 kB, and its packets take some 20 kB more.
  package static let limit = 1_000
  /// The most packets kept of all results together: of two thousand such paths. Beyond it the oldest results lose theirs here; in the store they
  /// keep them.
  package static let mostPackets = 1 << 17

  /// Oldest first, by their numbers.
  package private(set) var entries: [Entry] = []
  private var lastNumber = 0

  package init() {}

  package var last: Entry? { entries.last }

  /// Every word that stands for a result.
  package var references: [String] {
    guard !entries.isEmpty else { return [] }
    return ["%last"] + names.map { "%\($0)" } + entries.map { "%\($0.number)" }
  }

  private var names: [String] {
    Set(entries.compactMap(\.name)).sorted()
  }

  /// Keeps a result; a name that is used again then means the newer one.
  ///
  /// - Parameters:
  ///   - isStored: whether the store took it.
  ///   - isOwn: whether it was made by this session's own sockets.
  /// - Returns: its number.
  @discardableResult
  package mutating func add(_ content: Content, name: String?, isStored: Bool, isOwn: Bool = false) -> Int {
    if entries.count == Self.limit { entries.removeFirst() }
    makeRoom(for: content.packetCount)
    lastNumber += 1
    entries.append(Entry(number: lastNumber, name: name, content: content, isStored: isStored, isOwn: isOwn))
    return lastNumber
  }

  /// Has the oldest results give up their packets until so many more have room.
  private mutating func makeRoom(for count: Int) {
    var total = entries.reduce(count) { $0 + $1.content.packetCount }
    for index in entries.indices where total > Self.mostPackets {
      guard case .trace(var result) = entries[index].content else { continue }
      total -= result.packets.count
      guard !result.packets.isEmpty else { continue }
      result.packets = PacketRecord()
      entries[index].content = .trace(result)
      entries[index].hasLostPackets = true
    }
  }

  /// Changes a trace that is still kept, when more has come of it after its end.
  package mutating func updateTrace(_ number: Int, _ change: (inout TraceResult) -> Void) {
    guard let index = entries.firstIndex(where: { $0.number == number }),
      case .trace(var result) = entries[index].content
    else { return }
    change(&result)
    entries[index].content = .trace(result)
  }

  /// Forgets results; their numbers are not given again.
  package mutating func remove(_ numbers: Set<Int>) {
    entries.removeAll { numbers.contains($0.number) }
  }

  /// The result of this session that a word with `%` stands for.
  ///
  /// - Parameter isMeant: what `%last` may be: a command that can do nothing with a comparison means the last result before.
  /// - Throws: a diagnostic, still without a place.
  package func find(
    _ reference: String, last isMeant: (Content) -> Bool = { _ in true }
  ) throws(Diagnostic) -> Entry {
    guard reference.hasPrefix("%"), reference.count > 1 else {
      throw Diagnostic("'\(reference)' is not a result", try: "%1, %last, the name given by 'as', or an id like @k7f3")
    }
    guard let last else { throw Diagnostic("there is no result yet", try: "'trace TARGET' makes one") }
    let name = String(reference.dropFirst())
    if name == "last" { return entries.last { isMeant($0.content) } ?? last }
    if let number = Int(name) {
      guard let entry = entries.last(where: { $0.number == number }) else {
        throw Diagnostic(
          "there is no result \(reference)", why: "results go from %\(entries[0].number) to %\(last.number)")
      }
      return entry
    }
    guard let entry = entries.last(where: { $0.name == name }) else {
      let meant = Spelling.nearest(to: name, among: names)
      throw Diagnostic("no result is named '\(name)'", try: meant.map { "'%\($0)'" } ?? "'results' lists them")
    }
    return entry
  }
}
