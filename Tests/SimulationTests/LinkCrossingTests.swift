import Statistics
import Testing
import Time

@testable import Simulation

@Suite("Crossing a link")
struct LinkCrossingTests {
  /// Milliseconds of many draws from one seed.
  private func draws(_ distribution: DelayDistribution, _ count: Int = 20_000) -> [Double] {
    var generator = SeededGenerator(seed: 11)
    return (0..<count).map { _ in Double(distribution.nanoseconds(using: &generator)) / 1_000_000 }.sorted()
  }

  @Test("a uniform delay lies between its bounds, evenly")
  func uniform() {
    let found = draws(.uniform(.milliseconds(5), .milliseconds(9)))
    #expect(found.first ?? 0 >= 5 && found.last ?? 10 <= 9)
    #expect(abs(found[10_000] - 7) < 0.1 && abs(found[2_000] - 5.4) < 0.1)
  }

  @Test("a normal delay has its mean and its deviation, and is never negative")
  func normal() {
    let found = draws(.normal(mean: .milliseconds(5), deviation: .milliseconds(1)))
    #expect(abs(found[10_000] - 5) < 0.05)
    // One deviation below and above the mean.
    #expect(abs(found[3_173] - 4) < 0.05 && abs(found[16_827] - 6) < 0.05)
    #expect(draws(.normal(mean: .zero, deviation: .milliseconds(1))).first == 0)
  }

  @Test("a delay with a long tail is seldom far from its least, and then very far")
  func longTail() {
    let found = draws(.longTail(least: .milliseconds(5), excess: .milliseconds(2)))
    #expect(found.first ?? 0 >= 5)
    #expect(abs(found[10_000] - 5.83) < 0.05)
    #expect(abs(found[19_800] - 23) < 2 && found.last ?? 0 > 100)
  }

  @Test("bursts lose the stated share on the whole, and are as long as stated", arguments: [1.0, 4, 8])
  func bursts(length: Double) {
    var model = LinkModel()
    model.loss = 0.05
    model.burst = length
    var link = LinkCrossing(model)
    var generator = SeededGenerator(seed: 5)
    let lost = (0..<200_000).map { _ in link.nanoseconds(using: &generator) == nil }
    let share = Double(lost.count { $0 }) / 200_000
    let bursts = zip(lost.dropFirst(), lost).count { now, before in now && !before }
    #expect(abs(share - 0.05) < 0.005)
    // Losses on their own account follow each other now and then, too.
    #expect(abs(share * 200_000 / Double(bursts) - max(length, 1 / 0.95)) < length * 0.1)
  }

  @Test("the two directions of a link have bursts of their own")
  func directions() {
    var model = LinkModel()
    model.loss = 0.5
    model.burst = 1_000
    var link = LinkCrossing(model)
    var generator = SeededGenerator(seed: 5)
    let pairs = (0..<20_000).map { _ in
      (
        link.nanoseconds(isBackward: false, using: &generator) == nil,
        link.nanoseconds(isBackward: true, using: &generator) == nil
      )
    }
    #expect(pairs.contains { $0.0 && !$0.1 } && pairs.contains { !$0.0 && $0.1 })
  }

  @Test("without jitter, loss and distribution nothing is drawn")
  func plain() {
    var model = LinkModel()
    model.delay = .constant(.milliseconds(3))
    var link = LinkCrossing(model)
    var generator = SeededGenerator(seed: 5)
    var untouched = SeededGenerator(seed: 5)
    #expect(link.nanoseconds(using: &generator) == 3_000_000)
    #expect(generator.next() == untouched.next())
  }
}
