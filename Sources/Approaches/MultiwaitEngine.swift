// The engine `multiwait`: one thread that waits on at most 62 probe sockets at a time; further probes queue.
//
// Models option 1 of the study: one thread in `WaitForMultipleObjects`, which takes 64 objects, of which two are for
// control. Here it is `poll` over as many sockets, built anew for each wait as there.
//
// Found on Windows: 0 % complete traces (half of the hops seen), 400–500 ms, 497 lines; rejected.
//
// Different on Linux: `poll` has no such bound, so that the 62 are a choice; thirty answered probes took a median of
// 995 µs, and with 27 silent ones and a timeout of 70 ms the trace took 70 ms. The half that was lost there is not lost
// here: an event that is ready stays ready until it is read.
//
// A socket makes room for the next probe when its own is answered or its timeout is over; a later reply is lost with
// it. A look-up that holds the engine's thread (`engine.shared-pool`) holds everything.

import Glibc
import Probing
import Results
import SystemIO
import Time
import Tracing

final class MultiwaitEngine: OneThreadEngine {
  let traces: EngineTraces
  let desk: LookUpDesk
  let thread: EngineThread

  /// Objects that `WaitForMultipleObjects` takes (MAXIMUM_WAIT_OBJECTS, 64), less two for control.
  static let mostSockets = 62

  static let room = EngineRoom(waits: mostSockets)

  init(_ traces: EngineTraces, _ sockets: any ProbeSocketSource, _ desk: LookUpDesk) {
    self.traces = traces
    self.desk = desk
    thread = EngineThread("multiwait", traces.gauge) { thread, wake in
      Self.run(thread, wake, traces, sockets, desk)
    }
  }

  private static func run(
    _ thread: EngineThread, _ wake: StopSignal, _ traces: EngineTraces, _ sockets: any ProbeSocketSource,
    _ desk: LookUpDesk
  ) {
    var open: [OpenProbe] = []
    var batch = ArrivalBatch()
    while let probes = thread.take(wake, holding: open.count) {
      for probe in probes {
        if let sent = OpenProbe.send(probe, by: sockets, traces) {
          open.append(sent)
        } else {
          traces.freed(places: 1, waits: 1)
        }
      }
      // Before the wait: what it finds silent after its deadline was silent then.
      let now = MonotonicClock.now
      var entries = [pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0)]
      entries += open.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
      SocketWait.poll(&entries, until: open.map(\.deadline).min() ?? .distantFuture)
      var left: [OpenProbe] = []
      for (index, probe) in open.enumerated() {
        let life = probe.probe.life
        let isReady = entries[index + 1].revents != 0
        let isAnswered = isReady && traces.deliver(probe.read(&batch), desk, life: life)
        if isAnswered || life.isCancelled || probe.deadline <= now {
          probe.close()
          traces.freed(places: 1, waits: 1)
        } else {
          left.append(probe)
        }
      }
      open = left
    }
    for probe in open { probe.close() }
  }
}
