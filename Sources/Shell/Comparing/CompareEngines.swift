import Enrichment
import Lexing
import Packets
import Probing
import Results
import Simulation
import SystemIO
import Tracing

extension Session {
  /// `compare engines TARGET`: the study of the original, on this machine.
  func compareEngines(_ call: Invocation, _ target: Invocation.Argument) async throws(ShellError) {
    let engines = try engines(call)
    let plan = try StudyPlan(call, target: target, in: self)
    plan.warn(
      in: self, shortTimeout: "engines other than 'reactor' may miss hops",
      why: "they count a reply when they get round to it, and look-ups hold threads of 'blocking' and 'tuned'")
    var settings = plan.settings
    // Engines wait on threads and sockets of this machine, whatever clock the lab has otherwise.
    settings.labClock = .real
    settings = settings.withUsualEngine
    do throws(NetworkFailure) {
      let base = try await network(plan.choice, under: settings)
      guard let address = try await plan.addresses(settings.family, in: base.network, self).first else { return }
      let request = try plan.request(to: address, settings, in: base.network)
      let rules = engines.map { engine in
        StudyRule(
          label: label(engine, engines), settings: settings, engine: engine, request: request, network: base)
      }
      var comparison = plan.comparison(.engines, base.network)
      comparison.showsCauses = call.has("causes")
      comparison.showsFindings = call.has("findings")
      let truth = try await plan.truth(request, in: self)
      let load = try busyThreads(plan.load)
      defer { load?.end() }
      let trial = EngineTrial(
        place: try place(of: plan.choice, base.network), seed: UInt64(settings.labSeed),
        request: settings.enrichment == .on
          ? settings.enrichmentRequest(inLab: request.method.socket == .lab) : .nothing, load: load)
      let study = RunStudy(call, rules, comparison)
      await study.run(truth: truth.map { [address.description: $0] } ?? [:], in: self) {
        (rule, round, watch, session) async throws(NetworkFailure) in
        try await trial.run(rule, round: round, watch, session)
      }
      plan.show(study.comparison, in: self)
    } catch {
      throw plan.failure(error, in: self)
    }
    if isInterrupted { throw .interrupted }
  }

  private func busyThreads(_ count: Int) throws(NetworkFailure) -> BusyThreads? {
    guard count > 0 else { return nil }
    do throws(SystemError) {
      return try BusyThreads(count)
    } catch {
      throw NetworkFailure(problem: "cannot start \(count) busy threads", reason: "\(error)")
    }
  }

  private func place(
    of choice: NetworkChoice, _ network: any Network
  ) throws(NetworkFailure) -> EngineTrial.Place {
    guard case .lab(let name) = choice, let lab = network as? LabNetwork else { return .live }
    do throws(Diagnostic) {
      return .lab(try labs.network(named: name).topology, lab)
    } catch {
      throw NetworkFailure(problem: error.summary, reason: "the lab has no such network", advice: error.remedy)
    }
  }

  /// The engines that the command names, or all; with `--causes` each four times, with its two causes taken apart.
  private func engines(_ call: Invocation) throws(ShellError) -> [EngineSettings] {
    var names = EngineName.allCases
    if let list = call.options["engines"] {
      names = []
      for word in list.text.split(separator: ",", omittingEmptySubsequences: false) {
        guard let name = EngineName(rawValue: String(word)) else {
          let meant = Spelling.nearest(to: String(word), among: EngineName.allCases.map(\.rawValue))
          throw call.wrong(
            "there is no engine '\(word)'", at: list.range,
            try: meant.map { "'\($0)'" } ?? EngineName.allCases.map(\.rawValue).joined(separator: ","))
        }
        if !names.contains(name) { names.append(name) }
      }
    }
    return names.flatMap { name -> [EngineSettings] in
      // Who judges, and the two causes, are what the study compares: the session's settings of them do not count.
      var engine = EngineSettings(name)
      if let threads = settings.engineThreads, name == .blocking || name == .tuned { engine.threads = threads }
      if name == .blocking { engine.limit = settings.engineLimit }
      guard call.has("causes") else { return [engine] }
      return [(false, false), (true, false), (false, true), (true, true)].map { sharesPool, awaitsNames in
        var variant = engine
        variant.sharesPool = sharesPool
        variant.awaitsNames = awaitsNames
        return variant
      }
    }
  }

  private func label(_ engine: EngineSettings, _ all: [EngineSettings]) -> String {
    guard all.count(where: { $0.name == engine.name }) > 1 else { return engine.name.rawValue }
    let causes = [engine.sharesPool ? "pool" : nil, engine.awaitsNames ? "names" : nil].compactMap { $0 }
    return engine.name.rawValue + (causes.isEmpty ? "" : "+" + causes.joined(separator: "+"))
  }
}
