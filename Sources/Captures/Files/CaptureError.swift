/// What is wrong with a capture file, and where.
package struct CaptureError: Error, Hashable, Sendable {
  /// The ways in which a file can be wrong.
  package enum Reason: Hashable, Sendable {
    /// The first bytes are those of no capture; the text says what they look like, when that is known.
    case notACapture(String?)
    /// A version or variant that is not read here.
    case unsupported(String)
    /// The link type of a packet is none of those that carry IP in a way known here.
    case linkType(UInt32)
    /// The file ends inside this.
    case truncated(String)
    /// A length or reference that contradicts the format.
    case malformed(String)
    /// More of these than are read.
    case tooMany(String, limit: Int)
  }

  /// What is wrong.
  package var reason: Reason
  /// Where it starts, in bytes from the start of the file.
  package var offset: Int

  init(_ reason: Reason, at offset: Int) {
    self.reason = reason
    self.offset = offset
  }
}

extension CaptureError: CustomStringConvertible {
  /// As in `the packet record at byte 24 is cut off by the end of the file`.
  package var description: String {
    switch reason {
    case .notACapture(nil): "it begins like no capture file"
    case .notACapture(let kind?): "it is \(kind), not a capture file"
    case .unsupported(let what): "\(what) (at byte \(offset)) is not read here"
    case .linkType(let number):
      "its packets are of link type \(LinkType.name(of: number)) (at byte \(offset)), from which IP is not read here"
    case .truncated(let what): "the \(what) at byte \(offset) is cut off by the end of the file"
    case .malformed(let what): "the \(what) at byte \(offset) contradicts the format"
    case .tooMany(let what, let limit): "from byte \(offset) on there are more than \(limit) \(what)"
    }
  }
}
