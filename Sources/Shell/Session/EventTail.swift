import Probing
import Tracing

/// The rest of the events of a trace in virtual time: what has not come when its command ended, and comes when time passes.
struct EventTail: Sendable {
  /// That of the result in the session.
  let number: Int
  let network: any Network
  let events: AsyncStream<[TraceEvent]>

  /// The most tails kept: late replies come within seconds, and who lets no time pass in thousands of traces wants none.
  static let limit = 1_000
}

extension Session {
  /// Lets virtual time pass in a network, and adds what came in it to the results of this session.
  ///
  /// - Parameter lookUpsToo: false when the look-ups have had that time already.
  func elapse(_ duration: Duration, in network: SessionNetwork, lookUpsToo: Bool) async {
    if lookUpsToo { await network.sleep(for: duration) } else { await network.network.sleep(for: duration) }
    if tails.count > EventTail.limit { tails.removeFirst(tails.count - EventTail.limit) }
    var open: [EventTail] = []
    for tail in tails {
      guard tail.network === network.network else {
        open.append(tail)
        continue
      }
      var isOpen = false
      for await events in tail.events {
        guard !events.isEmpty else {
          isOpen = true
          break
        }
        add(events, toResult: tail.number)
      }
      if isOpen { open.append(tail) }
    }
    tails = open
  }
}
