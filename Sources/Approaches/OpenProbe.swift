import Probing
import Results
import SystemIO
import Time
import Tracing

/// A probe that has left, with the socket that waits for its reply.
///
/// Every engine but `reactor` gives each probe a socket of its own, as the original did.
final class OpenProbe: @unchecked Sendable {
  // Unchecked because a socket is no value: a queue hands the object from one thread to the next, and never two of them
  // have it.

  let probe: EngineProbe
  /// When a reply no longer counts, by the program's clock.
  let deadline: Instant
  private let socket: any ProbeSocket
  private let traces: EngineTraces
  private var kernelDeparture: Instant?
  private var isClosed = false

  private init(_ probe: EngineProbe, _ socket: any ProbeSocket, departure: Instant, _ traces: EngineTraces) {
    self.probe = probe
    self.socket = socket
    self.traces = traces
    deadline = departure + probe.timeout
  }

  /// Opens a socket, sends the probe, and tells what became of it; nil when it has not left.
  ///
  /// - Parameter settle: told; nil tells the traces.
  static func send(
    _ probe: EngineProbe, by sockets: any ProbeSocketSource, _ traces: EngineTraces,
    settle: ((DepartureBatch.Record) -> Void)? = nil
  ) -> OpenProbe? {
    let settle = settle ?? { traces.settle($0) }
    // Its trace ended while the probe waited for its turn: nobody would count it.
    guard !probe.life.isOver else { return nil }
    var record = probe.record
    let socket: any ProbeSocket
    do throws(SendFailure) {
      socket = try sockets.makeSocket(for: record)
    } catch {
      record.result = .failed(error)
      settle(record)
      return nil
    }
    traces.gauge.descriptorsOpened(1)
    socket.send(&record, probe.bytes)
    var departure: Instant?
    if case .departed(let instant, _) = record.result { departure = instant }
    let open = OpenProbe(probe, socket, departure: departure ?? .zero, traces)
    if departure == nil { open.close() }
    settle(record)
    return departure == nil ? nil : open
  }

  deinit { close() }

  var descriptor: Int32 { socket.descriptor }

  /// When the identity of the probe is no longer kept.
  var end: Instant { deadline + probe.keep }

  /// Takes what has arrived: replies to hand over, and stamps of the departure, in order.
  ///
  /// - Parameter batch: room for it, which is emptied first.
  func read(_ batch: inout ArrivalBatch) -> [EngineReply] {
    batch.removeAll()
    socket.receive(into: &batch)
    var replies: [EngineReply] = []
    for var record in batch.records {
      if record.form == .departureStamp {
        record.launch = probe.record.launch
        if record.stampSource == .kernel { kernelDeparture = record.stamp }
        if traces.settings.stamps == .program { continue }
      }
      let reply = EngineReply(record, of: batch, kernelDeparture: kernelDeparture)
      if record.form == .departureStamp || reply.responder != nil { replies.append(reply) }
    }
    return replies
  }

  func close() {
    guard !isClosed else { return }
    isClosed = true
    traces.add(drops: socket.dropCount)
    socket.close()
    traces.gauge.descriptorsOpened(-1)
  }
}
