import Packets
import Probing
import Simulation
import Sockets
import SystemIO
import Time
import Tracing

/// Traces over raw sockets whose reader stops at the worst moment: the promise with its ground taken away.
struct StalledTraces {
  private static let timeout = Duration.milliseconds(70)
  /// The reader stops from just before the reply that takes 45 ms until 30 ms later: behind the timeout.
  private static let stallBegins = Duration.milliseconds(44)
  private static let stallLasts = Duration.milliseconds(30)

  let target: IPAddress
  let hops: Int
  /// Arrivals are stamped when they are read, as `engine.stamps program` says.
  let judgedByProgram: Bool

  /// How many of so many traces, one after the other, have an answer in time from every hop.
  @concurrent
  func complete(of traces: Int) async -> Int {
    do {
      let loop = try EventLoop()
      var complete = 0
      for _ in 0..<traces where await isComplete(on: loop) { complete += 1 }
      return complete
    } catch {
      preconditionFailure("\(error)")
    }
  }

  private func isComplete(on loop: EventLoop) async -> Bool {
    let start = MonotonicClock.now
    var plan = FaultPlan()
    plan.stampsWhenRead = judgedByProgram
    plan.stalls = [.init(from: start + Self.stallBegins, until: start + Self.stallBegins + Self.stallLasts)]
    let transport = FaultInjector(SocketTransport(on: loop), plan: plan, seed: 1)
    let prober = Prober(transport, on: loop, firstSequence: .random(in: 0...UInt16.max))
    // Replies behind the end are waited for as well: one that was stamped in time revises it.
    await prober.keepIdentities(for: .milliseconds(100))
    var request = TraceRequest(
      target: target, method: ProbeMethod(protocolName: .icmp, socket: .raw, family: target.family))
    request.lastTTL = TTL(hops) ?? .highest
    request.timeout = Self.timeout
    var trace = Trace(request: request, began: start)
    for run in await prober.begin([request]) {
      for await events in run.events { for event in events { trace.apply(event) } }
    }
    await prober.shutDown()
    return trace.hops.allSatisfy(\.isAnswered)
  }
}
