import Glibc
import Lookups
import NameWire
import Packets
import SystemIO
import Testing

/// A name server of the test's own on 127.0.0.1, by UDP and TCP, which does what a real one never would.
final class HostileServer: Sendable {
  /// A question as it came.
  struct Received: Sendable {
    let message: NameMessage
    let isByTCP: Bool
    /// How many came before it.
    let number: Int
    /// Sends bytes to the asker, now or at any later time.
    let send: @Sendable ([UInt8]) -> Void
    /// Ends the asker's connection.
    let hangUp: @Sendable () -> Void

    /// Sends a reply as it should be.
    func reply(_ code: ResponseCode = .noError, _ contents: NameRecord.Content..., timeToLive: UInt32 = 300) {
      guard let asked = message.asked else { return }
      let records = contents.map { NameRecord(asked.name, timeToLive: timeToLive, $0) }
      send(message.reply(code, answers: records).bytes(within: isByTCP ? NameMessage.mostBytes : message.replyLimit))
    }
  }

  private struct Stream: Sendable {
    var bytes: [UInt8] = []
    var registration: EventLoop.Registration?
  }

  private struct Sockets: ~Copyable, Sendable {
    let datagrams: FileDescriptor
    let listener: FileDescriptor
    let address: NameServer
  }

  private struct State: Sendable {
    var streams: [Int32: Stream] = [:]
    var received = 0
    var registrations: [EventLoop.Registration] = []
  }

  let address: NameServer
  private let loop: EventLoop
  private let sockets: Sockets
  private let state = Locked(State())
  private let react: @Sendable (Received) -> Void

  /// Begins to serve.
  init(_ react: @escaping @Sendable (Received) -> Void) throws {
    self.react = react
    loop = try EventLoop(name: "hostile server")
    sockets = try Self.sockets()
    address = sockets.address
    let registrations = [
      try loop.register(sockets.datagrams.raw) { [weak self] _ in self?.readDatagrams() },
      try loop.register(sockets.listener.raw) { [weak self] _ in self?.accept() },
    ]
    state.withLock { $0.registrations = registrations }
  }

  deinit {
    loop.shutDown()
    let open = state.withLock { Array($0.streams.keys) }
    for descriptor in open { _ = Glibc.close(descriptor) }
  }

  /// How many questions came.
  var received: Int { state.withLock { $0.received } }

  /// A datagram and a listening socket on one port. The kernel gives the port for the one; it may be taken for the other.
  private static func sockets() throws -> Sockets {
    for _ in 0..<100 {
      let datagrams = FileDescriptor(owning: socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue), 0))
      let port = try #require(bind(datagrams.raw, port: 0))
      let listener = FileDescriptor(owning: socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0))
      if bind(listener.raw, port: port) != nil, listen(listener.raw, 64) == 0 {
        return Sockets(
          datagrams: datagrams, listener: listener, address: NameServer(IPAddress(127, 0, 0, 1), port: port))
      }
    }
    throw SystemError(call: "bind", errno: EADDRINUSE)
  }

  /// Binds to a port of 127.0.0.1 and returns it.
  static func bind(_ descriptor: Int32, port: UInt16) -> UInt16? {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    address.sin_port = port.bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    } ? UInt16(bigEndian: address.sin_port) : nil
  }

  private func readDatagrams() {
    var buffer = [UInt8](repeating: 0, count: 2_048)
    var asker = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    while true {
      let count = withUnsafeMutablePointer(to: &asker) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          recvfrom(sockets.datagrams.raw, &buffer, buffer.count, 0, $0, &length)
        }
      }
      guard count >= 0 else { return }
      let to = asker
      serve(
        Array(buffer[..<count]), byTCP: false,
        send: { [weak self] bytes in self?.send(bytes, to: to) }, hangUp: {})
    }
  }

  private func send(_ bytes: [UInt8], to asker: sockaddr_in) {
    var asker = asker
    _ = withUnsafePointer(to: &asker) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(sockets.datagrams.raw, bytes, bytes.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  private func accept() {
    let descriptor = Glibc.accept(sockets.listener.raw, nil, nil)
    guard descriptor >= 0 else { return }
    do {
      state.withLock { $0.streams[descriptor] = Stream() }
      let registration = try loop.register(descriptor) { [weak self] _ in self?.readStream(descriptor) }
      state.withLock { $0.streams[descriptor]?.registration = registration }
    } catch {
      Issue.record("The server cannot serve: \(error)")
    }
  }

  private func hangUp(_ descriptor: Int32) {
    guard let stream = state.withLock({ $0.streams.removeValue(forKey: descriptor) }) else { return }
    stream.registration?.cancel()
    _ = Glibc.close(descriptor)
  }

  private func readStream(_ descriptor: Int32) {
    var buffer = [UInt8](repeating: 0, count: 2_048)
    let count = read(descriptor, &buffer, buffer.count)
    guard count > 0 else { return hangUp(descriptor) }
    let messages = state.withLock { state in
      var bytes = (state.streams[descriptor]?.bytes ?? []) + buffer[..<count]
      var messages: [[UInt8]] = []
      while bytes.count >= 2, bytes.count >= 2 + (Int(bytes[0]) << 8 | Int(bytes[1])) {
        let end = 2 + (Int(bytes[0]) << 8 | Int(bytes[1]))
        messages.append(Array(bytes[2..<end]))
        bytes.removeFirst(end)
      }
      state.streams[descriptor]?.bytes = bytes
      return messages
    }
    for message in messages {
      serve(
        message, byTCP: true,
        send: { bytes in
          let length = [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xff)]
          do {
            _ = try writeAll(descriptor, length + bytes)
          } catch {
            Issue.record("The server cannot answer: \(error)")
          }
        },
        hangUp: { [weak self] in self?.hangUp(descriptor) })
    }
  }

  private func serve(
    _ bytes: [UInt8], byTCP: Bool, send: @escaping @Sendable ([UInt8]) -> Void, hangUp: @escaping @Sendable () -> Void
  ) {
    let number = state.withLock { state in
      state.received += 1
      return state.received - 1
    }
    do {
      let message = try NameMessage.parse(bytes.span.bytes)
      react(Received(message: message, isByTCP: byTCP, number: number, send: send, hangUp: hangUp))
    } catch {
      Issue.record("The resolver sent no DNS message: \(error)")
    }
  }
}

extension HostileServer {
  /// Connects a socket to a port of 127.0.0.1.
  static func connect(_ descriptor: Int32, port: UInt16) -> Bool {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    address.sin_port = port.bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
