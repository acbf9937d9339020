import Enrichment
import Testing

@Suite("A fact")
struct FactTests {
  @Test("has a value only when it is known, and is pending only while it is asked")
  func value() {
    let known = Fact.known("a.example", source: .dns, age: .zero)
    #expect(known.value == "a.example")
    #expect(!known.isPending)
    #expect(Fact<String>.pending.isPending)
    #expect(Fact<String>.absent(source: .dns, age: .zero).value == nil)
  }
}
