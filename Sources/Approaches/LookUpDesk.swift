import Packets
import Probing
import Results
import SystemIO
import Time

/// Asks for what is known of responders, and makes threads wait for the answers where an engine is set to do so.
final class LookUpDesk: Sendable {
  /// What a look-up does to a reply and to the engine, of `engine.await-names` and `engine.shared-pool`.
  enum Effect: Sendable {
    /// Nothing: look-ups are other people's business.
    case none
    /// The reply counts when it is answered, and a thread of the engine's is held until then, as in the original.
    case awaitedByThread
    /// The reply counts when it is answered, and no thread waits.
    case awaited
    /// The reply counts at once, and then a thread of the engine's is held until it is answered.
    case holdsThread
  }

  let effect: Effect
  private let lookUps: (any EngineLookUps)?
  private let waits = Locked(Waits())

  private struct Waits: Sendable {
    var open: [UInt64: (wait: Wait, life: TraceLife?)] = [:]
    var next: UInt64 = 0
    /// Who wants no thread to wait now.
    var interrupters = 0
  }

  /// Longest that a look-up is waited for: c-ares with its usual timeout and tries has given up by then.
  static let usualLongest: Duration = .seconds(10)

  /// Longest that a look-up is waited for.
  let longest: Duration

  init(_ settings: EngineSettings, _ lookUps: (any EngineLookUps)?, longest: Duration = usualLongest) {
    self.lookUps = lookUps
    self.longest = longest
    effect =
      switch (lookUps != nil, settings.awaitsNames, settings.sharesPool) {
      case (false, _, _), (true, false, false): .none
      case (true, true, true): .awaitedByThread
      case (true, true, false): .awaited
      case (true, false, true): .holdsThread
      }
  }

  /// Asks without waiting.
  func ask(_ address: IPAddress, _ completion: @escaping @Sendable () -> Void) {
    guard let lookUps else { return completion() }
    lookUps.lookUp(address, completion)
  }

  /// Holds the calling thread until the look-up is answered, `longest` has passed, or the wait is interrupted.
  ///
  /// - Parameter life: the trace on whose behalf it waits; nil for all of them.
  func wait(for address: IPAddress, life: TraceLife?) {
    guard let lookUps else { return }
    // What is not answered for long is kept by whoever is asked: the wait alone, and nothing that a trace has open.
    let wait = Wait()
    let number = waits.withLock { waits -> UInt64? in
      guard waits.interrupters == 0 else { return nil }
      waits.next += 1
      waits.open[waits.next] = (wait, life)
      return waits.next
    }
    guard let number else { return }
    // Looked at behind the entry in the list: a cancellation either finds the wait there or is found here.
    if life?.isCancelled != true {
      lookUps.lookUp(address) { wait.end() }
      wait.untilEnd(at: MonotonicClock.now + longest)
    }
    _ = waits.withLock { $0.open.removeValue(forKey: number) }
  }

  /// Whether threads may not wait now.
  var isInterrupted: Bool { waits.withLock { $0.interrupters > 0 } }

  /// Ends the waits on behalf of a trace.
  func interrupt(_ life: TraceLife) {
    for (wait, _) in waits.withLock({ $0.open.values.filter { $0.life === life } }) { wait.end() }
  }

  /// Ends every wait, and lets none begin until as many calls of `resume`.
  func interruptAll() {
    let open = waits.withLock { waits in
      waits.interrupters += 1
      return Array(waits.open.values)
    }
    for (wait, _) in open { wait.end() }
  }

  /// Ends the look-ups: whoever waits for one is let go, and none is asked afterwards.
  func end() { lookUps?.end() }

  /// Takes one `interruptAll` back.
  func resume() { waits.withLock { $0.interrupters -= 1 } }

  private final class Wait: Sendable {
    private let isOver = Monitor(false)

    func end() {
      isOver.withLock { $0 = true }
      isOver.broadcast()
    }

    func untilEnd(at deadline: Instant) {
      _ = isOver.wait(until: deadline) { $0 ? true : nil }
    }
  }
}

extension EngineTraces {
  /// Takes what a probe's socket brought, on the thread that waited for it, with what look-ups do to that.
  ///
  /// - Parameter beforeLookUp: called when the wait for the reply is over and one for a look-up begins.
  /// - Returns: whether the probe has its answer.
  func deliver(
    _ replies: [EngineReply], _ desk: LookUpDesk, life: TraceLife, beforeLookUp: () -> Void = {}
  ) -> Bool {
    var isAnswered = false
    for reply in replies {
      guard let responder = reply.responder else {
        accept(reply)
        continue
      }
      switch desk.effect {
      case .none: isAnswered = accept(reply) || isAnswered
      case .awaitedByThread:
        beforeLookUp()
        desk.wait(for: responder, life: life)
        isAnswered = accept(reply) || isAnswered
      case .awaited:
        hold(reply, for: responder, desk)
        isAnswered = true
      case .holdsThread:
        guard accept(reply) else { continue }
        isAnswered = true
        beforeLookUp()
        desk.wait(for: responder, life: life)
      }
    }
    return isAnswered
  }

  /// Keeps a reply back until the look-up of its responder is answered; no thread waits for it.
  func hold(_ reply: EngineReply, for responder: IPAddress, _ desk: LookUpDesk) {
    let number = hold(reply, until: MonotonicClock.now + desk.longest)
    desk.ask(responder) { [weak self] in self?.release(number) }
  }
}
