// One `trace` command, from its words to its results.
//
//   look up   the network and the address of each target, all at once; a target that fails is told and left out
//   begin     all requests of one network together; then one task a trace passes its events on
//   annotate  responders are offered to whoever looks names up, by a call that never waits (TraceAnnotation)
//   show      events come through one feed, in order for each trace, with the renderer's ticks between them
//   keep      the results enter the session when the last trace has ended and its names are in, or have been waited for;
//             what is read later is added to them
//
// An interrupt cancels the look-ups or the traces: these end as `cancelled`, and what came is shown and kept. The same
// happens when the reader of the output is gone.

import Enrichment
import Lexing
import Packets
import Probing
import Rendering
import Results
import SystemIO
import Time
import Tracing

/// The work of `trace`; used once, on the session's actor.
final class TraceCommand {
  /// More targets than a person names; a longer list is better traced in parts.
  static let mostTargets = 1_000

  enum Happening: Sendable {
    case found(slot: Int, Result<IPAddress, NetworkFailure>)
    case events(slot: Int, [TraceEvent])
    case annotated(slot: Int, [EnrichmentEvent])
    /// The traces were stopped: what has ended is not waited for any longer.
    case stopped
    /// Late replies have been waited for long enough.
    case lateWaitOver(slot: Int)
    /// Traces in virtual time have been played; so much time is still to pass for late replies and names.
    case played(slots: [Int], Duration)
    /// The stream of one trace ended.
    case closed(slot: Int)
  }

  /// One target, by its place among the arguments.
  struct Slot {
    var target: Invocation.Argument
    var network: SessionNetwork?
    /// Who is asked about responders while the trace runs in real time.
    var annotation: EnrichmentRun?
    var result: TraceResult?
    /// Whether the store took it.
    var isStored = false
    /// Its events, for what is read later in virtual time.
    var events: AsyncStream<[TraceEvent]>?
    /// The wait for late replies; see `waitsForLateReplies`.
    var lateWait: Task<Void, Never>?
    var isLateWaitOver = false
    /// Nothing more comes of its probes.
    var isClosed = false
    var hasEnded = false
  }

  let call: Invocation
  /// The session's, with the command's options over them.
  let settings: Settings
  private let warnings: [Diagnostic]
  /// Given by `as NAME`.
  private let resultName: String?
  let feed: RendererFeed<Happening>
  var slots: [Slot]
  private var hasFailed = false
  /// The reader of the output is gone.
  private(set) var isStopping = false

  /// The numbers that the results have got, by slot.
  private(set) var numbers: [Int: Int] = [:]

  /// - Parameters:
  ///   - targets: those of the line when left out.
  ///   - warnings: what the command's options were warned of, kept with its results.
  ///   - renderer: that of the chosen format when left out.
  init(
    _ call: Invocation, targets: [Invocation.Argument]? = nil, settings: Settings, warnings: [Diagnostic],
    renderer: (any Renderer)? = nil
  ) {
    self.call = call
    // What traces for another purpose names that.
    resultName = targets == nil ? call.resultName?.text : nil
    self.settings = settings
    self.warnings = warnings
    slots = (targets ?? call.arguments("TARGET")).map { Slot(target: $0) }
    feed = RendererFeed(renderer ?? settings.renderer(for: call, targetCount: slots.count))
  }

  func run(in session: isolated Session) async throws(ShellError) {
    defer { feed.show(.ended) }
    for warning in warnings { for line in warning.styledLines { feed.show(.warning(line)) } }
    let addresses = await lookUp(in: session)
    if session.isInterrupted {
      feed.show(.failed(slot: nil, target: nil, CommandFailure(problem: "interrupted")))
      throw .interrupted
    }
    for (slot, address) in addresses.sorted(by: { $0.key < $1.key }) { prepare(slot, address, in: session) }
    await trace(in: session)
    if session.isInterrupted { throw .interrupted }
    if call.has("require-reached") { try requireReached() }
    // Each failure has been told where it happened.
    if hasFailed { throw .stopped(.failed) }
  }

  // Looking up

  private func lookUp(in session: isolated Session) async -> [Int: IPAddress] {
    var lookUps: [Task<Void, Never>] = []
    for slot in slots.indices {
      let target = slots[slot].target.text
      session.targets.use(target)
      do throws(NetworkFailure) {
        let network = try await session.network(session.networkChoice(for: target), under: settings)
        slots[slot].network = network
        lookUps.append(lookUp(target, slot, in: network.network))
      } catch {
        fail(slot, error, in: session)
      }
    }
    let outer = session.beginWaiting { [lookUps] in for lookUp in lookUps { lookUp.cancel() } }
    if session.isInterrupted { for lookUp in lookUps { lookUp.cancel() } }
    var found: [Int: IPAddress] = [:]
    var open = lookUps.count
    while open > 0, case .found(let slot, let outcome)? = await feed.next() {
      open -= 1
      switch outcome {
      case .success(let address): found[slot] = address
      case .failure(let failure): fail(slot, failure, in: session)
      }
    }
    session.endWaiting(outer)
    return found
  }

