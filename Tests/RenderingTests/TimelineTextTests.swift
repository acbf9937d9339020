import Rendering
import Results
import TestSupport
import Testing
import Tracing

@Suite("Timelines as text")
struct TimelineTextTests {
  private static func timeline() -> Timeline { Timeline(.everything) }

  @Test("the picture has a row a probe and fits the width", arguments: [32, 40, 80, 200])
  func width(columns: Int) {
    let timeline = Self.timeline()
    let lines = TimelineText.picture(timeline, timeline.events, columns: columns)
    let probes = Set(timeline.events.compactMap(\.probe)).count
    // And one row with the times at both ends, and what the marks mean, in as many rows as it takes.
    #expect(lines.count == probes + 1 + [32: 4, 40: 3, 80: 2, 200: 1][columns, default: 0])
    for line in lines { #expect(line.text.count < columns, "\(line.text)") }
    #expect(lines.contains { $0.text.contains("│") && $0.text.contains("●") })
  }

  @Test("an explanation fits the width, down to forty columns", arguments: [40, 60, 80, 200])
  func explanation(columns: Int) throws {
    let ttl = try #require(TTL(1))
    let explanation = try #require(Explanation(hop: ttl, of: .everything))
    let lines = ExplanationText(columns: columns).lines(explanation)
    #expect(lines.count > 10)
    for line in lines where line.text.contains(" ") { #expect(line.text.count <= min(columns, 80), "\(line.text)") }
  }

  @Test("where a row has no room for a picture, there is none")
  func narrow() {
    let timeline = Self.timeline()
    #expect(TimelineText.picture(timeline, timeline.events, columns: 12).isEmpty)
  }

  @Test("events are one line each, and in order of time")
  func order() {
    let timeline = Self.timeline()
    #expect(TimelineText.lines(timeline.events).count == timeline.events.count)
    #expect(timeline.events.map(\.at) == timeline.events.map(\.at).sorted())
    #expect(timeline.events(at: .first, of: .sent).allSatisfy { $0.probe?.ttl == .first && $0.kind == .sent })
  }
}
