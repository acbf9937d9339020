import Enrichment
import Packets
import Probing
import Rendering
import Results
import SystemIO
import Time
import Tracing

/// What is known of addresses, beside the probes: who is asked, and how long a trace that has ended waits for it.
extension TraceCommand {
  /// Begins to ask about the addresses of traces that run in real time. After the first probes have left.
  func annotate(_ runs: [Running], in session: isolated Session) {
    for running in runs {
      // What was known is in the recording, and nobody is asked again.
      guard !(running.network is ReplayNetwork) else { continue }
      guard let result = slots[running.slot].result, !result.enrichment.request.kinds.isEmpty,
        case .timed(let shared)? = slots[running.slot].network?.annotations
      else { continue }
      let annotator: Annotator
      do throws(SystemError) {
        annotator = try shared.annotator()
      } catch {
        session.tellOnce(LookupNote("nothing can be looked up", reason: "\(error)"), on: call.console)
        slots[running.slot].result?.enrichment = EnrichmentRecord(.nothing)
        continue
      }
      let now = MonotonicClock.now
      let run = annotator.begin(result.enrichment.request, until: settings.overall.map { now + $0 })
      run.wantPublicAddress(result.method.family, toward: result.address, at: now)
      slots[running.slot].annotation = run
      offer(result.address, at: now, slot: running.slot)
    }
  }

  func offer(_ address: IPAddress, at instant: Instant, slot: Int) {
    guard let event = slots[slot].annotation?.offer(address, at: instant) else { return }
    slots[slot].result?.enrichment.apply(event)
    feed.show(.annotated(slot: slot, [event]))
  }

  /// The traces in virtual time, by who annotates them.
  func rehearsedGroups(_ runs: [Running]) -> [(RehearsedAnnotator, [RehearsedPlayback.Part])] {
    var groups: [(RehearsedAnnotator, [RehearsedPlayback.Part])] = []
    for running in runs {
      guard case .rehearsed(let annotator)? = slots[running.slot].network?.annotations,
        !(running.network is ReplayNetwork),
        let result = slots[running.slot].result
      else { continue }
      let part = RehearsedPlayback.Part(
        slot: running.slot, events: running.run.events, request: result.enrichment.request, target: result.address,
        overall: settings.overall, lateWait: result.hasShortTimeout ? result.enrichment.request.wait : .zero)
      slots[running.slot].events = running.run.events
      if let index = groups.firstIndex(where: { $0.0 === annotator }) {
        groups[index].1.append(part)
      } else {
        groups.append((annotator, [part]))
      }
    }
    return groups
  }

  /// Lets the time pass that late replies and names were waited for in virtual time, takes what came in it, and ends the slots.
  func endPlayed(_ played: [Int], after time: Duration, in session: isolated Session) async {
    if time > .zero, let network = played.first.flatMap({ slots[$0].network }) {
      await session.elapse(time, in: network, lookUpsToo: false)
      for slot in played {
        guard let stream = slots[slot].events else { continue }
        for await events in stream {
          if events.isEmpty { break }
          take(.events(slot: slot, events), in: session)
        }
      }
    }
    for slot in played { end(slot, in: session) }
  }

  /// Ends a slot whose trace has ended, once its names are in or have been waited for. Nobody waits for the names of a trace
  /// that was stopped or could not be made.
  func endIfSettled(_ slot: Int, in session: isolated Session) {
    // In virtual time everything comes in its order, and `played` behind it.
    guard slots[slot].events == nil, let result = slots[slot].result, let end = result.trace.end else { return }
    let isHurried: Bool
    switch end {
    case .cancelled, .failed, .overall: isHurried = true
    case .reached, .unreachable, .loop, .gapLimit, .exhausted: isHurried = isStopping || session.isInterrupted
    }
    guard isHurried || result.isAnnotated && !waitsForLateReplies(slot) else { return }
    self.end(slot, in: session)
  }

  /// Whether replies may still come that the evidence has to count: with a timeout that is short for enrichment the trace may be over
  /// before they are there. They are waited for as long as names are.
  func waitsForLateReplies(_ slot: Int) -> Bool {
    guard let result = slots[slot].result, result.hasShortTimeout, !slots[slot].isLateWaitOver,
      result.counts.silent + result.counts.givenUp > 0
    else { return false }
    if slots[slot].lateWait == nil {
      let wait = result.enrichment.request.wait
      slots[slot].lateWait = Task { [entrance = feed.entrance] in
        // Cancelled with the slot's end: then nobody waits any more.
        do { try await Task.sleep(for: wait) } catch { return }
        entrance.add(.lateWaitOver(slot: slot))
      }
    }
    return true
  }
}
