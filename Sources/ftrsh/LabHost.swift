import Glibc
import Lexing
import Packets
import Shell
import Simulation
import Sockets
import SystemIO

/// A process that is a network: serves one of the lab behind a TUN device, and nothing else.
enum LabHost {
  private static let resolverFile = "/etc/resolv.conf"
  /// By which programs ask daemons of the host for names, whatever the file of resolvers says: nscd, and systemd-resolved's module
  /// of the name service switch.
  private static let nameSockets = ["/run/nscd/socket", "/run/systemd/resolve/io.systemd.Resolve"]

  /// Serves until a signal ends it or standard input does.
  ///
  /// When the device is up it says on standard output what whoever started it needs to know (`HostAnnouncement`), and so
  /// why it cannot serve in a namespace of its own.
  ///
  /// To be called in the synchronous main, with `TunnelDevice.endingSignals` blocked and all privileges at hand: it
  /// gives up what it does not need itself.
  static func run(_ service: LabService) throws(Diagnostic) {
    guard service.ownsNamespace else { return try serve(service, try FurtherStatements(service)) }
    do throws(Diagnostic) {
      // A Ctrl-C is for those who run beside it, and for whoever started it.
      setsid()
      let statements = try FurtherStatements(service)
      do throws(SystemError) { try NetworkNamespace.make() } catch {
        throw Diagnostic("cannot make a network namespace", why: "\(error)", try: remedy(for: error, service))
      }
      try serve(service, statements)
    } catch {
      do throws(SystemError) { _ = try writeAll(STDOUT_FILENO, HostAnnouncement.text(of: error)) } catch {
        // Whoever wanted to know is gone.
      }
      exit(ExitStatus.failed.code)
    }
    NetworkNamespace.endOtherProcesses()
  }

  private static func serve(_ service: LabService, _ statements: FurtherStatements) throws(Diagnostic) {
    let topology = statements.topology
    do throws(SystemError) {
      let device = try TunnelDevice(named: service.device)
      var announcement = HostAnnouncement()
      announcement.device = service.device
      announcement.addresses = topology.nodes[Topology.vantage].addresses.map(\.description)
      announcement.nameServers = (topology.nameServer?.addresses ?? []).map(\.description)
      if service.ownsNamespace { try furnish(topology, &announcement) }
      // Without it the network is slower under load, which its report will tell.
      _ = TunnelDevice.runBeforeOthers()
      try Capability.reduce(keeping: service.ownsNamespace ? Capability.processes : 0)
      var server = TunnelServer(topology, seed: service.seed, device: device) { statements.hear($0) }
      _ = try writeAll(STDOUT_FILENO, announcement.text)
      if service.ownsNamespace { closeOutput() }
      server.run()
      if service.reports { _ = try writeAll(STDERR_FILENO, server.report + "\n") }
    } catch {
      throw Diagnostic("cannot serve a network", subject: "ftrsh", why: "\(error)", try: remedy(for: error, service))
    }
  }

  /// Gives the namespace the addresses of the network's first node, routes, and the network's name server.
  private static func furnish(_ topology: Topology, _ announcement: inout HostAnnouncement) throws(SystemError) {
    for address in topology.nodes[Topology.vantage].addresses {
      try TunnelLink.lead(by: announcement.device, from: address)
    }
    let lines = announcement.nameServers.map { "nameserver \($0)\n" }
    // Nobody listens on an ordinary file: who asks there goes on to the name servers.
    do throws(SystemError) {
      for path in nameSockets where access(path, F_OK) == 0 { try NetworkNamespace.replace(path, with: "") }
      try NetworkNamespace.replace(resolverFile, with: lines.joined())
    } catch {
      announcement.notes.append("names are not asked of the lab: \(error)")
    }
  }

  /// So that whoever reads it sees the end of the announcement.
  private static func closeOutput() {
    let null = open("/dev/null", O_WRONLY | O_CLOEXEC)
    guard null >= 0 else { return }
    dup2(null, STDOUT_FILENO)
    close(null)
  }

  private static func remedy(for error: SystemError, _ service: LabService) -> String? {
    switch (error.call, error.errno) {
    case ("open", ENOENT), ("open", ENODEV), ("open", ENXIO), ("ioctl TUNSETIFF", ENOTTY):
      "'sudo modprobe tun'; in a container '--device /dev/net/tun'"
    case (_, EPERM) where service.ownsNamespace, (_, EACCES) where service.ownsNamespace:
      "CAP_SYS_ADMIN and CAP_NET_ADMIN are needed: a container has them with '--privileged'"
    case (_, _):
      service.ownsNamespace ? nil : "root, in a network namespace: 'ip netns exec NAME ftrsh --serve-lab …'"
    }
  }
}
