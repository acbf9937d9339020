import Probing
import SystemIO
import Time
import Tracing

/// A lab in real time as the transport of a `Prober`: one socket for every probe.
///
/// `SimulatedNetwork` serves a prober without any socket, on its own thread. This one costs a prober what the live
/// network does: system calls, wake-ups, and another thread's work. Belongs to one event loop, and is used on its
/// thread only.
package final class LabSocketTransport: Transport {
  private let lab: LabSockets
  private let loop: EventLoop
  private let wake = SharedWake()
  private var socket: LabSocket?
  private var registration: EventLoop.Registration?

  /// A transport without a socket yet.
  init(_ lab: LabSockets, on loop: EventLoop) {
    self.lab = lab
    self.loop = loop
  }

  package func attach(wake body: @escaping @Sendable () -> Void) {
    wake.set(body)
  }

  package func open(_ method: ProbeMethod, flow: FlowID) throws(SendFailure) -> UInt16 {
    let identity = try lab.open(method, flow: flow)
    if socket == nil { try openSocket() }
    return identity
  }

  private func openSocket() throws(SendFailure) {
    let socket = try lab.makeLabSocket(launch: nil)
    do throws(SystemError) {
      registration = try loop.register(socket.descriptor) { [wake] _ in wake.call() }
    } catch {
      socket.close()
      throw SendFailure(error)
    }
    self.socket = socket
  }

  package func send(_ batch: inout DepartureBatch, at now: Instant) {
    guard let socket else { preconditionFailure("A probe is sent by a method that was not opened.") }
    socket.send(&batch)
  }

  package func receive(into batch: inout ArrivalBatch, by now: Instant) {
    socket?.receive(into: &batch)
  }

  /// The descriptor will tell.
  package var nextArrivalTime: Instant? { nil }

  package var dropCount: Int { socket?.dropCount ?? 0 }

  package func close() {
    wake.set(nil)
    registration?.cancel()
    registration = nil
    socket?.close()
  }
}
