import CSystemIO
import Enrichment
import Lookups
import Packets
import SystemIO

/// A STUN server on loopback that answers as its test says.
final class ScriptedSTUNServer: Sendable {
  /// What arrived.
  struct Request {
    let bytes: [UInt8]
    let source: STUNEndpoint
    /// Counted from 1.
    let number: Int

    /// The transaction id's 12 bytes.
    var id: [UInt8] { Array(bytes[8..<20]) }

    /// An answer of that type, of attributes in hexadecimal.
    func answer(_ attributes: String, type: String = "0101", id: [UInt8]? = nil) -> [UInt8] {
      let attributes = hexBytes(attributes)
      return hexBytes(type) + [0, UInt8(attributes.count)] + hexBytes("2112a442") + (id ?? self.id) + attributes
    }

    /// The right answer: where the request came from, plainly.
    var mapped: [UInt8] {
      var writer = ByteWriter()
      source.address.write(into: &writer)
      let value = [0, source.address.family == .ipv4 ? 1 : 2, UInt8(source.port >> 8), UInt8(source.port & 0xff)]
      let attribute = [0, 1, 0, UInt8(4 + writer.count)] + value + writer.bytes
      return hexBytes("0101") + [0, UInt8(attribute.count)] + hexBytes("2112a442") + id + attribute
    }
  }

  /// What the server does about a request.
  enum Reply {
    case send([UInt8])
    /// From another port of the same address.
    case sendFromElsewhere([UInt8])
  }

  let endpoint: STUNEndpoint
  private let socket: SocketHolder
  private let elsewhere: SocketHolder
  private let registration: EventLoop.Registration

  init(
    _ loop: EventLoop, _ address: IPAddress = IPAddress(127, 0, 0, 1),
    answering: @escaping @Sendable (Request) -> [Reply]
  ) throws {
    let socket = try SocketHolder(address)
    let elsewhere = try SocketHolder(address)
    let count = Locked(0)
    registration = try loop.register(socket.raw) { _ in
      guard let (bytes, source) = socket.receive() else { return }
      let number = count.withLock { count in
        count += 1
        return count
      }
      for reply in answering(Request(bytes: bytes, source: source, number: number)) {
        switch reply {
        case .send(let bytes): socket.send(bytes, to: source)
        case .sendFromElsewhere(let bytes): elsewhere.send(bytes, to: source)
        }
      }
    }
    (self.socket, self.elsewhere, endpoint) = (socket, elsewhere, STUNEndpoint(address, port: socket.port))
  }

  deinit {
    registration.cancel()
  }
}

/// A UDP socket of a test, on a port of the kernel's choice.
final class SocketHolder: Sendable {
  let port: UInt16
  private let descriptor: FileDescriptor

  init(_ address: IPAddress) throws {
    let isIPv6: Int32 = address.family == .ipv6 ? 1 : 0
    let socket = FileDescriptor(owning: try checked(csio_udp_socket(isIPv6), "socket"))
    var end = csio_address(high: address.high, low: address.low, port: 0, family: isIPv6 == 1 ? 6 : 4)
    try checked(csio_bind(socket.raw, &end), "bind", "\(address)")
    try checked(csio_local_address(socket.raw, &end), "getsockname")
    port = end.port
    descriptor = socket
  }

  var raw: Int32 { descriptor.raw }

  func receive() -> (bytes: [UInt8], source: STUNEndpoint)? {
    var arrival = csio_arrival()
    var bytes = [UInt8](repeating: 0, count: 2048)
    guard csio_receive(raw, 0, &arrival, 1, &bytes, 2048) == 1 else { return nil }
    let source = arrival.source
    let address =
      source.family == 4
      ? IPAddress(ipv4: UInt32(truncatingIfNeeded: source.low)) : IPAddress(high: source.high, low: source.low)
    return (Array(bytes[..<Int(arrival.length)]), STUNEndpoint(address, port: source.port))
  }

  func send(_ bytes: [UInt8], to end: STUNEndpoint) {
    var departure = csio_departure()
    departure.destination = csio_address(
      high: end.address.high, low: end.address.low, port: end.port, family: end.address.family == .ipv4 ? 4 : 6)
    departure.length = UInt32(bytes.count)
    departure.hop_limit = 64
    _ = csio_send(raw, bytes, &departure, 1)
  }
}

/// Bytes in hexadecimal; blanks do not matter.
func hexBytes(_ text: String) -> [UInt8] {
  let digits = text.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}
