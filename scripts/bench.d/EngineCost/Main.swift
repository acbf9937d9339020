// EngineCost: what the engine costs without the shell round it. Built by scripts/bench alone.
//
//   EngineCost probe                              nanoseconds a probe between two system calls, median
//   EngineCost lab                                microseconds a trace of 30 simulated hops in virtual time, median
//   EngineCost hour                               milliseconds for an hour of 12 simulated hops at a probe a second each
//   EngineCost nodes                              milliseconds to read a network of 1,000 nodes, median
//   EngineCost live ADDRESS HOPS TRACES GROUP     microseconds of processor time a probe on the live network: TRACES
//                                                 traces with 6 probes to each of HOPS hops, GROUP of them at a time
//   EngineCost stalled ADDRESS HOPS TRACES kernel|program
//                                                 how many of TRACES traces with a timeout of 70 ms are complete when the
//                                                 reader stops for 30 ms just before the last reply, and arrivals are
//                                                 judged by the stamp of the kernel or by when the program reads them

import Glibc
import Packets
import SystemIO

@main
enum EngineCost {
  /// Tasks run where those of `ftrsh` do.
  static func main() {
    MainThread.replacePool()
    Task { @concurrent in
      await measure()
      exit(0)
    }
    MainThread.serve()
  }

  @concurrent
  private static func measure() async {
    let words = CommandLine.arguments.dropFirst()
    let numbers = words.compactMap { Int($0) }
    switch words.first {
    case "probe":
      report(ProbePath().cost())
    case "lab":
      report(LabTrace.cost())
    case "hour":
      report(LabTrace.hour())
    case "nodes":
      report(LabTrace.loading(nodes: 1_000))
    case "live":
      guard let target = words.dropFirst().first.flatMap({ IPAddress($0) }), numbers.count == 3 else { usage() }
      report(await LiveTraces(target: target, hops: numbers[0]).cost(traces: numbers[1], together: numbers[2]))
    case "stalled":
      guard let target = words.dropFirst().first.flatMap({ IPAddress($0) }), numbers.count == 2,
        let judge = words.last, ["kernel", "program"].contains(judge)
      else { usage() }
      let traces = StalledTraces(target: target, hops: numbers[0], judgedByProgram: judge == "program")
      print(await traces.complete(of: numbers[1]))
    default:
      usage()
    }
  }

  private static func report(_ cost: Double) {
    print((cost * 1000).rounded() / 1000)
  }

  private static func usage() -> Never {
    print(
      "usage: EngineCost probe | lab | hour | nodes | live ADDRESS HOPS TRACES GROUP | stalled ADDRESS HOPS TRACES kernel|program"
    )
    exit(2)
  }
}

/// The median time of one of `count` like things, of which `body` does all, in nanoseconds.
func medianCost(count: Int, rounds: Int, _ body: () -> Void) -> Double {
  let clock = ContinuousClock()
  var times = (0..<rounds).map { _ in clock.measure(body) }
  times.sort()
  return times[rounds / 2] / .nanoseconds(1) / Double(count)
}
