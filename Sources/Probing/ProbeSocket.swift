import Packets
import SystemIO
import Tracing

/// One socket that an engine of `Approaches` sends probes by and waits on: of the kernel (`Sockets`), or one end of a pair
/// whose other end is the lab (`Simulation`).
///
/// An engine opens a socket a probe, as the original did, or one for many. A socket is used by one thread at a time.
package protocol ProbeSocket: AnyObject {
  /// To wait on: readable, or with an error pending (`POLLERR`), when `receive` has something to bring. Non-blocking. It stays the
  /// socket's own: only the socket closes it.
  var descriptor: Int32 { get }

  /// Sends one probe, and writes into its `result` what became of it; never blocks.
  ///
  /// - Parameter bytes: the batch's, of which `record.range` is the message.
  func send(_ record: inout DepartureBatch.Record, _ bytes: [UInt8])

  /// Appends all that has arrived, as far as the batch has room, and takes a pending error away; never blocks.
  ///
  /// A departure stamp comes before any reply that could belong to it. It brings nothing when something else than a reply woke
  /// the descriptor.
  func receive(into batch: inout ArrivalBatch)

  /// Arrivals that the kernel dropped on this socket.
  var dropCount: Int { get }

  /// Closes the descriptor. The socket is not used afterwards.
  func close()
}

/// Makes the sockets of a network for engines.
package protocol ProbeSocketSource: Sendable {
  /// What identifies this host's end on the wire for a trace: the ICMP identifier, or the UDP source port, as far as the probes' own
  /// sockets do not decide it. Cheap.
  ///
  /// - Throws: when this process may not open such sockets.
  func open(_ method: ProbeMethod, flow: FlowID) throws(SendFailure) -> UInt16

  /// A socket that hears about one probe only, and names its launch in what it receives where the bytes alone would not tell.
  func makeSocket(for record: DepartureBatch.Record) throws(SendFailure) -> any ProbeSocket

  /// A socket that hears about every probe of that kind.
  func makeSharedSocket(_ method: ProbeMethod, flow: FlowID) throws(SendFailure) -> any ProbeSocket

  /// Descriptors that are open now beside the sockets that were made, and stay so for as long as this lives. Those by which a
  /// network is simulated are not among them.
  var keptDescriptors: Int { get }

  /// Descriptors that a transport of `makeTransport` has open beside its sockets while it is used.
  var transportDescriptors: Int { get }

  /// The same network as a transport, for a `Prober` on that loop.
  func makeTransport(on loop: EventLoop) throws(SystemError) -> sending any Transport
}
