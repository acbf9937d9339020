import Packets
import Tracing

/// Finds the traces in a capture.
///
/// # Theory of operation
///
/// Echo requests, UDP datagrams and TCP SYNs are gathered by source, destination and protocol, and echo requests by their
/// identifier too. Such a group is a trace, or several one after the other: where it pauses for `pause`, a new one begins.
/// What shows a trace is a time exceeded that quotes one of its probes, or TTLs from the low ones up: ordinary traffic has one
/// TTL, and gets none exceeded.
///
/// An answer is matched by what it quotes. Destination, protocol, and identifier and number or the ports must be those of
/// the probe; tools that keep the ports (Paris) tell their probes by IPv4 identification, flow label, length, checksum or
/// payload, so of several candidates those remain that agree in each of these as far as it tells any apart. If several remain, the
/// only one that is still waited for is meant, or nobody knows which.
package struct TraceFinder {
  /// What separates two runs of one tool to one target: longer than any tool waits for an answer or between two cycles.
  static let pause: Int64 = 15_000_000_000
  /// How long a probe is waited for: traceroute's own 5 s.
  static let wait: Int64 = 5_000_000_000
  /// Most traces that are found in one capture.
  package static let mostTraces = 256
  /// Most probes of one trace: `ProbeID` counts attempts at a TTL, and the record of a trace has its bounds too.
  static let mostProbes = 8_000
  /// Highest TTL of a probe that is one by its TTL: ordinary packets leave with 64 or more.
  static let highestSearchTTL: UInt8 = 40

  fileprivate struct Group: Hashable {
    var source: IPAddress
    var destination: IPAddress
    var protocolName: ProbeProtocolName
    var identifier: UInt16?
  }

  /// Where a probe is: its run and its place there.
  fileprivate struct Place {
    var run: Int
    var index: Int
  }

  fileprivate struct Run {
    var group: Group
    var probes: [ForeignTrace.Probe] = []
    var datagrams: [CapturedDatagram] = []
    var unclear: [ForeignTrace.Packet] = []
    var hasExceeded = false
    /// Answers come later than probes, so these are searched backwards from the newest.
    var lastStamp: Int64 = 0
  }

  private var runs: [Run] = []
  private var current: [Group: Int] = [:]
  /// By protocol, destination and the words that tell probes apart: the newest last.
  private var places: [Key: [Place]] = [:]

  private struct Key: Hashable {
    var protocolName: ProbeProtocolName
    var destination: IPAddress
    var local: UInt16
    var other: UInt16
  }

  /// The traces in a capture, in the order in which they began.
  package static func traces(in file: CaptureFile) -> [ForeignTrace] {
    var finder = TraceFinder()
    var end = Int64.min
    for packet in file.packets {
      guard let datagram = CapturedDatagram(packet) else { continue }
      end = max(end, datagram.stamp)
      if let role = datagram.role { finder.take(datagram, role) }
    }
    let found = finder.runs.filter(\.isTrace).map { $0.trace(until: end) }.sorted { $0.began < $1.began }
    return Array(found.prefix(mostTraces))
  }

  private init() {}

  private mutating func take(_ datagram: CapturedDatagram, _ role: CapturedDatagram.Role) {
    switch role {
    case .probe(let name):
      if name == .udp, takeAnswer(datagram) { return }
      add(datagram, name)
    case .error(let quoted): matchError(datagram, quoted)
    case .echoReply(let identifier, let sequence):
      let key = Key(protocolName: .icmp, destination: datagram.source, local: identifier, other: sequence)
      matchWaiting(datagram, key, .echo)
    case .tcpAnswer(let local, let port, let sequence):
      let key = Key(protocolName: .tcp, destination: datagram.source, local: local, other: port)
      matchWaiting(datagram, key, .echo) { $0.sequence == sequence }
    }
  }

  /// A UDP datagram from a probed port is an answer.
  private mutating func takeAnswer(_ datagram: CapturedDatagram) -> Bool {
    guard let words = datagram.words else { return true }
    let key = Key(protocolName: .udp, destination: datagram.source, local: words.other, other: words.local)
    guard places[key] != nil else { return false }
    matchWaiting(datagram, key, .onlyOutstanding, isDatagram: true)
    return true
  }

  private mutating func add(_ datagram: CapturedDatagram, _ name: ProbeProtocolName) {
    guard let words = datagram.words, let ttl = TTL(Int(datagram.hopLimit)) else { return }
    let group = Group(
      source: datagram.source, destination: datagram.destination, protocolName: name,
      identifier: name == .icmp ? words.local : nil)
    var index = current[group]
    if let known = index, datagram.stamp - runs[known].lastStamp > Self.pause { index = nil }
    let run = index ?? runs.count
    if index == nil {
      runs.append(Run(group: group))
      current[group] = run
    }
    guard runs[run].probes.count < Self.mostProbes else { return }
    runs[run].lastStamp = datagram.stamp
    let packet = ForeignTrace.Packet(
      number: datagram.number, stamp: datagram.stamp, source: datagram.source, bytes: datagram.bytes,
      offset: datagram.offset)
    let key = Key(protocolName: name, destination: datagram.destination, local: words.local, other: words.other)
    places[key, default: []].append(Place(run: run, index: runs[run].probes.count))
    runs[run].probes.append(ForeignTrace.Probe(packet: packet, ttl: ttl))
    runs[run].datagrams.append(datagram)
  }

  private mutating func matchError(_ datagram: CapturedDatagram, _ quoted: QuotedDatagram) {
    let key: Key
    switch quoted.transport {
    case .icmp(let type, _, _, let identifier, let sequence):
      guard type == (datagram.family == .ipv4 ? ICMPType.echoRequest : ICMPv6Type.echoRequest) else { return }
      key = Key(protocolName: .icmp, destination: quoted.destination, local: identifier, other: sequence)
    case .udp(let source, let destination, _, _):
      key = Key(protocolName: .udp, destination: quoted.destination, local: source, other: destination)
    case .tcp(let source, let destination, _):
      key = Key(protocolName: .tcp, destination: quoted.destination, local: source, other: destination)
    case nil: return
    }
    var candidates = recent(key, before: datagram.stamp)
    for rule in QuoteRule.allCases where candidates.count > 1 {
      let agreeing = candidates.filter { rule.agrees(runs[$0.run].datagrams[$0.index], quoted, in: datagram) }
      if !agreeing.isEmpty { candidates = agreeing }
    }
    settle(datagram, candidates, .quote)
    for place in candidates.prefix(1) {
      let exceeded = datagram.family == .ipv4 ? ICMPType.timeExceeded : ICMPv6Type.timeExceeded
      if datagram.bytes[datagram.offset] == exceeded { runs[place.run].hasExceeded = true }
    }
  }

  private mutating func matchWaiting(
    _ datagram: CapturedDatagram, _ key: Key, _ by: PacketKey, isDatagram: Bool = false,
    where agrees: (CapturedDatagram) -> Bool = { _ in true }
  ) {
    let candidates = recent(key, before: datagram.stamp).filter { agrees(runs[$0.run].datagrams[$0.index]) }
    settle(datagram, candidates, by, isDatagram: isDatagram)
  }

  /// Probes of a key that an answer may be for: those that left before it, as long as anybody would wait.
  private func recent(_ key: Key, before stamp: Int64) -> [Place] {
    (places[key] ?? []).suffix(Self.mostCandidates).filter { place in
      let departure = runs[place.run].probes[place.index].packet.stamp
      return departure <= stamp && stamp - departure <= Self.pause
    }
  }

  /// Probes with one key that are looked at for an answer: tools that keep their ports have some tens in flight.
  private static let mostCandidates = 512

  private mutating func settle(
    _ datagram: CapturedDatagram, _ candidates: [Place], _ key: PacketKey, isDatagram: Bool = false
  ) {
    guard let first = candidates.first else { return }
    var packet = ForeignTrace.Packet(
      number: datagram.number, stamp: datagram.stamp, source: datagram.source, bytes: datagram.bytes,
      offset: datagram.offset, key: key, isDatagram: isDatagram)
    if candidates.count == 1 {
      runs[first.run].probes[first.index].answers.append(packet)
      return
    }
    let waiting = candidates.filter { place in
      let probe = runs[place.run].probes[place.index]
      return probe.answers.isEmpty && datagram.stamp - probe.packet.stamp <= Self.wait
    }
    guard waiting.count == 1, let place = waiting.first else {
      runs[first.run].unclear.append(packet)
      return
    }
    packet.key = .onlyOutstanding
    runs[place.run].probes[place.index].answers.append(packet)
  }
}

extension TraceFinder.Run {
  /// Whether it is a trace, and no ordinary traffic.
  fileprivate var isTrace: Bool {
    if hasExceeded { return true }
    let low = Set(probes.map(\.ttl.value).filter { $0 <= TraceFinder.highestSearchTTL })
    return low.count >= 3 && low.contains(where: { low.contains($0 &+ 1) && low.contains($0 &+ 2) })
  }

  /// - Parameter end: the stamp of the last packet in the capture.
  fileprivate func trace(until end: Int64) -> ForeignTrace {
    ForeignTrace(
      source: group.source, target: group.destination, protocolName: group.protocolName,
      tool: datagrams.first.flatMap { ToolSign.tool(of: $0) },
      probes: probes.sorted { ($0.packet.stamp, $0.packet.number) < ($1.packet.stamp, $1.packet.number) },
      unclear: unclear, captureEnd: end)
  }
}
