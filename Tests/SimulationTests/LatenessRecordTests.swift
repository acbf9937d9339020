import Simulation
import Testing
import Time

@Suite("Lateness record")
struct LatenessRecordTests {
  @Test("quantiles are the microsecond that so many answers stay below, and counts are exact")
  func quantiles() {
    var record = LatenessRecord()
    for microseconds in 0..<1_000 { record.add(.microseconds(microseconds)) }
    #expect(record.count == 1_000)
    #expect(record.quantile(0.5) == 500)
    #expect(record.quantile(0.99) == 990)
    #expect(record.quantile(1) == 1_000)
    #expect(record.count(below: 100) == 100)
  }

  @Test("what is later than all buckets is counted once, and its size kept")
  func overflow() {
    var record = LatenessRecord()
    record.add(.seconds(3))
    record.add(.nanoseconds(-5))
    #expect(record.count(below: 1) == 1)
    #expect(
      record.json
        == """
        {"count":2,"p50_us":1,"p90_us":10000,"p99_us":10000,"p999_us":10000,"max_us":3000000,"below":[\
        {"us":10,"count":1},{"us":20,"count":1},{"us":50,"count":1},{"us":100,"count":1},{"us":200,"count":1},\
        {"us":500,"count":1},{"us":1000,"count":1},{"us":2000,"count":1},{"us":5000,"count":1}]}
        """)
  }

  @Test("an empty record has no quantiles")
  func empty() {
    #expect(LatenessRecord().quantile(0.5) == 0)
  }
}
