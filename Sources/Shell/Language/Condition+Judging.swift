import Statistics

extension Condition.HopCondition {
  func judge(_ hop: ResultFacts.HopFacts, of facts: ResultFacts) -> Condition.Finding {
    let place = "hop \(hop.ttl)"
    switch self {
    case .silent: return .init(holds: hop.isSilent, found: hop.isSilent ? "\(place) is silent" : "\(place) answered")
    case .roundTrip(let comparison, let limit):
      guard let slowest = hop.slowest else { return .init(holds: false, found: "\(place) is silent") }
      return .init(
        holds: comparison.holds(slowest, limit), found: "\(place) rtt \(Condition.milliseconds(slowest))")
    case .loss(let condition):
      return condition.judge(lost: hop.sent - hop.answered, of: hop.sent, "\(place) ")
    case .address(let address):
      return answering(hop, hop.addresses.contains(address), "address", hop.addresses)
    case .name(let pattern):
      guard facts.asksNames else { return .undecided("names were off") }
      let names = hop.responders.compactMap(\.name)
      return answering(hop, names.contains { Self.matches($0, pattern) }, "name", names)
    case .system(let number):
      guard facts.asksSystems else { return .undecided("AS numbers were off") }
      let systems = hop.responders.flatMap(\.systems)
      return answering(hop, systems.contains(number), "as", systems.map { "AS\($0)" })
    case .segment(let segment):
      let segments = hop.responders.compactMap(\.segment)
      guard !segments.isEmpty || hop.isSilent else { return .undecided("segments were off") }
      return answering(hop, segments.contains(segment), "segment", segments)
    case .marker(let marker):
      return answering(
        hop, hop.markers.contains { Condition.matches($0, marker: marker) }, "marker", hop.markers)
    case .finding(let finding):
      return .init(
        holds: hop.findings.contains(finding),
        found: hop.findings.isEmpty ? "\(place) has no finding" : "\(place) finding \(Self.list(hop.findings))")
    }
  }

  /// What is found of those who answered; a silent hop has nobody to ask about.
  private func answering(
    _ hop: ResultFacts.HopFacts, _ holds: Bool, _ what: String, _ values: [String]
  ) -> Condition.Finding {
    let found =
      hop.isSilent
      ? "is silent" : values.isEmpty ? "has no \(what == "as" ? "AS" : what)" : "\(what) \(Self.list(values))"
    return .init(holds: holds, found: "hop \(hop.ttl) \(found)")
  }

  private static func list(_ values: [String]) -> String {
    var shown: [String] = []
    for value in values where !shown.contains(value) { shown.append(value) }
    return shown.joined(separator: ", ")
  }

  /// Names compare without regard to case and to a dot at the end (RFC 4343); `*.example.net` stands for any name below.
  static func matches(_ name: String, _ pattern: String) -> Bool {
    func canonical(_ text: String) -> Substring {
      let lower = text.lowercased()
      return lower.hasSuffix(".") ? lower.dropLast() : lower[...]
    }
    let wanted = canonical(pattern)
    return wanted.hasPrefix("*.") ? canonical(name).hasSuffix(wanted.dropFirst()) : canonical(name) == wanted
  }
}

extension Condition.Waypoint {
  func judge(_ facts: ResultFacts) -> Condition.Finding {
    let responders = facts.hops.flatMap(\.responders)
    switch self {
    case .system(let number):
      guard facts.asksSystems else { return .undecided("AS numbers were off") }
      let systems = responders.flatMap(\.systems)
      return finding(systems.contains(number), systems.map { "AS\($0)" }, none: "no hop of a known AS")
    case .address(let address):
      let addresses = responders.map(\.address)
      return finding(addresses.contains(address), addresses, none: "no hop answered")
    case .name(let pattern):
      guard facts.asksNames else { return .undecided("names were off") }
      let names = responders.compactMap(\.name)
      return finding(
        names.contains { Condition.HopCondition.matches($0, pattern) }, names, none: "no hop has a name")
    }
  }

  /// What is found is the path, each stretch once.
  private func finding(_ holds: Bool, _ stations: [String], none: String) -> Condition.Finding {
    var path: [String] = []
    for station in stations where path.last != station { path.append(station) }
    return .init(holds: holds, found: path.isEmpty ? none : "path through \(path.joined(separator: ", "))")
  }
}

extension Condition.LossCondition {
  /// Judges a number of lost probes.
  ///
  /// With a confidence the Wilson interval of the share must lie wholly on one side of the limit; where the limit is inside
  /// it, so few probes cannot tell.
  func judge(lost: Int, of sent: Int, _ place: String) -> Condition.Finding {
    let counted = sent == 0 ? 0 : Double(lost) * 100 / Double(sent)
    let found = "\(place)loss \(Condition.percent(counted))"
    guard let confidence else { return .init(holds: comparison.holds(counted, percent), found: found) }
    let z = NormalQuantile.twoSided(confidence / 100)
    let interval = WilsonInterval(successes: lost, of: sent, z: z)
    let (lower, upper) = (interval.lower * 100, interval.upper * 100)
    let isBelow = comparison == .less ? upper < percent : upper <= percent
    let isAbove = comparison == .greater ? lower > percent : lower >= percent
    let wantsLess = comparison == .less || comparison == .lessOrEqual
    let ends =
      "\(found), \(lost) of \(Condition.count(sent, "probe")): \(Condition.percent(lower)) to \(Condition.percent(upper)) "
      + "with confidence \(Condition.percent(confidence))"
    guard isBelow || isAbove else { return .undecided(ends + moreProbes(z, wantsLess: wantsLess)) }
    return .init(holds: wantsLess ? isBelow : isAbove, found: ends)
  }

  /// More than anybody sends to find out.
  private static let mostProbes = 1_000_000.0

  /// How many probes would do if none were lost.
  private func moreProbes(_ z: Double, wantsLess: Bool) -> String {
    guard wantsLess, percent > 0 else { return ", which cannot tell" }
    let share = percent / 100
    let least = (z * z * (1 - share) / share).rounded(.down) + 1
    guard least <= Self.mostProbes else { return ", which cannot tell" }
    return ", which cannot tell; \(Int(least)) probes without a loss could"
  }
}
