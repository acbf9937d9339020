/// The types of records that are asked for here (RFC 1035 section 3.2.2, RFC 3596 section 2.1).
package enum RecordType: UInt16, Hashable, Sendable, CaseIterable {
  case a = 1
  case cname = 5
  case ptr = 12
  case txt = 16
  case aaaa = 28
}

extension RecordType: CustomStringConvertible {
  /// As in a zone file: `PTR`.
  package var description: String {
    switch self {
    case .a: "A"
    case .cname: "CNAME"
    case .ptr: "PTR"
    case .txt: "TXT"
    case .aaaa: "AAAA"
    }
  }
}
