// Interim declarations until the module stands: delete this file then.
package enum AddressFamily: Hashable, Sendable, CaseIterable { case ipv4, ipv6 }
package struct IPAddress: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let family: AddressFamily
  let high: UInt64
  let low: UInt64
  package static func < (a: IPAddress, b: IPAddress) -> Bool { (a.high, a.low) < (b.high, b.low) }
  package var description: String { "" }
}
package enum ICMPExtensionObject: Hashable, Sendable {}
