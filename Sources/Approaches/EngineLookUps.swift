import Packets

/// Looks up what is known of responders, for an engine whose replies wait for it (`engine.await-names`) or whose threads do
/// (`engine.shared-pool`).
package protocol EngineLookUps: Sendable {
  /// Looks everything up that the trace wants to know of an address; never waits.
  ///
  /// - Parameter completion: called once, on any thread, when all of it is answered, has failed, or is not asked at all.
  func lookUp(_ address: IPAddress, _ completion: @escaping @Sendable () -> Void)

  /// Lets everything that waits go. What is looked up afterwards is answered at once, and nobody is asked.
  func end()
}