  private func lookUp(_ target: String, _ slot: Int, in network: any Network) -> Task<Void, Never> {
    if IPAddress(target) == nil { feed.show(.waiting("looking up '\(target)'")) }
    let family = settings.family
    return Task { [entrance = feed.entrance] in
      do throws(NetworkFailure) {
        entrance.add(.found(slot: slot, .success(try await network.resolve(target, family: family))))
      } catch {
        entrance.add(.found(slot: slot, .failure(error)))
      }
    }
  }

  /// Chooses how to probe a target, and makes its request.
  private func prepare(_ slot: Int, _ address: IPAddress, in session: isolated Session) {
    guard let network = slots[slot].network?.network else { return }
    do throws(NetworkFailure) {
      let method = try network.method(
        for: address, protocolName: settings.protocolName, socket: settings.socket)
      if call.has("verbose") {
        for line in MethodText.choice(method, among: network.methods()) { feed.show(.line(line)) }
      }
      let hint = session.targets.distance(of: NetworkAddress(network: network.name, address: address))
      let request = settings.request(
        target: address, method: method, source: settings.source.flatMap { IPAddress($0) },
        interfaceIndex: try settings.interfaceIndex(), distanceHint: hint)
      slots[slot].result = TraceResult(
        id: session.drawResultID(), commandLine: call.line, target: slots[slot].target.text,
        name: resultName, network: network.name,
        started: session.services.clock(), version: Version.number,
        warnings: settings.conflicts.map(\.diagnostic.summary) + notes, trace: Trace(request: request, began: .zero))
      slots[slot].result?.engineSettings = settings.engineSettings
      slots[slot].result?.enrichment = EnrichmentRecord(settings.enrichmentRequest(inLab: method.socket == .lab))
      slots[slot].result?.hasShortTimeout = settings.hasShortTimeoutWithEnrichment
      if settings.segments == .on, address.family == .ipv6 {
        slots[slot].result?.localAddress = network.localAddress(toward: address)
      }
    } catch {
      fail(slot, error, in: session)
    }
  }

  /// What the options were noted for, beyond what does not go together.
  private var notes: [String] {
    warnings.filter { $0.severity == .note }.map(\.summary)
  }

  // Tracing

  private func trace(in session: isolated Session) async {
    for slot in slots.indices {
      if let result = slots[slot].result { feed.show(.began(slot: slot, result)) }
    }
    let runs = await begin()
    annotate(runs, in: session)
    let stop: Session.Stop = { [runs, entrance = feed.entrance, annotations = slots.compactMap(\.annotation)] in
      for run in runs { await run.network.cancel(run.run.id) }
      // A trace that has ended, and whose late replies are not waited for any more, has nothing left to cancel.
      for annotation in annotations { annotation.end() }
      entrance.add(.stopped)
    }
    let outer = session.beginWaiting(stop: stop)
    if session.isInterrupted { await stop() }
    passOn(runs)
    while slots.contains(where: { $0.result != nil && !$0.hasEnded }), let happening = await feed.next() {
      if case .played(let played, let time) = happening {
        await endPlayed(played, after: time, in: session)
      } else {
        take(happening, in: session)
      }
      if call.console.outputIsGone, !isStopping {
        isStopping = true
        await stop()
      }
    }
    session.endWaiting(outer)
    for slot in slots.indices { end(slot, in: session) }
    keep(in: session)
  }

  struct Running: Sendable {
    var slot: Int
    var network: any Network
    var run: TraceRun
  }

  /// Begins the traces, those of one network together.
  private func begin() async -> [Running] {
    var runs: [Running] = []
    var waiting = slots.indices.filter { slots[$0].result != nil }
    while let first = waiting.first, let network = slots[first].network?.network {
      let together = waiting.filter { slots[$0].network?.network === network }
      waiting.removeAll { together.contains($0) }
      let begun = await network.begin(together.compactMap { slots[$0].result?.trace.request })
      runs += zip(together, begun).map { Running(slot: $0, network: network, run: $1) }
    }
    return runs
  }

