// ProbeCost: what a probe costs this program itself, without the kernel. Built by scripts/bench alone.
//
// Prints `NAME NANOSECONDS` lines: medians over many rounds.

@main
enum ProbeCost {
  static func main() {
    report("probe", nanoseconds: ProbePath().cost())
  }

  private static func report(_ name: String, nanoseconds: Double) {
    print(name, (nanoseconds * 10).rounded() / 10)
  }
}

/// The median time of one of `count` like things, of which `body` does all, in nanoseconds.
func medianCost(count: Int, rounds: Int, _ body: () -> Void) -> Double {
  let clock = ContinuousClock()
  var times = (0..<rounds).map { _ in clock.measure(body) }
  times.sort()
  return times[rounds / 2] / .nanoseconds(1) / Double(count)
}
