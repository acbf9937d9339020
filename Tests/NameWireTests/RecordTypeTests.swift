import NameWire
import Testing

@Suite("Types of records")
struct RecordTypeTests {
  @Test("have the numbers of the registry", arguments: zip(RecordType.allCases, [1, 5, 12, 16, 28] as [UInt16]))
  func numbers(type: RecordType, number: UInt16) {
    #expect(type.rawValue == number)
  }
}
