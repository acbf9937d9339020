import CCares
import Glibc
import NameWire
import SystemIO

/// The sockets of a channel of c-ares, which makes, reads and writes them through these functions.
///
/// Ours instead of its own for two reasons: an event loop hears of each socket in the call that makes it, so that one that
/// cannot be watched is refused at once instead of staying silent; and c-ares 1.18 tells neither which error a socket had nor
/// that a server refused or failed (it says "connection refused" of all), while here both are seen.
final class ResolverSockets {
  private let loop: EventLoop
  private let wake: @Sendable (Int32, EventLoop.Readiness) -> Void
  private var registrations: [Int32: EventLoop.Registration] = [:]
  /// What servers said instead of an answer, by the identifier of the message.
  private var refusals: [UInt16: ResponseCode] = [:]
  /// The last error of a socket.
  private(set) var failure: SystemError?

  /// More than any window; beyond it a server sends answers that nobody asked for.
  private static let mostRefusals = 4_096

  init(on loop: EventLoop, wake: @escaping @Sendable (Int32, EventLoop.Readiness) -> Void) {
    self.loop = loop
    self.wake = wake
  }

  /// What a server last said instead of an answer to that message, and forgets it.
  func takeRefusal(of id: UInt16) -> ResponseCode? { refusals.removeValue(forKey: id) }

  /// Any of the refusals that were not taken.
  var anyRefusal: ResponseCode? { refusals.values.min { $0.rawValue < $1.rawValue } }

  /// Forgets what went wrong before, when nothing is in flight.
  func forgetFailures() {
    refusals = [:]
    failure = nil
  }

  /// The functions that c-ares calls, with an unretained `ResolverSockets` as their last argument.
  static let functions = ares_socket_functions(
    asocket: { family, type, number, context in ResolverSockets.of(context).open(family, type, number) },
    aclose: { descriptor, context in ResolverSockets.of(context).close(descriptor) },
    aconnect: { descriptor, address, length, context in
      ResolverSockets.of(context).connect(descriptor, address, length)
    },
    arecvfrom: { descriptor, buffer, count, flags, address, length, context in
      ResolverSockets.of(context).receive(descriptor, buffer, count, flags, address, length)
    },
    asendv: { descriptor, pieces, count, context in ResolverSockets.of(context).send(descriptor, pieces, count) })

  private static func of(_ context: UnsafeMutableRawPointer?) -> ResolverSockets {
    guard let context else { preconditionFailure("c-ares hands back the argument that it was given.") }
    return Unmanaged<ResolverSockets>.fromOpaque(context).takeUnretainedValue()
  }

  /// Waits for room to write too, or no longer: c-ares says so when it has queued something for a stream, or nothing is left.
  func watch(_ descriptor: Int32, forWriting: Bool) {
    do throws(SystemError) {
      try registrations[descriptor]?.change(to: forWriting ? [.reading, .writing] : .reading)
    } catch {
      // The questions on this stream time out, and say this.
      failure = error
    }
  }

  private func open(_ family: Int32, _ type: Int32, _ number: Int32) -> Int32 {
    let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(family, type | flags, number)
    guard descriptor >= 0 else { return refuse("socket", errno) }
    do throws(SystemError) {
      registrations[descriptor] = try loop.register(descriptor) { [wake] in wake(descriptor, $0) }
      return descriptor
    } catch {
      _ = Glibc.close(descriptor)
      return refuse(error.call, error.errno)
    }
  }

  private func close(_ descriptor: Int32) -> Int32 {
    registrations.removeValue(forKey: descriptor)?.cancel()
    return Glibc.close(descriptor)
  }

  private func connect(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>?, _ length: socklen_t) -> Int32 {
    guard let address, Glibc.connect(descriptor, address, length) != 0 else { return 0 }
    return errno == EINPROGRESS ? -1 : refuse("connect", errno)
  }

  private func receive(
    _ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int, _ flags: Int32,
    _ address: UnsafeMutablePointer<sockaddr>?, _ length: UnsafeMutablePointer<socklen_t>?
  ) -> Int {
    let received = recvfrom(descriptor, buffer, count, flags, address, length)
    guard received >= 0 else { return errno == EAGAIN ? -1 : Int(refuse("recv", errno)) }
    // A datagram is a whole message; a stream, which is read without asking for an address, comes in pieces.
    if address != nil, let buffer { note(UnsafeRawBufferPointer(start: buffer, count: received)) }
    return received
  }

  /// Keeps what a message says instead of an answer, where c-ares swallows it.
  private func note(_ message: UnsafeRawBufferPointer) {
    guard message.count > 3 else { return }
    let code = ResponseCode(rawValue: message[3])
    guard code != .noError, code != .noSuchName else { return }
    if refusals.count >= Self.mostRefusals { refusals = [:] }
    refusals[UInt16(message[0]) << 8 | UInt16(message[1])] = code
  }

  private func send(_ descriptor: Int32, _ pieces: UnsafePointer<iovec>?, _ count: Int32) -> Int {
    let sent = writev(descriptor, pieces, count)
    return sent >= 0 ? sent : errno == EAGAIN ? -1 : Int(refuse("send", errno))
  }

  /// Notes an error, and answers as the call did.
  private func refuse(_ call: String, _ code: Int32) -> Int32 {
    failure = SystemError(call: call, errno: code)
    errno = code
    return -1
  }
}
