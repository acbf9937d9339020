import SystemIO
import Tracing

/// An engine whose probes all wait on one thread of its own: what `multiwait`, `dedicated` and `completion` do alike.
protocol OneThreadEngine: Engine {
  var traces: EngineTraces { get }
  var desk: LookUpDesk { get }
  var thread: EngineThread { get }
}

extension OneThreadEngine {
  func carry(_ probes: [EngineProbe]) {
    do throws(SystemError) {
      try thread.post(probes)
    } catch {
      for probe in probes { traces.refuse(probe, SendFailure(error)) }
    }
  }

  func cancel(_ life: TraceLife) {
    desk.interrupt(life)
    thread.wakeUp()
  }

  func rest() { thread.rest() }

  /// Ends the thread, and what it waits for.
  func endThread() {
    desk.interruptAll()
    thread.shutDown()
  }

  func shutDown() { endThread() }
}
