/// What is wrong with the bytes of a STUN message: which field, where, and in what way.
package struct STUNError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The ways in which bytes can be wrong.
  package enum Reason: Hashable, Sendable {
    /// The bytes end before the field does.
    case truncated
    /// More bytes than any answer has.
    case tooLong
    /// A length contradicts the format or the bytes round it.
    case badLength
    /// Nothing that the field can be in this place.
    case unexpected
    /// Not there, though this answer must have it.
    case missing
    /// The checksum does not hold.
    case badChecksum
  }

  /// The field, or the header when the message is none.
  package let field: STUNField
  /// Where the field starts, in bytes from the start of the message.
  package let offset: Int
  /// What is wrong with it.
  package let reason: Reason

  init(_ field: STUNField, at offset: Int, _ reason: Reason) {
    self.field = field
    self.offset = offset
    self.reason = reason
  }

  /// Whether the message is an answer to the request, and the fault is inside. Everything else is no business of ours, and
  /// thrown away without a word (RFC 8489 section 6.3).
  package var isAboutUs: Bool {
    switch field {
    case .header, .type, .length, .cookie, .transactionID, .fingerprint: false
    case .attribute, .unknownAttribute, .mappedAddress, .mappedAddressFamily, .errorCode: true
    }
  }

  /// As in `STUN mapped address at offset 24: impossible length`.
  package var description: String {
    "STUN \(field) at offset \(offset): \(reason)"
  }
}

extension STUNError.Reason: CustomStringConvertible {
  /// What is wrong, in two words.
  package var description: String {
    switch self {
    case .truncated: "truncated"
    case .tooLong: "too long"
    case .badLength: "impossible length"
    case .unexpected: "unexpected value"
    case .missing: "missing"
    case .badChecksum: "wrong checksum"
    }
  }
}

/// A field that a `STUNError` can name.
package enum STUNField: Hashable, Sendable, CustomStringConvertible {
  case header, type, length, cookie, transactionID
  case attribute
  /// One that must be understood, and is not.
  case unknownAttribute(UInt16)
  case mappedAddress, mappedAddressFamily, errorCode, fingerprint

  /// Its name in RFC 8489, in lower case.
  package var description: String {
    switch self {
    case .header: "header"
    case .type: "message type"
    case .length: "message length"
    case .cookie: "magic cookie"
    case .transactionID: "transaction id"
    case .attribute: "attribute"
    case .unknownAttribute(let type): "attribute 0x" + String(type, radix: 16)
    case .mappedAddress: "mapped address"
    case .mappedAddressFamily: "mapped address family"
    case .errorCode: "error code"
    case .fingerprint: "fingerprint"
    }
  }
}
