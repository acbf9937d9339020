import Lexing
import Packets
import Probing
import Results
import Time
import Tracing

extension Session {
  /// `compare timeouts 30ms 70ms 1s TARGET`, `compare enrichment TARGET`, `compare protocols TARGET` and their like: one row a setting.
  ///
  /// - Parameter values: the timeouts; nothing for the other kinds, whose values are those that exist.
  func compareSettings(
    _ kind: RunComparison.Kind, _ values: [Invocation.Argument], _ call: Invocation, _ target: Invocation.Argument
  ) async throws(ShellError) {
    let variants = try variants(kind, values, call)
    let plan = try StudyPlan(call, target: target, in: self)
    guard kind != .sockets || plan.choice == .live else {
      throw call.wrong(
        "the lab has no sockets to compare", at: target.range, why: "its packets never leave the program",
        try: "'use live' and a target there")
    }
    plan.warn(in: self)
    do throws(NetworkFailure) {
      var rules: [StudyRule] = []
      var truth: [String: [Int]] = [:]
      // Asked for once: a name with several addresses would give rows another one each.
      var addresses: [FamilyPreference: [IPAddress]] = [:]
      for variant in variants {
        let rule = try await rule(variant, plan, &addresses)
        rules.append(rule)
        if let address = rule.request?.target.description, let known = try await plan.truth(rule.request, in: self) {
          // What any of the ways finds is there to be found by the others.
          truth[address] = Set(truth[address] ?? []).union(known).sorted()
        }
      }
      guard let first = rules.first(where: { $0.network != nil }), let network = first.network else {
        throw rules.compactMap(\.failure).first
          ?? NetworkFailure(problem: "cannot trace '\(target.text)'", reason: "no setting can be used")
      }
      guard rules.contains(where: { $0.failure == nil }) else {
        throw rules.compactMap(\.failure)[0]
      }
      let longest = rules.map(\.settings.timeout).max() ?? .zero
      let trial = SettingTrial(lateWait: max(longest, SettingTrial.leastLateWait))
      let study = RunStudy(call, rules, plan.comparison(kind, network.network))
      await study.run(truth: truth, in: self) { (rule, _, watch, session) async throws(NetworkFailure) in
        try await trial.run(rule, watch, session)
      }
      plan.show(study.comparison, in: self)
    } catch {
      throw plan.failure(error, in: self)
    }
    if isInterrupted { throw .interrupted }
  }

  /// A row's label, and what it changes of the settings.
  private struct Variant {
    var label: String
    var change: (inout Settings) -> Void
  }

  private func variants(
    _ kind: RunComparison.Kind, _ values: [Invocation.Argument], _ call: Invocation
  ) throws(ShellError) -> [Variant] {
    switch kind {
    case .engines: preconditionFailure("Engines are compared by compareEngines.")
    case .timeouts: return try timeouts(values, call)
    case .enrichment:
      return Settings.Switch.allCases.map { value in
        Variant(label: value.rawValue) { $0.enrichment = value }
      }
    case .protocols:
      return ProbeProtocolName.allCases.map { name in
        Variant(label: name.rawValue) {
          $0.protocolName = name
          $0.socket = nil
        }
      }
    case .families:
      return [FamilyPreference.ipv4, .ipv6].map { family in
        Variant(label: "IPv\(family.rawValue)") { $0.family = family }
      }
    case .sockets:
      return [SocketName.raw, .ping, .errqueue].map { socket in
        Variant(label: socket.rawValue) {
          $0.socket = socket
          $0.protocolName = nil
        }
      }
    }
  }

  private func timeouts(_ values: [Invocation.Argument], _ call: Invocation) throws(ShellError) -> [Variant] {
    guard let setting = Setting.named("timeout") else { preconditionFailure("There is a setting 'timeout'.") }
    guard !values.isEmpty else {
      throw call.wrong("which timeouts?", try: "'compare timeouts 30ms 70ms 1s TARGET'")
    }
    guard values.count <= Self.mostTimeouts else {
      throw call.wrong("there are \(values.count) timeouts", why: "at most \(Self.mostTimeouts) are compared")
    }
    var seen: Set<Duration> = []
    var variants: [Variant] = []
    for word in values {
      do throws(LiteralError) {
        guard case .duration(let timeout) = try setting.kind.parse(word.text), seen.insert(timeout).inserted else {
          continue
        }
        variants.append(Variant(label: Milliseconds(timeout).exact) { $0.timeout = timeout })
      } catch {
        throw call.wrong(
          "timeout: \(error.problem)", at: word.range, try: "\(error.remedy); the target comes last")
      }
    }
    return variants
  }

  /// More would be a table that nobody reads.
  private static let mostTimeouts = 20

  private func rule(
    _ variant: Variant, _ plan: StudyPlan, _ known: inout [FamilyPreference: [IPAddress]]
  ) async throws(NetworkFailure) -> StudyRule {
    var settings = plan.settings
    variant.change(&settings)
    var rule = StudyRule(label: variant.label, settings: settings)
    let network = try await self.network(plan.choice, under: settings)
    rule.network = network
    do throws(NetworkFailure) {
      var addresses = known[settings.family]
      if addresses == nil { addresses = try await plan.addresses(settings.family, in: network.network, self) }
      known[settings.family] = addresses
      guard let address = addresses?.first else { return rule }
      rule.request = try plan.request(to: address, settings, in: network.network)
    } catch {
      if isInterrupted { throw error }
      rule.failure = error
    }
    return rule
  }
}

extension SettingTrial {
  /// Late replies on the internet come within a second, or hardly ever.
  static let leastLateWait = Duration.seconds(1)
}
