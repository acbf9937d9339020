import Lexing
import Packets
import Probing
import Rendering
import Results
import SystemIO
import Time
import Tracing

/// The work of `ping`: one probe after the other, each a trace of one TTL that no path is as long as.
///
/// The next probe leaves `interval` after the one before, or when that has ended if this comes later.
final class PingCommand {
  /// RFC 1700's recommended TTL: enough for every path, and below what would let a loop go on for long.
  private static let ttl = TTL(64) ?? .usualLast

  private let call: Invocation
  private let settings: Settings
  private let renderer: any Renderer

  init(_ call: Invocation, settings: Settings) {
    self.call = call
    self.settings = settings
    renderer = settings.renderer(for: call, targetCount: 0)
  }

  private func show(_ event: OutputEvent) { renderer.handle(event, at: MonotonicClock.now) }

  /// - Parameters:
  ///   - count: how many probes; nil goes on until interrupted.
  ///   - interval: between two probes.
  func run(
    _ target: Invocation.Argument, count: Int?, interval: Duration, in session: isolated Session
  ) async throws(ShellError) {
    defer { show(.ended) }
    if case .replay = session.networkChoice {
      let failure = CommandFailure(
        problem: "cannot ping in a recording", reason: "it holds traces only", advice: "'trace', or 'use live'")
      show(.failed(slot: nil, target: target.text, failure))
      throw call.failed(failure.problem, why: failure.reason, try: failure.advice)
    }
    session.targets.use(target.text)
    let network: SessionNetwork
    let request: TraceRequest
    do throws(NetworkFailure) {
      network = try await session.network(session.networkChoice(for: target.text))
      request = try await makeRequest(target.text, in: network.network, session)
    } catch {
      if session.isInterrupted { throw .interrupted }
      show(
        .failed(
          slot: nil, target: target.text, .init(problem: error.problem, reason: error.reason, advice: error.advice)))
      throw .failed(call.frame.locate(Diagnostic(error).by("ping"), at: target.range))
    }
    try await ping(target.text, request, count: count, interval: interval, in: network, session)
  }

  private func makeRequest(
    _ target: String, in network: any Network, _ session: isolated Session
  ) async throws(NetworkFailure) -> TraceRequest {
    let family = settings.family
    let lookUp = Task { () async -> Result<IPAddress, NetworkFailure> in
      do throws(NetworkFailure) {
        return .success(try await network.resolve(target, family: family))
      } catch {
        return .failure(error)
      }
    }
    let outer = session.beginWaiting(stop: { lookUp.cancel() })
    let outcome = await lookUp.value
    session.endWaiting(outer)
    let address = try outcome.get()
    let method = try network.method(for: address, protocolName: settings.protocolName, socket: settings.socket)
    var request = TraceRequest(target: address, method: method)
    request.firstTTL = Self.ttl
    request.lastTTL = Self.ttl
    request.timeout = settings.timeout
    request.port = UInt16(clamping: settings.port)
    request.source = settings.source.flatMap { IPAddress($0) }
    return request
  }

  private func ping(
    _ target: String, _ request: TraceRequest, count: Int?, interval: Duration, in network: SessionNetwork,
    _ session: isolated Session
  ) async throws(ShellError) {
    var result = PingResult(target: target, address: request.target, network: network.network.name)
    var heading = StyledLine("ping \(target)", .heading)
    if target != request.target.description { heading.append(" (\(request.target))", .address) }
    show(.line(heading))
    var number = 0
    while number < count ?? .max, !session.isInterrupted, !call.console.outputIsGone {
      number += 1
      let trace = await probe(request, in: network.network, session)
      if case .failed(let failure)? = trace.end {
        show(.failed(slot: nil, target: target, .init(problem: "cannot send", reason: failure.description)))
        throw call.failed("cannot probe '\(target)'", why: failure.description, try: failure.advice)
      }
      take(trace, number, &result)
      guard number < count ?? .max else { break }
      let rest = interval - (trace.elapsed ?? .zero)
      do throws(ShellError) {
        if rest > .zero { try await session.sleep(for: rest, in: network) }
      } catch {
        break
      }
    }
    show(.pinged(result))
    let hop = ResultFacts.HopFacts(
      ttl: Int(Self.ttl.value), addresses: result.received > 0 ? [result.address.description] : [], sent: result.sent,
      answered: result.received, slowest: result.received > 0 ? result.times.largest : nil)
    var facts = ResultFacts(
      target: target, isReached: result.received > 0, hops: [hop], end: result.received > 0 ? "reached" : "exhausted")
    facts.hasPath = false
    session.results.add(.ping(result, facts), name: call.resultName?.text, isStored: false)
    if session.isInterrupted { throw .interrupted }
  }

  /// Sends one probe and waits for what becomes of it.
  private func probe(_ request: TraceRequest, in network: any Network, _ session: isolated Session) async -> Trace {
    var trace = Trace(request: request, began: .zero)
    guard let run = await network.begin([request]).first else { return trace }
    let outer = session.beginWaiting(stop: { await network.cancel(run.id) })
    if session.isInterrupted { await network.cancel(run.id) }
    for await events in run.events {
      for event in events { trace.apply(event) }
      if trace.end != nil { break }
    }
    session.endWaiting(outer)
    return trace
  }

  private func take(_ trace: Trace, _ number: Int, _ result: inout PingResult) {
    guard let record = trace[Self.ttl]?.probes.last else { return }
    switch record.outcome {
    case .replied(let reply, let rtt):
      result.sent += 1
      if reply.ends(atTarget: trace.request.target) { result.times.add(rtt) }
      show(.line(PingText.reply(number, from: reply.responder, rtt: rtt)))
    case .late, .timedOut, .givenUp:
      result.sent += 1
      show(.line(PingText.reply(number, from: result.address, rtt: nil)))
    case .unsendable(let failure):
      show(.line(StyledLine("\(number)  not sent: \(failure)", .notice)))
    // Stopped before anything came of it: it is not counted, as nobody knows.
    case .pending: break
    }
  }
}
