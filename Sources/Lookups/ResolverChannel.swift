import CCares
import Enrichment
import Glibc
import NameWire
import Packets
import SystemIO
import Time

/// A channel of c-ares on an event loop: what it sends, and what wakes it. Used on the loop's thread only.
///
/// c-ares 1.18 has no thread of its own. It says which sockets it has (`ResolverSockets`) and how long it wants to sleep, and
/// is told what became ready. It calls back in the middle of its work, where it must not be destroyed: so callbacks here only
/// take note, and their owner goes on when the call that led to them has returned.
final class ResolverChannel {
  /// What has to be handed to `handle`.
  enum Event: Sendable {
    case ready(Int32, EventLoop.Readiness)
    case timer
  }

  /// How a question ended: a status of c-ares, how often a server was silent, and the message, empty without one.
  typealias Completion = (_ status: Int32, _ silences: Int, _ message: UnsafeRawBufferPointer) -> Void
  typealias AddressCompletion = (_ status: Int32, _ addresses: [IPAddress]) -> Void

  private let channel: ares_channel
  private let functions: UnsafeMutablePointer<ares_socket_functions>
  let sockets: ResolverSockets
  /// c-ares keeps times in int milliseconds and doubles them: an hour is far from its end.
  private static let longestTimeout = 3_600_000

  /// Reads the machine's files, but asks nobody.
  ///
  /// - Parameters:
  ///   - file: in the place of `/etc/resolv.conf`.
  ///   - wake: called on the loop's thread with what happened on a socket.
  /// - Throws: when there is no memory, or the files cannot be read.
  init(
    _ configuration: ResolverConfiguration, file: String, on loop: EventLoop,
    wake: @escaping @Sendable (Event) -> Void
  ) throws(LookupFailure) {
    try Self.libraryIsReady.get()
    sockets = ResolverSockets(on: loop) { wake(.ready($0, $1)) }
    let context = Unmanaged.passUnretained(sockets).toOpaque()
    var options = ares_options()
    // No EDNS: what is asked here fits into 512 bytes, or comes by TCP, which no path loses fragments of.
    options.flags = 0
    options.timeout = Int32(max(1, min(Self.longestTimeout, Int(configuration.timeout.nanoseconds / 1_000_000))))
    options.tries = Int32(clamping: max(1, configuration.tries))
    options.sock_state_cb = { context, descriptor, _, isWriting in
      guard let context else { return }
      Unmanaged<ResolverSockets>.fromOpaque(context).takeUnretainedValue()
        .watch(descriptor, forWriting: isWriting != 0)
    }
    options.sock_state_cb_data = context
    let path = strdup(file)
    defer { free(path) }
    options.resolvconf_path = path
    var made: ares_channel?
    let status = ares_init_options(&made, &options, ccares_options)
    guard status == ccares_success, let made else {
      throw LookupFailure(.unusable, "c-ares cannot begin: \(String(cString: ares_strerror(status)))")
    }
    channel = made
    functions = .allocate(capacity: 1)
    functions.initialize(to: ResolverSockets.functions)
    ares_set_socket_functions(channel, functions, context)
    guard let servers = configuration.servers else { return }
    let list = servers.map(\.description).joined(separator: ",")
    let refusal = ares_set_servers_ports_csv(channel, list)
    guard refusal == ccares_success else {
      throw LookupFailure(.unusable, "c-ares does not take '\(list)': \(String(cString: ares_strerror(refusal)))")
    }
  }

  /// Ends every question with a status that says so.
  deinit {
    ares_destroy(channel)
    functions.deallocate()
  }

  /// Once a process, as c-ares wants it.
  private static let libraryIsReady: Result<Void, LookupFailure> =
    ares_library_init(ARES_LIB_INIT_ALL) == ccares_success
    ? .success(()) : .failure(LookupFailure(.unusable, "c-ares cannot begin"))

  /// Whom it asks, first to last.
  var servers: [NameServer] {
    var list: UnsafeMutablePointer<ares_addr_port_node>?
    guard ares_get_servers_ports(channel, &list) == ccares_success else { return [] }
    defer { ares_free_data(list) }
    var servers: [NameServer] = []
    for node in sequence(first: list, next: { $0?.pointee.next }) {
      guard let server = node?.pointee else { continue }
      let family: AddressFamily = server.family == AF_INET ? .ipv4 : .ipv6
      guard let address = withUnsafeBytes(of: server.addr, { IPAddress(family, $0) }) else { continue }
      let port = UInt16(exactly: server.udp_port).flatMap { $0 == 0 ? nil : $0 } ?? NameServer.usualPort
      servers.append(NameServer(address, port: port))
    }
    return servers
  }

