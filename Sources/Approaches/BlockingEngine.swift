// The engine `blocking`: one blocking wait a probe, each with a socket of its own, on a pool of threads.
//
// Models the baseline of the study: ftr hands each probe to the blocking pool of its runtime (tokio, 512 threads made
// on demand) as one task, which opens a socket, sends, waits and reads; the deadline is judged by when the task got
// round to its reply; and the reply counts only when its name and AS are in, whose look-ups use threads of the same
// pool.
//
// Found on Windows: 80–100 % complete traces, 150–275 ms. Its authors named the cause: thirty blocking waits and the
// look-ups share one pool, and 70 ms leave no margin. They built a limiter of 20 permits round the wait
// (`engine.limit`) and took it out again: 512 threads are not used up by 30 probes, and 20 permits serialise them.
//
// Different on Linux: a thread a probe is cheap here (median of thirty answered probes 623 µs; with 27 silent ones and
// a timeout of 70 ms the pool took 282 ms where a reactor took 71), so what remains of the flakiness is what the
// settings `engine.stamps`, `engine.shared-pool` and `engine.await-names` say of it.
//
// A job ends with its probe's timeout, as the original's did: a reply that comes later finds its socket closed and is
// lost. It ends before when the trace is cancelled, which the original could not do.

import Probing
import Results
import SystemIO
import Tracing

final class BlockingEngine: Engine {
  private let traces: EngineTraces
  private let sockets: any ProbeSocketSource
  private let desk: LookUpDesk
  private let pool: ThreadPool

  static func room(_ settings: EngineSettings) -> EngineRoom {
    EngineRoom(places: max(1, settings.threads), waits: max(1, settings.limit ?? .max))
  }

  init(_ traces: EngineTraces, _ sockets: any ProbeSocketSource, _ desk: LookUpDesk) {
    self.traces = traces
    self.sockets = sockets
    self.desk = desk
    pool = ThreadPool("probe wait", most: max(1, traces.settings.threads), traces.gauge)
  }

  func carry(_ probes: [EngineProbe]) {
    pool.work()
    for probe in probes {
      do throws(SystemError) {
        try pool.submit { [self] in run(probe) }
      } catch {
        traces.refuse(probe, SendFailure(error))
      }
    }
  }

  func cancel(_ life: TraceLife) { desk.interrupt(life) }

  func rest() { pool.rest() }

  func shutDown() {
    desk.interruptAll()
    pool.shutDown()
  }

  /// The job of one probe, on a thread of the pool.
  private func run(_ probe: EngineProbe) {
    var waits = 1
    // The permit of the limiter is for the wait, and not for the look-up behind it.
    let endWait = { [traces] in
      guard waits > 0 else { return }
      waits = 0
      traces.freed(waits: 1)
    }
    if let open = OpenProbe.send(probe, by: sockets, traces) {
      waitForAnswer(to: open, endWait)
      open.close()
    }
    traces.freed(places: 1, waits: waits)
  }

  /// Waits for the answer until the probe's timeout.
  private func waitForAnswer(to open: OpenProbe, _ endWait: () -> Void) {
    let life = open.probe.life
    var batch = ArrivalBatch()
    while true {
      switch SocketWait.block(on: open.descriptor, until: open.deadline, life.stop) {
      case .timedOut, .stopped: return
      case .ready:
        if traces.deliver(open.read(&batch), desk, life: life, beforeLookUp: endWait) { return }
        // A socket that stays ready and brings nothing must not hold the thread.
        if open.deadline <= MonotonicClock.now { return }
      }
    }
  }
}
