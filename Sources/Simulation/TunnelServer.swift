import SystemIO
import Time

/// Serves a simulated network behind a TUN device in real time, on the calling thread.
///
/// Each turn hands out what is due, takes what has come, and waits for the next of either (`Punctuality`).
package struct TunnelServer: ~Copyable {
  private var network: TunnelNetwork
  private let device: TunnelDevice
  private var lateness = LatenessRecord()
  private var failedWrites = 0
  private let hear: ([UInt8]) -> Topology?
  private var buffer = [UInt8](repeating: 0, count: Self.longestDatagram)

  /// The most that fits an IP datagram.
  private static let longestDatagram = 65_535
  /// Datagrams taken, and answers handed out, before the other is looked at: about 0.2 ms of either.
  private static let batch = 64
  /// Turns without a wait after which the end is looked for.
  private static let turnsBetweenLooks = 256

  /// - Parameters:
  ///   - device: used by nobody else.
  ///   - seed: decides jitter, losses and failures.
  ///   - hear: is given what is written to standard input, piece by piece; returns another form of the network, with
  ///     which it goes on, or nil.
  package init(
    _ topology: Topology, seed: UInt64, device: consuming TunnelDevice,
    hear: @escaping ([UInt8]) -> Topology? = { _ in nil }
  ) {
    self.hear = hear
    network = TunnelNetwork(topology, seed: seed)
    self.device = device
  }

  /// Serves until a signal ends it or standard input does.
  package mutating func run() {
    var turns = 0
    while true {
      // Both, always: `||` would leave the second out.
      let hasHandedOut = handOut()
      let hasWorked = takeIn() || hasHandedOut
      turns += 1
      if hasWorked, turns < Self.turnsBetweenLooks { continue }
      let isAnswer = network.isAnswerNext
      if !hasWorked, Punctuality.isSoon(network.nextEventTime, isAnswer: isAnswer) { continue }
      turns = 0
      let next = network.nextEventTime.map { Punctuality.wakeTime(before: $0, isAnswer: isAnswer) }
      let moment = hasWorked ? Instant.zero : next
      switch device.wait(until: moment) {
      case .work: break
      case .told(let bytes): if let topology = hear(bytes) { network.apply(topology) }
      case .end: return
      }
    }
  }

  /// Hands out what is due, up to a batch.
  ///
  /// - Returns: whether there was anything to do.
  private mutating func handOut() -> Bool {
    guard let next = network.nextEventTime, next <= MonotonicClock.now else { return false }
    for _ in 0..<Self.batch {
      guard let answer = network.takeAnswer(by: MonotonicClock.now) else { break }
      if device.write(answer.datagram) {
        lateness.add(MonotonicClock.now - answer.due)
      } else {
        failedWrites += 1
      }
    }
    return true
  }

  /// Takes what the kernel has sent, up to a batch.
  ///
  /// - Returns: whether there was anything.
  private mutating func takeIn() -> Bool {
    for taken in 0..<Self.batch {
      guard let count = device.read(into: &buffer) else { return taken > 0 }
      network.send(buffer, count: count, at: MonotonicClock.now)
    }
    return true
  }

  /// What was carried, and how late answers were, as one line of JSON.
  package var report: String {
    let counts = network.counts
    return """
      {"carried":\(counts.carried),"ignored":\(counts.ignored),"malformed":\(counts.malformed),\
      "refused":\(counts.refused),"answers":\(counts.answers),"failed_writes":\(failedWrites),\
      "lateness":\(lateness.json)}
      """
  }
}
