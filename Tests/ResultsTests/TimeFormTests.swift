import Results
import Testing
import Time

@Suite("Times of results")
struct TimeFormTests {
  @Test(
    "a moment is written in ISO 8601 and read back",
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
      (1_795_479_443_042, "2026-11-24T00:17:23.042Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
      (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
    ] as [(Int64, String)])
  func wallTime(milliseconds: Int64, text: String) {
    #expect(WallTime(milliseconds: milliseconds).description == text)
    #expect(WallTime(text)?.milliseconds == milliseconds)
  }

  @Test(
    "a text that is no moment is refused",
    arguments: [
      "", "2026-11-24", "2026-13-01T00:00:00.000Z", "2026-02-29T00:00:00.000Z", "2026-11-24T24:00:00.000Z",
      "2026-11-24T00:17:23.042", "2026-11-24T00:17:23.04éZ",
    ])
  func noWallTime(text: String) {
    #expect(WallTime(text) == nil)
  }

  @Test(
    "a time keeps microseconds, rounded, in text and in JSON",
    arguments: [
      (16_704_999, "16.705", "16.705"), (16_704_499, "16.704", "16.704"), (0, "0.000", "0"), (499, "0.000", "0"),
      (500, "0.001", "0.001"),
      (70_000_000, "70.000", "70"), (12_345_678_901, "12345.679", "12345.679"), (-1500, "-0.002", "-0.002"),
    ] as [(Int64, String, String)])
  func milliseconds(nanoseconds: Int64, text: String, json: String) {
    let time = Milliseconds(Duration(nanoseconds: nanoseconds))
    #expect(time.description == text)
    #expect(ResultCoding.encode([time]) == "[\(json)]")
  }

  @Test(
    "sentences give few digits, settings give those that matter",
    arguments: [
      (46_249, "46.2 ms", "46.249 ms"), (70_000, "70.0 ms", "70 ms"), (999_949, "999.9 ms", "999.949 ms"),
      (999_950, "1.0 s", "999.95 ms"), (1_000_000, "1.0 s", "1 s"), (1_500_000, "1.5 s", "1.5 s"),
      (250, "0.3 ms", "0.25 ms"), (15, "0.015 ms", "0.015 ms"), (100, "0.1 ms", "0.1 ms"),
    ] as [(Int64, String, String)])
  func forms(microseconds: Int64, brief: String, exact: String) {
    #expect(Milliseconds(microseconds: microseconds).brief == brief)
    #expect(Milliseconds(microseconds: microseconds).exact == exact)
  }
}
