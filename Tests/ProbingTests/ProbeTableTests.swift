import Packets
import Testing
import Time
import Tracing

@testable import Probing

@Suite("ProbeTable")
struct ProbeTableTests {
  static func identity(_ sequence: UInt16, host: UInt32 = 1) -> WireIdentity {
    WireIdentity(
      protocolName: .icmp, destination: IPAddress(ipv4: 0xcb00_7100 + host), local: 7, sequence: sequence)
  }

  static let probe = ProbeID(ttl: .first, attempt: 0)

  @Test("an identity is not given away again while it is kept, and is free afterwards")
  func noReuseWhileKept() throws {
    var table = ProbeTable()
    let end = Instant.zero + .seconds(5)
    let first = table.insert(Self.identity(1), tracer: 0, probe: Self.probe, keepUntil: end)
    let launch = try #require(first)
    let taken = table.insert(Self.identity(1), tracer: 1, probe: Self.probe, keepUntil: end)
    #expect(taken == nil)
    let other = table.insert(Self.identity(1, host: 2), tracer: 1, probe: Self.probe, keepUntil: end)
    #expect(other != nil)
    table.expire(at: end - .milliseconds(1)) { _ in }
    #expect(table.find(Self.identity(1))?.tracer == 0)
    var expired: [Int] = []
    table.expire(at: end) { expired.append($0) }
    #expect(expired == [0, 1])
    #expect(table.find(Self.identity(1)) == nil)
    #expect(table.find(launch) == nil)
    let again = table.insert(Self.identity(1), tracer: 2, probe: Self.probe, keepUntil: end)
    #expect(again != nil && again != launch)
    #expect(table.find(launch) == nil)
  }

  @Test("behaves as a dictionary does under random use", arguments: [1, 2, 3] as [UInt64])
  func againstModel(seed: UInt64) {
    var random = SplitMix(state: seed)
    var table = ProbeTable()
    var model: [WireIdentity: LaunchID] = [:]
    for step in 0..<20_000 {
      let identity = Self.identity(
        UInt16(random.next() % 2048), host: UInt32(random.next() % 3))
      if random.next() % 3 == 0, let launch = model.removeValue(forKey: identity) {
        table.remove(launch)
      } else if let launch = table.insert(identity, tracer: step, probe: Self.probe, keepUntil: .distantFuture) {
        #expect(model[identity] == nil, "seed \(seed): an identity in use was given away")
        model[identity] = launch
      } else {
        #expect(model[identity] != nil, "seed \(seed): a free identity was refused")
      }
    }
    #expect(table.count == model.count)
    for (identity, launch) in model {
      #expect(table.find(identity)?.identity == identity, "seed \(seed)")
      #expect(table.find(launch)?.identity == identity, "seed \(seed)")
    }
  }

  @Test("an echo answered from elsewhere is found by identifier and sequence number")
  func elsewhere() {
    var table = ProbeTable()
    _ = table.insert(Self.identity(9), tracer: 3, probe: Self.probe, keepUntil: .distantFuture)
    #expect(table.findAnswered(elsewhere: Self.identity(9, host: 77))?.tracer == 3)
    #expect(table.findAnswered(elsewhere: Self.identity(10, host: 77)) == nil)
  }
}

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): a seed is a reproduction.
struct SplitMix {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
