// AlarmCount: how often equal simulated paths seem to differ, and how often a delay on one link is found. See scripts/soak.

@main
enum Main {
  /// A rate of 5 % gives at most 67 in 1,000 with 99 %.
  private static let mostAlarms = 0.067

  static func main() throws {
    let pairs = max(1, CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000)
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
        let shares = [(count.found, 7), (count.right, 10), (count.early, 14), (count.other, 14)].map { number, width in
          pad(Int((Double(number) * 100 / Double(pairs)).rounded()), width) + "%"
        }
        print("\(milliseconds) ms" + pad(queries, 9) + shares.joined())
      }
    }
  }

  private static func pad(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: " ", count: max(0, width - digits.count)) + digits
  }
}
