/// What is wrong with the bytes of a DNS message: which field, where, and in what way.
package struct NameWireError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A part of a message that an error can name.
  package enum Field: String, Hashable, Sendable, CaseIterable {
    case header
    case question
    case name
    case compressionPointer = "compression pointer"
    case record
    case recordLength = "record length"
    case address
    case text
  }

  /// The ways in which bytes can be wrong.
  package enum Reason: String, Hashable, Sendable, CaseIterable {
    /// The bytes end before the field does.
    case truncated
    /// A length contradicts the format or the bytes round it.
    case badLength = "impossible length"
    /// A label of a kind that was never used, or is not used any more (RFC 6891 section 5).
    case badLabel = "unknown kind of label"
    /// It does not point to what came before, as it must (RFC 1035 section 4.1.4).
    case notBackwards = "does not point backwards"
    /// More of these than the bound that keeps a hostile message cheap.
    case tooMany = "too many"
  }

  /// The field.
  package let field: Field
  /// Where it starts, in bytes from the start of the message.
  package let offset: Int
  /// What is wrong with it.
  package let reason: Reason

  /// An error in the field that starts at `offset`.
  package init(_ field: Field, at offset: Int, _ reason: Reason) {
    self.field = field
    self.offset = offset
    self.reason = reason
  }

  /// As in `name at offset 12: truncated`.
  package var description: String {
    "\(field.rawValue) at offset \(offset): \(reason.rawValue)"
  }
}

extension RawSpan {
  /// Checks that `count` bytes start at `offset`.
  func require(_ count: Int, at offset: Int, _ field: NameWireError.Field) throws(NameWireError) {
    guard offset >= 0, offset <= byteCount, byteCount - offset >= count else {
      throw NameWireError(field, at: offset, .truncated)
    }
  }
}
