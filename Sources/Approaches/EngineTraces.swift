// Theory of operation
//
// One `TracerTable` behind one lock, for every engine alike: an engine differs in how it waits, and in nothing else.
// Whatever happens (a command, a probe that left, a reply, the timer) leads to the same turn: tick, fill as far as the
// engine has room, hand the events out, set the timer. Probes that the turn launched are handed to the engine behind
// the lock.
//
//                 begin cancel                          settle accept freed
//     Network ───────────────────▶ EngineTraces ◀────────────────────────────── Engine
//                                   lock, table ──────────── carry ───────────▶
//
// The timer is the session's event loop's: it wakes the turn when a deadline of a tracer is due, and when the
// identities of a trace that is over need no longer be kept, so that no engine keeps a thread for that. Not so in the
// original, where each probe's task had a timer of its own; on Linux a timer costs no thread either way.
//
// Lock order: the lock of the traces is taken with no other held, and no call of an engine is made under it.

import Probing
import Results
import SystemIO
import Time
import Tracing

/// The traces of an engine, and what is to be told of them.
final class EngineTraces: Sendable {
  let settings: EngineSettings
  let gauge: EngineGauge
  private let loop: EventLoop
  /// Whether threads of the engine wait by the probe, and must be called off.
  private let needsStops: Bool
  private let state: Locked<State>

  /// - Parameters:
  ///   - room: what the engine can take at once.
  ///   - firstSequence: where probe numbers begin.
  init(
    _ settings: EngineSettings, room: EngineRoom, firstSequence: UInt16, on loop: EventLoop, gauge: EngineGauge
  ) {
    self.settings = settings
    self.gauge = gauge
    self.loop = loop
    needsStops = settings.name == .blocking || settings.name == .tuned
    state = Locked(State(settings.stamps, room, firstSequence: firstSequence))
  }

  /// Begins to hand probes to an engine; until `shutDown`.
  func serve(_ engine: any Engine) { state.withLock { $0.engine = engine } }

  /// Begins traces that run together.
  ///
  /// - Parameter requests: each with this host's end on the wire, or why there is none.
  func begin(_ requests: [(request: TraceRequest, local: Result<UInt16, SendFailure>)]) -> [TraceRun] {
    var spare: LoopTimer?
    var refusal: SendFailure?
    do throws(SystemError) {
      spare = try loop.makeTimer { [weak self] in _ = self?.turn { $0.armed = nil } }
    } catch {
      refusal = SendFailure(error)
    }
    var begun: [(TraceRequest, Result<UInt16, SendFailure>, StopSignal?)] = []
    for (request, local) in requests {
      do throws(SystemError) {
        begun.append((request, refusal.map { .failure($0) } ?? local, needsStops ? try StopSignal(gauge) : nil))
      } catch {
        begun.append((request, .failure(SendFailure(error)), nil))
      }
    }
    var runs: [TraceRun] = []
    turn { state in
      // With the first trace and under the same lock, since a turn lets a timer go that no trace needs.
      if state.take(spare) { gauge.descriptorsOpened(1) }
      runs = begun.map { state.begin($0, $1, $2) }
    }
    return runs
  }

  func cancel(_ id: TraceID) {
    let life = state.withLock { state in
      state.table.cancel(id, at: MonotonicClock.now)
      return state.streams[id]?.life
    }
    life?.cancel()
    let engine = turn { _ in }
    if let life { engine?.cancel(life) }
  }

  func keepIdentities(for duration: Duration) { state.withLock { $0.table.keep = duration } }

  func takeBiases() -> [Duration] { state.withLock { $0.takeBiases() } }

  /// Cancels every trace and ends every stream; nothing is launched, and no engine is called, afterwards.
  ///
  /// - Returns: what is to be shut down next; nil the second time.
  func shutDown() -> (any Engine)? {
    let (engine, lives, timer) = state.withLock { $0.shutDown() }
    note(kept: 0)
    timer?.arm(at: nil)
    if timer != nil { gauge.descriptorsOpened(-1) }
    for life in lives { life.cancel() }
    return engine
  }

  /// Tells what became of a probe that was sent, or could not be.
  func settle(_ record: DepartureBatch.Record) { turn { $0.settle(record) } }

  /// Takes an arrival; the engine has got round to it now.
  ///
  /// - Returns: whether it was about a probe of ours.
  @discardableResult
  func accept(_ reply: EngineReply) -> Bool {
    let now = MonotonicClock.now
    var isOurs = false
    turn { isOurs = $0.accept(reply, at: now) }
    return isOurs
  }

  /// Keeps a reply back until `release`, at most until `deadline`.
  func hold(_ reply: EngineReply, until deadline: Instant) -> UInt64 {
    var number: UInt64 = 0
    turn { number = $0.hold(reply, until: deadline) }
    return number
  }

  /// Takes a reply that was kept back.
  func release(_ number: UInt64) {
    let now = MonotonicClock.now
    turn { $0.release(number, at: now) }
  }

  /// The engine has room again.
  func freed(places: Int = 0, waits: Int = 0) {
    let isWanted = state.withLock { state in
      let wasFull = state.room.left == 0
      state.room.free(places: places, waits: waits)
      return wasFull
    }
    if isWanted { turn { _ in } }
  }

  /// A probe that the engine could not take.
  func refuse(_ probe: EngineProbe, _ failure: SendFailure) {
    var record = probe.record
    record.result = .failed(failure)
    settle(record)
    freed(places: 1, waits: 1)
  }

  /// Counts what the source of the sockets has open beside them, as long as the engine is there.
  func note(kept: Int) {
    let change = state.withLock { state in
      let wanted = state.isShutDown ? 0 : kept
      defer { state.kept = wanted }
      return wanted - state.kept
    }
    gauge.descriptorsOpened(change)
  }

  /// A socket is closed that had lost arrivals.
  func add(drops: Int) {
    if drops > 0 { state.withLock { $0.drops += drops } }
  }

  /// Lets something happen to the traces, and whatever follows from it.
  @discardableResult
  private func turn(_ body: (inout State) -> Void) -> (any Engine)? {
    let outcome = state.withLock { state in
      body(&state)
      return state.turn(at: MonotonicClock.now)
    }
    if outcome.released != nil { gauge.descriptorsOpened(-1) }
    if !outcome.probes.isEmpty { outcome.engine?.carry(outcome.probes) }
    // Another turn may have ended the last trace between this one's launch and its `carry`, which undoes the rest that
    // it called for. A rest that is called for too early costs threads that are started again, and nothing else.
    let isIdle = outcome.isIdle || (!outcome.probes.isEmpty && state.withLock { $0.table.isIdle })
    if isIdle { outcome.engine?.rest() }
    return outcome.engine
  }
}

extension SendFailure {
  /// A refusal of a call that a whole trace needs.
  init(_ error: SystemError, advice: String? = nil) {
    self.init(call: error.call, errno: error.errno, reason: error.description, advice: advice)
  }
}
