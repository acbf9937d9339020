/// One object of an ICMP extension structure: what a responder tells beyond the error itself.
package enum ICMPExtensionObject: Hashable, Sendable {
  /// Class 1, type 1: the label stack that the probe arrived with, outermost first (RFC 4950).
  case mpls([MPLSLabel])
  /// Class 2: one of the responder's interfaces (RFC 5837).
  case interfaceInformation(InterfaceInformation)
  /// Any other object, as it came, without its header.
  case unknown(classNumber: UInt8, type: UInt8, bytes: [UInt8])

  static let mplsClass: UInt8 = 1
  static let incomingStackType: UInt8 = 1
  static let interfaceClass: UInt8 = 2

  /// Reads the object in `range`, which must be inside the span and at least as long as an object's header.
  static func parse(_ bytes: RawSpan, in range: Range<Int>) throws(PacketError) -> ICMPExtensionObject {
    let classNumber = bytes.uint8(at: range.lowerBound + 2)
    let type = bytes.uint8(at: range.lowerBound + 3)
    let body = (range.lowerBound + ICMPExtension.headerLength)..<range.upperBound
    switch (classNumber, type) {
    case (mplsClass, incomingStackType):
      return .mpls(try MPLSLabel.parseStack(bytes, in: body))
    case (interfaceClass, _):
      return .interfaceInformation(try InterfaceInformation.parse(bytes, in: body, type: type))
    default:
      return .unknown(classNumber: classNumber, type: type, bytes: body.map { bytes.uint8(at: $0) })
    }
  }
}
