import Glibc
import Packets
import Probing
import Sockets
import SystemIO
import Tracing

/// Many traces over raw sockets, as a session runs them, without what shows them.
struct LiveTraces {
  /// Attempts that are not spaced by a second: behind them a trace would wait.
  private static let queries = TraceRequest.burstAttempts

  let target: IPAddress
  let hops: Int

  /// Microseconds of user and system time a probe, start and end of the network included.
  @concurrent
  func cost(traces: Int, together: Int) async -> Double {
    do {
      let network = LiveNetwork(on: try EventLoop(), names: NoNames())
      let method = try network.method(for: target, protocolName: .icmp, socket: .raw)
      let start = Self.processorTime
      var replies = 0
      for _ in 0..<traces / together {
        for run in await network.begin(Array(repeating: request(method), count: together)) {
          replies += await Self.replies(of: run)
        }
      }
      let time = Self.processorTime - start
      await network.shutDown()
      guard replies == traces / together * together * hops * Self.queries else {
        preconditionFailure("every probe is answered: \(replies)")
      }
      return time / Double(replies)
    } catch {
      preconditionFailure("\(error)")
    }
  }

  private func request(_ method: ProbeMethod) -> TraceRequest {
    var request = TraceRequest(target: target, method: method)
    request.lastTTL = TTL(hops) ?? .highest
    request.queries = Self.queries
    request.attemptInterval = .zero
    return request
  }

  /// Waits for the end of a trace, and counts what was answered.
  private static func replies(of run: TraceRun) async -> Int {
    var count = 0
    for await batch in run.events {
      for event in batch {
        switch event {
        case .replied: count += 1
        case .finished: return count
        case .began, .sent, .restamped, .timedOut, .givenUp, .late, .duplicate, .unsendable, .revised, .beyond,
          .observed, .packet:
          break
        }
      }
    }
    return count
  }

  private static var processorTime: Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
    return Double(seconds) * 1e6 + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
  }
}

/// Nobody is looked up here: targets are addresses.
private struct NoNames: AddressResolver {
  func addresses(of name: String, family: FamilyPreference) async throws(NetworkFailure) -> [IPAddress] {
    throw NetworkFailure(problem: "cannot find '\(name)'", reason: "only addresses are traced here")
  }
}
