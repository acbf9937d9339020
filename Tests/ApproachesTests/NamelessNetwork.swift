import Packets
import Probing
import Time
import Tracing

/// What an engine decorates where nobody asks it anything.
final class NamelessNetwork: Network {
  let name = "scripted"
  let isVirtual = false

  func addresses(of target: String, family: FamilyPreference) async throws(NetworkFailure) -> [IPAddress] {
    throw NetworkFailure(problem: "cannot find '\(target)'", reason: "nothing has a name here")
  }

  func method(
    for target: IPAddress, protocolName: ProbeProtocolName?, socket: SocketName?
  ) throws(NetworkFailure) -> ProbeMethod { ScriptedNet.method }

  func localAddress(toward target: IPAddress) -> IPAddress? { ScriptedNet.source }
  func methods() -> [MethodReport] { [] }
  func begin(_ requests: [TraceRequest]) async -> [TraceRun] { [] }
  func cancel(_ run: TraceID) async {}
  func sleep(for duration: Duration) async {}
  func keepIdentities(for duration: Duration) async {}
  func shutDown() async {}
}
