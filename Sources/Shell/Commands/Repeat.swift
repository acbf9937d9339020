import Lexing
import Results
import SystemIO
import Time

extension Command {
  /// `repeat N [every D] { … }`
  static let `repeat` = Command(
    name: "repeat", topic: .scripts, summary: "run a block several times",
    discussion: [
      "With 'every' the runs begin that far apart; a run that takes longer is followed by the next at once. In a lab whose "
        + "clock is virtual it is the time between the end of one run and the beginning of the next."
    ],
    parameters: [
      Parameter("N", .count(0...1_000_000_000, of: "times"), help: "how often"),
      Parameter("D", .duration(.zero...(.seconds(36_000_000))), .optional, keyword: "every", help: "a duration"),
    ],
    takesBlock: true,
    examples: [
      Example("repeat 3 { echo again }", "three lines"),
      Example("repeat 2 every 10ms { echo tick }", "two runs, 10 ms apart"),
    ],
    action: { call, session async throws(ShellError) in
      guard let block = call.block, let count = call.count("N") else { return }
      for turn in 0..<count {
        try await session.step()
        let start = MonotonicClock.now
        try await session.run(block.statements, in: call.frame)
        guard !session.isLeaving, !call.console.outputIsGone else { return }
        guard turn + 1 < count, let every = call.duration("D") else { continue }
        let rest = every - (MonotonicClock.now - start)
        if rest > .zero { try await session.sleep(for: rest) }
      }
    })
}
