import Glibc
import NameWire
import Packets
import SystemIO

/// A name server in a namespace that says whatever a test wants: names that dnsmasq refuses to serve.
final class ScriptedNameServer: Sendable {
  typealias Script = @Sendable (NameQuestion) -> [NameRecord.Content]

  /// Written to for the thread to end.
  private let life: FileDescriptor
  private let thread: Thread

  /// Answers on port 53 of an IPv4 address from when this returns; a question without an answer has no such name.
  ///
  /// - Parameter pause: how long the first question waits, in milliseconds, and all others behind it.
  init(
    in namespace: String, at address: IPAddress, pause: Int32 = 0, _ script: @escaping Script
  ) async throws {
    var ends: [Int32] = [0, 0]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    try checked(socketpair(AF_UNIX, kind, 0, &ends) == 0 ? 0 : -errno, "socketpair")
    life = FileDescriptor(owning: ends[1])
    let end = ends[0]
    // A thread of its own: a namespace belongs to a thread.
    let (ready, report) = AsyncStream<Result<Void, any Error>>.makeStream()
    thread = try Thread("strangers") {
      let end = FileDescriptor(owning: end)
      do {
        try enterNamespace(namespace)
        let socket = try Self.open(address)
        report.yield(.success(()))
        try Self.serve(socket.raw, until: end.raw, pause, script)
      } catch {
        report.yield(.failure(error))
      }
      report.finish()
    }
    for await outcome in ready {
      try outcome.get()
      break
    }
  }

  /// Ends it; to be called once.
  func shutDown() {
    _ = write(life.raw, "x", 1)
    thread.join()
  }

  private static func open(_ address: IPAddress) throws -> FileDescriptor {
    let raw = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    try checked(raw < 0 ? -errno : raw, "socket")
    let descriptor = FileDescriptor(owning: raw)
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = UInt16(53).bigEndian
    place.sin_addr.s_addr = UInt32(truncatingIfNeeded: address.low).bigEndian
    let bound = withUnsafeBytes(of: &place) { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) {
        bind(raw, $0.baseAddress, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try checked(bound < 0 ? -errno : 0, "bind", "\(address)")
    return descriptor
  }

  private static func serve(_ socket: Int32, until end: Int32, _ pause: Int32, _ script: Script) throws {
    var pause = pause
    var buffer = [UInt8](repeating: 0, count: NameMessage.plainPayloadLimit)
    while true {
      var waits = [
        pollfd(fd: socket, events: Int16(POLLIN), revents: 0), pollfd(fd: end, events: Int16(POLLIN), revents: 0),
      ]
      try checked(poll(&waits, 2, -1) < 0 ? -errno : 0, "poll")
      guard waits[1].revents == 0 else { return }
      _ = poll(nil, 0, pause)
      pause = 0
      var from = sockaddr_storage()
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let count = withUnsafeMutableBytes(of: &from) { bytes in
        bytes.withMemoryRebound(to: sockaddr.self) {
          recvfrom(socket, &buffer, buffer.count, 0, $0.baseAddress, &length)
        }
      }
      guard count > 0 else { continue }
      let question = try NameMessage.parse(Array(buffer[..<count]).span.bytes)
      guard let asked = question.asked?.known else { continue }
      let records = script(asked).map { NameRecord(asked.name, timeToLive: 3_600, $0) }
      let reply = question.reply(records.isEmpty ? .noSuchName : .noError, answers: records).bytes()
      _ = withUnsafeBytes(of: &from) { bytes in
        bytes.withMemoryRebound(to: sockaddr.self) { sendto(socket, reply, reply.count, 0, $0.baseAddress, length) }
      }
    }
  }
}
