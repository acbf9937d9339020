import Packets
import Tracing

/// An address in one network: labs use the same addresses for different hosts.
struct NetworkAddress: Hashable, Sendable {
  /// As `Network.name` gives it.
  var network: String
  var address: IPAddress
}

/// The targets used before, for completion, and how far away each was, so that the next trace launches no more than it needs.
package struct TargetMemory: Sendable {
  /// As many as completion can offer usefully; the one not used for longest goes first.
  package static let limit = 500

  /// As typed, the one used last at the end.
  package private(set) var names: [String] = []
  private var distances: [NetworkAddress: TTL] = [:]

  package init() {}

  package mutating func use(_ name: String) {
    if let index = names.firstIndex(of: name) { names.remove(at: index) }
    if names.count == Self.limit { names.removeFirst() }
    names.append(name)
  }

  /// The TTL at which an address answered last; nil when it has not.
  func distance(of address: NetworkAddress) -> TTL? { distances[address] }

  mutating func setDistance(of address: NetworkAddress, to ttl: TTL?) {
    if distances.count >= Self.limit, distances[address] == nil { distances.removeAll(keepingCapacity: true) }
    distances[address] = ttl
  }
}
