/// Shares the turns of sending among tracers, so that none waits for another's whole window.
///
/// Takes one probe from each tracer that has some, in a round, until the batch is full or none has any. The round goes
/// on where it stopped, so a batch that was full does not favour the first.
package struct Pacer {
  private var next = 0

  package init() {}

  /// Calls `send` with the index of one tracer after the other.
  ///
  /// - Parameters:
  ///   - count: how many tracers there are.
  ///   - most: how many probes may be sent in this turn.
  ///   - send: sends one probe of that tracer; returns false when it has none to send now.
  package mutating func share(among count: Int, most: Int, send: (Int) -> Bool) {
    guard count > 0 else { return }
    var sent = 0
    var idle = 0
    if next >= count { next = 0 }
    while sent < most, idle < count {
      if send(next) {
        sent += 1
        idle = 0
      } else {
        idle += 1
      }
      next = next + 1 == count ? 0 : next + 1
    }
  }
}
