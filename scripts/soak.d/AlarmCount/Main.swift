// AlarmCount: how often equal simulated paths seem to differ, and how often a delay on one link is found. See scripts/soak.

import Packets
import Probing
import Results
import Simulation
import Statistics
import Time
import Tracing

/// A rate of 5 % gives at most 67 in 1,000 with 99 %.
let mostAlarms = 0.067

let pairs = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000
precondition(pairs > 0, "A count is of one pair at least.")
print("equal paths, \(pairs) pairs a row: twelve hops, one of them silent, jitter 1 ms and loss 0.5 % on each link")
print("probes  with a false claim")
for queries in [1, 5, 10, 30] {
  let count = try AlarmCount(pairs: pairs, queries: queries, extra: 0).counted()
  let isRare = Double(count.any) <= mostAlarms * Double(pairs)
  print(pad(queries, 6) + pad(count.any, 8) + (isRare ? "  ok" : "  TOO MANY"))
}
print("a link that delays by more, at hop 5, \(pairs) pairs a row")
print("delay  probes   found   at hop 5   before hop 5   other claims")
for milliseconds in [1, 2, 5] {
  for queries in [5, 10, 30] {
    let count = try AlarmCount(pairs: pairs, queries: queries, extra: milliseconds * 500).counted()
    func percent(_ number: Int) -> Int { Int((Double(number) * 100 / Double(pairs)).rounded()) }
    print(
      "\(milliseconds) ms" + pad(queries, 9) + pad(percent(count.found), 7) + "%" + pad(percent(count.right), 10) + "%"
        + pad(percent(count.early), 14) + "%" + pad(percent(count.other), 14) + "%")
  }
}
func pad(_ number: Int, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: " ", count: max(0, width - digits.count)) + digits
}
