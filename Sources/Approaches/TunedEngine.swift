// The engine `tuned`: 4 to 8 workers run everything that does not block, and 128 blocking threads do the waits.
//
// Models option 2 of the study: the runtime of ftr with a bounded number of worker threads and of blocking threads, and
// nothing else changed. A probe is sent by a worker, waited for by a blocking thread, handed over by a worker; a
// look-up is a job of a blocking thread too (`engine.shared-pool`).
//
// Found on Windows: 55–100 % complete traces and unstable, 245–1,920 ms; rejected.
//
// Different on Linux: what a blocking thread costs is little here too, and 128 of them are enough for thirty probes and
// their look-ups; but blocking inside the tasks of a runtime, on its few workers, took 985 ms with 27 silent probes and
// a timeout of 70 ms, where the pool took 282. Timers are the event loop's (see `EngineTraces`).
//
// Where more waits are wanted than there are threads, probes have left whose reply nobody reads yet: with the program's
// stamps they are late. A wait ends with its probe's timeout, and a later reply is lost.

import Glibc
import Packets
import Probing
import Results
import SystemIO
import Tracing

final class TunedEngine: Engine {
  private let traces: EngineTraces
  private let sockets: any ProbeSocketSource
  private let desk: LookUpDesk
  private let workers: ThreadPool
  private let waiting: ThreadPool

  /// Probes sent and not done with: as many as the largest window of a trace. Their waits queue for a thread.
  static let room = EngineRoom(places: TraceRequest.mostWindow)

  /// As the study had it: the processors, but 4 at least and 8 at most.
  static var workerCount: Int { min(8, max(4, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  init(_ traces: EngineTraces, _ sockets: any ProbeSocketSource, _ desk: LookUpDesk) {
    self.traces = traces
    self.sockets = sockets
    self.desk = desk
    workers = ThreadPool("worker", most: Self.workerCount, traces.gauge)
    waiting = ThreadPool("probe wait", most: max(1, traces.settings.threads), traces.gauge)
  }

  func carry(_ probes: [EngineProbe]) {
    workers.work()
    waiting.work()
    for probe in probes {
      do throws(SystemError) {
        try workers.submit { [self] in send(probe) }
      } catch {
        traces.refuse(probe, SendFailure(error))
      }
    }
  }

  func cancel(_ life: TraceLife) { desk.interrupt(life) }

  func rest() {
    workers.rest()
    waiting.rest()
  }

  func shutDown() {
    desk.interruptAll()
    waiting.shutDown()
    workers.shutDown()
  }

  /// On a worker.
  private func send(_ probe: EngineProbe) {
    guard let open = OpenProbe.send(probe, by: sockets, traces) else { return traces.freed(places: 1, waits: 1) }
    wait(for: open)
  }

  /// Has a blocking thread wait for what comes, and a worker take it.
  private func wait(for open: OpenProbe) {
    run(on: waiting, for: open) { [self] in
      switch SocketWait.block(on: open.descriptor, until: open.deadline, open.probe.life.stop) {
      case .timedOut, .stopped: end(open)
      case .ready:
        var batch = ArrivalBatch()
        let replies = open.read(&batch)
        run(on: workers, for: open) { [self] in handOver(replies, of: open) }
      }
    }
  }

  /// On a worker.
  private func handOver(_ replies: [EngineReply], of open: OpenProbe) {
    var isAnswered = false
    for reply in replies {
      guard let responder = reply.responder else {
        traces.accept(reply)
        continue
      }
      switch desk.effect {
      case .none: isAnswered = traces.accept(reply) || isAnswered
      case .awaited:
        traces.hold(reply, for: responder, desk)
        isAnswered = true
      case .awaitedByThread:
        lookUp(responder, for: open) { [traces] in traces.accept(reply) }
        isAnswered = true
      case .holdsThread:
        guard traces.accept(reply) else { continue }
        isAnswered = true
        lookUp(responder, for: open) {}
      }
    }
    // A socket that stays ready and brings nothing must not hold a thread behind the timeout.
    if isAnswered || open.deadline <= MonotonicClock.now { end(open) } else { wait(for: open) }
  }

  /// Has a blocking thread wait for a look-up, and a worker do what is behind it.
  private func lookUp(_ responder: IPAddress, for open: OpenProbe, then body: @escaping @Sendable () -> Void) {
    let life = open.probe.life
    run(on: waiting) { [self] in
      desk.wait(for: responder, life: life)
      run(on: workers, body)
    }
  }

  private func end(_ open: OpenProbe) {
    open.close()
    traces.freed(places: 1, waits: 1)
  }

  /// Runs the next step of a probe; without a thread for it the probe is given up, and times out.
  private func run(on pool: ThreadPool, for open: OpenProbe, _ body: @escaping @Sendable () -> Void) {
    do throws(SystemError) {
      try pool.submit(body)
    } catch {
      end(open)
    }
  }

  /// Runs what is behind a look-up, here if there is no thread for it.
  private func run(on pool: ThreadPool, _ body: @escaping @Sendable () -> Void) {
    do throws(SystemError) {
      try pool.submit(body)
    } catch {
      body()
    }
  }
}
