import Glibc
import Lexing
import Shell
import Simulation
import Sockets
import SystemIO

/// A process that is a network: serves one of the lab behind a TUN device, and nothing else.
enum LabHost {
  /// Serves until a signal ends it or standard input does.
  ///
  /// When the device is up it says on standard output, a line each, what whoever made the namespace needs to know:
  /// `device`, each `address` of the vantage point, each address of the `resolver`; then `ready`.
  ///
  /// To be called in the synchronous main, with `TunnelDevice.endingSignals` blocked and all privileges at hand: it
  /// gives up what it does not need itself.
  static func run(_ service: LabService) throws(Diagnostic) {
    let topology = try topology(of: service.network)
    do throws(SystemError) {
      let device = try TunnelDevice(named: service.device)
      // Without it the network is slower under load, which its report will tell.
      _ = TunnelDevice.runBeforeOthers()
      try Capability.reduce()
      var server = TunnelServer(topology, seed: service.seed, device: device)
      _ = try writeAll(STDOUT_FILENO, announcement(of: topology, on: service.device))
      server.run()
      if service.reports { _ = try writeAll(STDERR_FILENO, server.report + "\n") }
    } catch {
      throw Diagnostic(
        "cannot serve a network", subject: "ftrsh", why: "\(error)",
        try: "root, in a network namespace: 'ip netns exec NAME ftrsh --serve-lab …'")
    }
  }

  private static func announcement(of topology: Topology, on device: String) -> String {
    var lines = ["device \(device)"]
    lines += topology.nodes[Topology.vantage].addresses.map { "address \($0)" }
    lines += (topology.nameServer?.addresses ?? []).map { "resolver \($0)" }
    return (lines + ["ready", ""]).joined(separator: "\n")
  }

  private static func topology(of network: String) throws(Diagnostic) -> Topology {
    guard network.contains("/") || network.hasSuffix(".ftr") else {
      return try LabCatalog.shipped().network(named: network).topology
    }
    return try LabScript.topology(of: try ScriptFile.bytes(of: network), name: network)
  }
}