  /// Starts the tasks that pass events on, and the one that closes the feed behind the last.
  private func passOn(_ runs: [Running]) {
    let entrance = feed.entrance
    var tasks: [Task<Void, Never>] = []
    for running in runs {
      guard case .rehearsed? = slots[running.slot].network?.annotations else {
        tasks.append(
          Task {
            for await events in running.run.events { entrance.add(.events(slot: running.slot, events)) }
            entrance.add(.closed(slot: running.slot))
          })
        continue
      }
    }
    for (annotator, group) in rehearsedGroups(runs) {
      let playback = RehearsedPlayback(annotator, group)
      tasks.append(
        Task {
          let waited = await playback.play { slot, item in
            switch item {
            case .trace(let events): entrance.add(.events(slot: slot, events))
            case .enrichment(let events): entrance.add(.annotated(slot: slot, events))
            }
          }
          entrance.add(.played(slots: group.map(\.slot), waited))
        })
    }
    for slot in slots.indices {
      guard let annotation = slots[slot].annotation else { continue }
      tasks.append(
        Task { for await events in annotation.events { entrance.add(.annotated(slot: slot, events)) } })
    }
    Task { [tasks] in
      for task in tasks { await task.value }
      entrance.close()
    }
  }

  func take(_ happening: Happening, in session: isolated Session) {
    switch happening {
    case .found, .played: break
    case .stopped: for slot in slots.indices { endIfSettled(slot, in: session) }
    case .events(let slot, let events):
      for event in events {
        slots[slot].result?.apply(event)
        if let reply = event.replyOnPath { offer(reply.responder, at: reply.read, slot: slot) }
      }
      feed.show(.events(slot: slot, events))
      endIfSettled(slot, in: session)
    case .annotated(let slot, let events):
      for event in events {
        slots[slot].result?.enrichment.apply(event)
        if case .noted(let note) = event { session.tellOnce(note, on: call.console) }
      }
      feed.show(.annotated(slot: slot, events))
      endIfSettled(slot, in: session)
    case .lateWaitOver(let slot):
      slots[slot].isLateWaitOver = true
      endIfSettled(slot, in: session)
    case .closed(let slot):
      slots[slot].isClosed = true
      let isHurried = isStopping || session.isInterrupted
      if slots[slot].annotation != nil, slots[slot].result?.trace.end != nil, !isHurried {
        // Its names may still come, or be given up by their own bound.
        endIfSettled(slot, in: session)
      } else {
        end(slot, in: session)
      }
      if slots[slot].hasEnded { slots[slot].annotation?.end() }
    }
  }

  func end(_ slot: Int, in session: isolated Session) {
    guard !slots[slot].hasEnded, let ended = slots[slot].result else { return }
    slots[slot].hasEnded = true
    // Stored before its last line is shown: whoever has seen that finds the result, whatever becomes of this process.
    let (result, isStored) = session.store(ended, call)
    slots[slot].result = result
    slots[slot].isStored = isStored
    slots[slot].lateWait?.cancel()
    if slots[slot].isClosed { slots[slot].annotation?.end() }
    feed.show(.finished(slot: slot, result))
    session.targets.setDistance(
      of: NetworkAddress(network: result.network, address: result.address), to: result.trace.reachedTTL)
    guard case .failed(let failure)? = result.trace.end else { return }
    hasFailed = true
    session.tell(
      call.frame.locate(
        Diagnostic(
          "cannot trace '\(result.target)'", subject: call.command.name, why: failure.description, try: failure.advice),
        at: slots[slot].target.range), on: call.console)
  }

  /// Keeps the results, and goes on adding to them what is read later.
  private func keep(in session: isolated Session) {
    for slot in slots.indices {
      guard let result = slots[slot].result else { continue }
      numbers[slot] = session.results.add(
        .trace(result), name: result.name, isStored: slots[slot].isStored, isOwn: true)
    }
    guard !numbers.isEmpty else { return }
    for slot in slots.indices {
      if let events = slots[slot].events, let number = numbers[slot], let network = slots[slot].network {
        session.tails.append(EventTail(number: number, network: network.network, events: events))
      }
    }
    let annotations = slots.map(\.annotation)
    feed.handOver { [weak session, numbers] happening in
      switch happening {
      case .found, .stopped, .lateWaitOver, .played: break
      case .events(let slot, let events):
        if let number = numbers[slot] { await session?.add(events, toResult: number) }
      case .annotated(let slot, let events):
        if let number = numbers[slot] { await session?.add(events, toResult: number) }
      case .closed(let slot): annotations[slot]?.end()
      }
    }
  }

  // Failing

  private func fail(_ slot: Int, _ failure: NetworkFailure, in session: isolated Session) {
    hasFailed = true
    let target = slots[slot].target
    let document = CommandFailure(problem: failure.problem, reason: failure.reason, advice: failure.advice)
    feed.show(.failed(slot: slot, target: target.text, document))
    guard !session.isInterrupted else { return }
    session.tell(call.frame.locate(Diagnostic(failure).by(call.command.name), at: target.range), on: call.console)
  }

  private func requireReached() throws(ShellError) {
    let missed = slots.compactMap(\.result).filter { !$0.isReached }
    guard let first = missed.first else { return }
    let facts = ResultFacts(first)
    throw call.failed(
      "'\(first.target)' was not reached", why: "the path ended with '\(facts.end)' at hop \(facts.length)")
  }
}
