import Glibc
import Packets
import Probing
import SystemIO
import Testing
import Time
import Tracing

@testable import Sockets

/// Real sockets to the machine itself: nothing leaves it, and no privilege is needed.
@Suite("Sockets over loopback", .serialized)
struct LoopbackTests {
  static let loopbacks = [IPAddress(127, 0, 0, 1), IPAddress(high: 0, low: 1)]
  /// A port that nothing listens on: the discard service, which no machine runs any more.
  static let closedPort: UInt16 = 9

  @Test("a closed port's error has destination, port, offender, type, code and payload", arguments: loopbacks)
  func closedPort(_ address: IPAddress) async throws {
    let station = try Station()
    _ = try await station.send([Station.Shot(destination: address, port: Self.closedPort)])
    let log = await station.receive(departures: 1, others: 1)
    let error = try #require(log.others.first)
    #expect(error.form == .queuedError)
    #expect(error.quotedDestination == address)
    #expect(error.source == address)
    #expect(error.quotedPort == Self.closedPort)
    #expect(error.errorType == (address.family == .ipv4 ? 3 : 1))
    #expect(error.errorCode == (address.family == .ipv4 ? 3 : 4))
    #expect(error.extensionOffset == nil)
    #expect(error.hopLimit == 64)
    #expect(log.bytes.first == Array("ft01".utf8), "The payload is what follows the UDP header.")
    #expect(error.launch == nil)
  }

  @Test("stamps are the kernel's, in the order of the events", arguments: loopbacks)
  func stamps(_ address: IPAddress) async throws {
    let station = try Station()
    let before = MonotonicClock.now
    let results = try await station.send([Station.Shot(destination: address, port: Self.closedPort)])
    let log = await station.receive(departures: 1, others: 1)
    guard case .departed(let programDeparture, .program) = try #require(results.first) else {
      Issue.record("Not sent: \(results)")
      return
    }
    let departure = try #require(log.departures.first)
    let error = try #require(log.others.first)
    #expect(departure.stampSource == .kernel)
    #expect(departure.launch == LaunchID(slot: 7, generation: 3))
    #expect(before <= programDeparture && programDeparture <= departure.stamp)
    #expect(departure.stamp <= error.stamp && error.stamp <= MonotonicClock.now)
    #expect(log.order == [true, false])
  }

  @Test("a socket of a probe's own says whose error it is", arguments: loopbacks)
  func ownSocket(_ address: IPAddress) async throws {
    let station = try Station()
    let shots = (0..<5).map { number in
      Station.Shot(
        destination: address, port: Self.closedPort, ownSocket: true,
        launch: LaunchID(slot: UInt32(number), generation: 1))
    }
    _ = try await station.send(shots)
    let log = await station.receive(departures: 5, others: 5)
    #expect(Set(log.others.compactMap { $0.launch?.slot }) == [0, 1, 2, 3, 4])
    #expect(Set(log.departures.compactMap { $0.launch?.slot }) == [0, 1, 2, 3, 4])
    #expect(Set(log.others.map(\.localIdentity)).count == 5, "Each from a port of its own.")
  }

  @Test("errors about earlier probes do not make later ones unsendable, and every stamp finds its probe")
  func queuedErrors() async throws {
    let station = try Station()
    // More than one sendmmsg takes, all unread until the last has left. Fewer than the 50 errors that Linux sends in a burst
    // would not show it, so most of them go without an answer.
    let shots = (0..<200).map { number in
      Station.Shot(
        destination: IPAddress(127, 0, 0, 1), port: Self.closedPort,
        launch: LaunchID(slot: UInt32(number), generation: 0))
    }
    let results = try await station.send(shots)
    for result in results {
      guard case .departed = result else {
        Issue.record("Not sent: \(result)")
        return
      }
    }
    let log = await station.receive(departures: 200, others: 1)
    #expect(log.departures.map { $0.launch?.slot } == (0..<200).map { UInt32($0) })
    #expect(zip(log.departures, log.departures.dropFirst()).allSatisfy { $0.stamp <= $1.stamp })
  }

  @Test("a probe that routing refuses is unsendable, with call, errno and reason")
  func refused() async throws {
    let station = try Station()
    // Sending to a broadcast address needs SO_BROADCAST.
    let results = try await station.send([Station.Shot(destination: IPAddress(255, 255, 255, 255), port: 9)])
    guard case .failed(let failure) = try #require(results.first) else {
      Issue.record("Sent: \(results)")
      return
    }
    #expect(failure.call == "sendmsg")
    #expect([EACCES, ENETUNREACH].contains(failure.errno))
    #expect(failure.reason.hasSuffix("from sendmsg)"))
    #expect(failure.advice != nil)
  }

  @Test("a closed transport wakes nobody and counts no drops")
  func closed() async throws {
    let station = try Station()
    _ = try await station.send([Station.Shot(destination: IPAddress(127, 0, 0, 1), port: Self.closedPort)])
    await station.close()
    let log = await station.receive(departures: 0, others: 0)
    #expect(log.others.isEmpty)
  }
}
