import CSystemIO
import Glibc
import Packets
import Probing
import Sockets
import SystemIO
import Time
import Tracing

/// A program on the source of a chain: an event loop whose thread is inside the namespace, and a prober on it.
///
/// Sockets belong to the namespace in which they are made, and the transport makes them on the loop's thread.
struct NamespaceHost: Sendable {
  let loop: EventLoop
  let prober: Prober
  private let thread: LoopThread

  /// - Parameters:
  ///   - isPrivileged: false takes every capability from the thread, as from a process of an ordinary user.
  ///   - wrap: puts a decorator round the transport.
  init(
    in chain: NamespaceChain, isPrivileged: Bool = true, receiveBufferBytes: Int? = nil, isFiltered: Bool = true,
    wrap: (SocketTransport) -> any Transport = { $0 }
  ) async throws {
    try await self.init(
      inNamespace: chain.name(0), isPrivileged: isPrivileged, receiveBufferBytes: receiveBufferBytes,
      isFiltered: isFiltered, wrap: wrap)
  }

  /// - Parameter name: of a namespace, for `ip netns`.
  init(
    inNamespace name: String, isPrivileged: Bool = true, receiveBufferBytes: Int? = nil, isFiltered: Bool = true,
    wrap: (SocketTransport) -> any Transport = { $0 }
  ) async throws {
    loop = try EventLoop(name: "namespace")
    thread = LoopThread(loop)
    try await thread.enter(name, isPrivileged: isPrivileged)
    let transport = SocketTransport(
      on: loop, receiveBufferBytes: receiveBufferBytes ?? SocketOptions.usualReceiveBufferBytes,
      isFiltered: isFiltered)
    prober = Prober(wrap(transport), on: loop, firstSequence: 1)
  }

  /// Runs traces together, each until it has finished.
  func trace(_ requests: [TraceRequest]) async -> [Trace] {
    await Self.follow(await prober.begin(requests), requests)
  }

  func trace(_ request: TraceRequest) async -> Trace {
    await trace([request])[0]
  }

  /// Begins a trace, and keeps the thread from reading for a while: what is sent is answered meanwhile.
  func traceUnread(_ request: TraceRequest, for milliseconds: Int32) async -> Trace {
    let runs = await thread.beginUnread(prober, [request], milliseconds: milliseconds)
    return await Self.follow(runs, [request])[0]
  }

  func shutDown() async {
    await prober.shutDown()
    loop.shutDown()
  }

  private static func follow(_ runs: [TraceRun], _ requests: [TraceRequest]) async -> [Trace] {
    var traces: [Trace] = []
    for (run, request) in zip(runs, requests) {
      var trace = Trace(request: request, began: .zero)
      for await events in run.events {
        for event in events { trace.apply(event) }
        if trace.end != nil { break }
      }
      traces.append(trace)
    }
    return traces
  }
}

/// Code for the thread of a loop.
private actor LoopThread {
  nonisolated let loop: EventLoop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  init(_ loop: EventLoop) { self.loop = loop }

  func enter(_ namespace: String, isPrivileged: Bool) throws {
    try enterNamespace(namespace)
    if !isPrivileged { try checked(csio_set_capabilities(0, 0, 0), "capset") }
  }

  func beginUnread(_ prober: Prober, _ requests: [TraceRequest], milliseconds: Int32) -> [TraceRun] {
    // The same thread, so the prober's turn runs here and now.
    let runs = prober.assumeIsolated { $0.begin(requests) }
    poll(nil, 0, milliseconds)
    return runs
  }
}

/// Moves the calling thread into a namespace of `ip netns`.
func enterNamespace(_ name: String) throws {
  let path = "/var/run/netns/\(name)"
  let raw = open(path, O_RDONLY | O_CLOEXEC)
  try checked(raw < 0 ? -errno : raw, "open", path)
  let namespace = FileDescriptor(owning: raw)
  try checked(csio_enter_network_namespace(namespace.raw), "setns", path)
}

extension TraceRequest {
  /// A trace as the tests of namespaces want it: nothing given up, so that the result depends on nothing but answers.
  static func patient(_ target: IPAddress, _ protocolName: ProbeProtocolName, _ socket: SocketName) -> TraceRequest {
    let method = ProbeMethod(protocolName: protocolName, socket: socket, family: target.family)
    return TraceRequest(target: target, method: method)
  }
}

extension Trace {
  /// Who answered at each TTL of the result; nil for silence.
  var answers: [IPAddress?] { path.map(\.firstResponder) }
}
