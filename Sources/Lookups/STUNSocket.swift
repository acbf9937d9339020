import CSystemIO
import Enrichment
import Packets
import SystemIO

/// A UDP socket for one server. It is not connected, so that what others send is seen and counted; the kernel reports ICMP errors
/// about what it sent by the error queue.
struct STUNSocket: ~Copyable {
  private let descriptor: FileDescriptor
  private let server: STUNEndpoint

  /// - Throws: `SystemError` of `socket` or `setsockopt`.
  init(to server: STUNEndpoint) throws(SystemError) {
    let isIPv6: Int32 = server.isIPv6 ? 1 : 0
    let socket = FileDescriptor(owning: try checked(csio_udp_socket(isIPv6), "socket"))
    try checked(csio_want_errors(socket.raw, isIPv6), "setsockopt IP_RECVERR")
    descriptor = socket
    self.server = server
  }

  var raw: Int32 { descriptor.raw }

  /// - Throws: `SystemError` of `sendmmsg`.
  func send(_ bytes: [UInt8]) throws(SystemError) {
    var departure = csio_departure()
    departure.destination = csio_address(server)
    departure.length = UInt32(bytes.count)
    departure.hop_limit = Self.hopLimit
    try checked(csio_send(descriptor.raw, bytes, &departure, 1), "sendmmsg", server.description)
  }

  /// Takes the errors that the network sent about our requests, and returns the first.
  ///
  /// - Returns: its errno, and who reported it.
  func takeError(_ room: inout Room) -> (errno: Int32, source: IPAddress?)? {
    room.receive(from: descriptor.raw, errorQueue: true)
    defer { room.arrivals = 0..<0 }
    // One that is pending beside the queue would fail the next send, or wake the loop for ever.
    let pending = csio_take_pending_error(descriptor.raw)
    for index in room.arrivals where Int(room.records[index].kind) == csio_kind_error {
      return (Int32(room.records[index].error_number), room.records[index].source.ipAddress)
    }
    return pending > 0 ? (pending, nil) : nil
  }

  /// Receives what has arrived, at most `Room.mostDatagrams`.
  func receive(_ room: inout Room) {
    room.receive(from: descriptor.raw, errorQueue: false)
  }

  /// What the kernel gives to ordinary datagrams.
  private static let hopLimit: UInt8 = 64
}

extension STUNSocket {
  /// Room for what one call receives, used again and again.
  struct Room {
    /// More than a server that answers each request twice can send at once.
    static let mostDatagrams = 16
    /// One byte more than a message may have, so that a longer one is seen to be longer.
    static let slotSize = STUNMessage.mostBytes + 1

    fileprivate var records = [csio_arrival](repeating: csio_arrival(), count: mostDatagrams)
    private var slots = [UInt8](repeating: 0, count: mostDatagrams * slotSize)
    /// Those that hold a datagram.
    fileprivate(set) var arrivals = 0..<0

    func isFromServer(_ index: Int, _ server: STUNEndpoint) -> Bool {
      records[index].source.ipAddress == server.address && records[index].source.port == server.port
    }

    /// Reads a datagram as the answer to a request.
    func answer(_ index: Int, to id: STUNTransactionID) throws(STUNError) -> STUNAnswer {
      let start = index * Self.slotSize
      let end = start + min(Int(records[index].length), Self.slotSize)
      return try STUNMessage.answer(in: slots.span.bytes.extracting(start..<end), to: id)
    }

    fileprivate mutating func receive(from descriptor: Int32, errorQueue: Bool) {
      let found = csio_receive(
        descriptor, errorQueue ? 1 : 0, &records, Int32(Self.mostDatagrams), &slots, UInt32(Self.slotSize))
      arrivals = 0..<max(0, Int(found))
    }
  }
}

extension STUNEndpoint {
  fileprivate var isIPv6: Bool { address.family == .ipv6 }
}

extension csio_address {
  fileprivate init(_ endpoint: STUNEndpoint) {
    self.init(
      high: endpoint.address.high, low: endpoint.address.low, port: endpoint.port, family: endpoint.isIPv6 ? 6 : 4)
  }

  fileprivate var ipAddress: IPAddress? {
    switch family {
    case 4: IPAddress(ipv4: UInt32(truncatingIfNeeded: low))
    case 6: IPAddress(high: high, low: low)
    case _: nil
    }
  }
}
