import Enrichment
import Glibc
import Packets
import SystemIO
import Time

/// One server, being asked: its socket, what wakes us for it, and how far its retransmission is.
///
/// Belongs to the thread of the loop, like the client that holds it.
final class STUNExchange {
  /// How an exchange ends.
  enum End {
    case mapped(IPAddress, port: UInt16)
    case failed(STUNFailure.Reason)
  }

  let server: STUNEndpoint
  private let id: STUNTransactionID
  private let retransmission: STUNRetransmission
  private let socket: STUNSocket
  private let registration: EventLoop.Registration
  private let timer: LoopTimer
  private var sent = 0
  /// When the next request leaves; nil before the first and after the last.
  private var nextRequest: Instant?
  /// When the server is given up; nil before the first request.
  private var end: Instant?

  /// Makes the socket; the first request leaves with the first `advance`.
  ///
  /// - Parameter work: called on the loop's thread when there is something to do.
  /// - Throws: `SystemError` when descriptors are used up.
  init(
    server: STUNEndpoint, id: STUNTransactionID, retransmission: STUNRetransmission, loop: EventLoop,
    _ work: @escaping @Sendable () -> Void
  ) throws(SystemError) {
    let socket = try STUNSocket(to: server)
    timer = try loop.makeTimer(work)
    registration = try loop.register(socket.raw) { _ in work() }
    self.socket = socket
    (self.server, self.id, self.retransmission) = (server, id, retransmission)
  }

  deinit {
    registration.cancel()
  }

  /// Reads at most a turn's datagrams.
  ///
  /// - Parameter ignored: grows by what is no answer to this request.
  /// - Returns: nil while the exchange goes on.
  func read(_ room: inout STUNSocket.Room, ignored: inout Int) -> End? {
    if let error = socket.takeError(&room) { return .failed(.unreachable(errno: error.errno, by: error.source)) }
    socket.receive(&room)
    for index in room.arrivals {
      guard room.isFromServer(index, server) else {
        ignored += 1
        continue
      }
      do throws(STUNError) {
        return end(with: try room.answer(index, to: id))
      } catch {
        if error.isAboutUs { return .failed(.malformed(error)) }
        ignored += 1
      }
    }
    return nil
  }

  /// Sends a request if one is due, or gives up, and says when to come again.
  func advance(at now: Instant) -> End? {
    let end = end ?? now + retransmission.bound
    self.end = end
    guard now < end else { return .failed(.timedOut(retransmission.bound)) }
    if let due = nextRequest ?? (sent == 0 ? now : nil), due <= now {
      do throws(SystemError) {
        try socket.send(STUNMessage.bindingRequest(id))
      } catch {
        // No room for the moment: the next one may find it.
        if error.errno != EAGAIN && error.errno != ENOBUFS { return .failed(.notSent(error)) }
      }
      sent += 1
      nextRequest = retransmission.wait(afterRequest: sent).map { now + $0 }
    }
    timer.arm(at: nextRequest.map { min($0, end) } ?? end)
    return nil
  }

  private func end(with answer: STUNAnswer) -> End {
    switch answer {
    case .mapped(let address, let port):
      address.family == server.address.family ? .mapped(address, port: port) : .failed(.otherFamily(address))
    case .refused(let code, let reason): .failed(.refused(code: code, reason: reason))
    }
  }
}