  /// Sends a message, which c-ares repeats, over other servers and by TCP where need be; `completion` is called once.
  func send(_ message: [UInt8], _ completion: @escaping Completion) {
    ares_send(
      channel, message, Int32(message.count),
      { context, status, silences, bytes, count in
        let message = UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : Int(count))
        Box<Completion>.take(context).content(status, Int(silences), message)
      }, Box(completion).retained())
  }

  /// Looks a name up in the hosts file and in DNS, in the order of RFC 6724; `completion` is called once.
  func lookUpAddresses(of name: String, _ family: AddressFamily?, _ completion: @escaping AddressCompletion) {
    var hints = ares_addrinfo_hints()
    hints.ai_family =
      switch family {
      case .ipv4: AF_INET
      case .ipv6: AF_INET6
      case nil: AF_UNSPEC
      }
    ares_getaddrinfo(
      channel, name, nil, &hints,
      { context, status, _, found in
        defer { ares_freeaddrinfo(found) }
        Box<AddressCompletion>.take(context).content(status, ResolverChannel.addresses(found))
      }, Box(completion).retained())
  }

  func handle(_ event: Event) {
    let none = ccares_no_socket
    switch event {
    case .ready(let descriptor, let readiness):
      // An error is read from the socket, or met in writing to it.
      ares_process_fd(
        channel, readiness.isReadable || readiness.hasError ? descriptor : none,
        readiness.isWritable || readiness.hasError ? descriptor : none)
    case .timer:
      ares_process_fd(channel, none, none)
    }
  }

  /// When it has to be woken if nothing happens; nil when nothing is in flight.
  var nextTimeout: Instant? {
    var wait = timeval()
    guard ares_timeout(channel, nil, &wait) != nil else { return nil }
    // c-ares cuts off what is less than a millisecond, and would be woken too early, again and again.
    return MonotonicClock.now + .seconds(Int64(wait.tv_sec)) + .microseconds(Int64(wait.tv_usec)) + .milliseconds(1)
  }

  private static func addresses(_ found: UnsafeMutablePointer<ares_addrinfo>?) -> [IPAddress] {
    var addresses: [IPAddress] = []
    for node in sequence(first: found?.pointee.nodes, next: { $0?.pointee.ai_next }) {
      guard let address = node.flatMap({ IPAddress($0.pointee) }), !addresses.contains(address) else { continue }
      addresses.append(address)
    }
    return addresses
  }
}

/// A closure on its way through C, which keeps it until it calls back.
private final class Box<Content> {
  let content: Content

  init(_ content: Content) { self.content = content }

  func retained() -> UnsafeMutableRawPointer { Unmanaged.passRetained(self).toOpaque() }

  static func take(_ context: UnsafeMutableRawPointer?) -> Box {
    guard let context else { preconditionFailure("c-ares hands back the argument that it was given.") }
    return Unmanaged<Box>.fromOpaque(context).takeRetainedValue()
  }
}

extension IPAddress {
  /// nil when there are fewer bytes than an address has.
  fileprivate init?(_ family: AddressFamily, _ bytes: UnsafeRawBufferPointer) {
    do throws(PacketError) {
      try self.init(reading: family, from: bytes.bytes, at: 0)
    } catch {
      return nil
    }
  }

  fileprivate init?(_ node: ares_addrinfo_node) {
    guard let address = node.ai_addr else { return nil }
    let bytes = UnsafeRawBufferPointer(start: address, count: Int(node.ai_addrlen))
    switch (node.ai_family, bytes.count) {
    // Behind the family and the port.
    case (AF_INET, MemoryLayout<sockaddr_in>.size...): self.init(.ipv4, UnsafeRawBufferPointer(rebasing: bytes[4...]))
    // Behind the flow label too.
    case (AF_INET6, MemoryLayout<sockaddr_in6>.size...): self.init(.ipv6, UnsafeRawBufferPointer(rebasing: bytes[8...]))
    case _: return nil
    }
  }
}
