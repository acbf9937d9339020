import CSystemIO
import Packets

extension csio_address {
  /// An address and a port; none (family 0) for nil.
  init(_ address: IPAddress?, port: UInt16 = 0) {
    guard let address else {
      self.init()
      return
    }
    switch address.family {
    case .ipv4: self.init(high: 0, low: address.low, port: port, family: 4)
    case .ipv6: self.init(high: address.high, low: address.low, port: port, family: 6)
    }
  }

  /// nil when there is none.
  var ipAddress: IPAddress? {
    switch family {
    case 4: IPAddress(ipv4: UInt32(truncatingIfNeeded: low))
    case 6: IPAddress(high: high, low: low)
    case _: nil
    }
  }
}

extension AddressFamily {
  /// What the functions of CSystemIO ask for: 1 for IPv6, 0 for IPv4.
  var isIPv6: Int32 {
    switch self {
    case .ipv4: 0
    case .ipv6: 1
    }
  }
}
