import Enrichment
import Glibc
import Lexing
import Packets
import Probing
import Results
import Shell
import Simulation
import Synchronization
import SystemIO
import Testing
import Time
import Tracing

/// A console that keeps what was printed: output lines as they are, messages with `! ` before them if wanted.
final class RecordingConsole: Console {
  private let lines = Mutex<[String]>([])
  private let mark: String

  init(marksMessages: Bool = true) {
    mark = marksMessages ? "! " : ""
  }

  var size: ConsoleSize? { nil }
  var outputIsGone: Bool { false }
  var text: String { lines.withLock { $0.joined(separator: "\n") } }

  func print(_ line: StyledLine) { lines.withLock { $0.append(line.text) } }
  func diagnose(_ line: StyledLine) { lines.withLock { $0.append(mark + line.text) } }
  func showLive(_ rows: [StyledLine]) {}
  func endLive() {}
}

/// The lab; its first network stands for the live one too.
struct LabOnly: NetworkProvider {
  /// The networks that ship with the program.
  static let shipped: LabCatalog = {
    do throws(Diagnostic) {
      return try LabCatalog.shipped()
    } catch {
      preconditionFailure(error.text)
    }
  }()

  /// Of everything that takes real time.
  private static let sharedLoop: EventLoop = {
    do throws(SystemError) {
      return try EventLoop()
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  var loop: EventLoop { Self.sharedLoop }
  func lookUpLoop() throws(SystemError) -> EventLoop { Self.sharedLoop }
  func probeSockets() -> any ProbeSocketSource { LabSockets(Self.shipped.entries[0].topology, seed: 1) }

  func forgetfulAnnotator(_ settings: LookupSettings) async -> LazyAnnotator {
    let network = LabNetwork(Self.shipped.entries[0], of: Self.shipped, clock: .virtual, seed: 1)
    return LazyAnnotator { () throws(SystemError) in try network.makeAnnotator(on: Self.sharedLoop) }
  }

  func live() async throws(NetworkFailure) -> SessionNetwork {
    let network = LabNetwork(Self.shipped.entries[0], of: Self.shipped, clock: .virtual, seed: 1)
    return SessionNetwork(network, annotations: .rehearsed(network.makeRehearsedAnnotator()))
  }

  func lab(
    _ entry: LabCatalog.Entry, of catalog: LabCatalog, clock: Settings.LabClock, seed: UInt64
  ) async throws(NetworkFailure) -> SessionNetwork {
    switch clock {
    case .virtual:
      let network = LabNetwork(entry, of: catalog, clock: .virtual, seed: seed)
      return SessionNetwork(network, annotations: .rehearsed(network.makeRehearsedAnnotator()))
    case .real:
      do throws(SystemError) {
        let loop = try EventLoop()
        let network = LabNetwork(entry, of: catalog, clock: .real(loop), seed: seed)
        let annotator = LazyAnnotator { () throws(SystemError) in try network.makeAnnotator(on: loop) }
        return SessionNetwork(network, annotations: .timed(annotator))
      } catch {
        throw NetworkFailure(problem: "cannot start the lab", reason: error.description)
      }
    }
  }
}

/// Draws the ids @k7f3, @k7f4, … in this order.
struct ConsecutiveIDs: RandomNumberGenerator, Sendable {
  private var number: Int
  private var place = 0

  init(after count: Int = 0) { number = 0b10011_00111_01111_00011 + count }

  mutating func next() -> UInt64 {
    defer {
      place += 1
      if place.isMultiple(of: 4) { number += 1 }
    }
    return UInt64(number >> (15 - 5 * (place % 4)) & 31)
  }
}

/// A session in the lab, and everything that it shows.
///
/// - Parameters:
///   - resultsPath: the file of the stored results; nil stores none.
///   - lessonsPath: that of the progress in lessons.
///   - console: of an earlier session, to be continued.
///   - outer: what stands in front of a console of the caller's own.
func makeSession(
  _ mode: Session.Mode, marksMessages: Bool = true, takeSignals: @escaping @Sendable () -> Void = {},
  resultsPath: String? = nil, lessonsPath: String? = nil, ids: ConsecutiveIDs = ConsecutiveIDs(),
  console: RecordingConsole? = nil, over outer: (any Console)? = nil
) -> (session: Session, console: RecordingConsole) {
  precondition(ignoresBrokenPipes)
  let console = console ?? RecordingConsole(marksMessages: marksMessages)
  let services = makeServices(takeSignals: takeSignals, resultsPath: resultsPath, lessonsPath: lessonsPath, ids: ids)
  return (Session(mode: mode, console: outer ?? console, services: services), console)
}

/// What a session in the lab needs.
func makeServices(
  takeSignals: @escaping @Sendable () -> Void = {}, resultsPath: String? = nil, lessonsPath: String? = nil,
  ids: ConsecutiveIDs = ConsecutiveIDs()
) -> Session.Services {
  Session.Services(
    networks: LabOnly(), labs: { LabOnly.shipped }, history: { ["first", "second"] }, takeSignals: takeSignals,
    resultsPath: resultsPath, lessonsPath: lessonsPath, clock: { WallTime(milliseconds: 1_795_479_443_042) },
    idGenerator: ids)
}

/// As the program does: a reader of ours that goes away is an error to read, not a signal to die of.
let ignoresBrokenPipes: Bool = {
  signal(SIGPIPE, SIG_IGN)
  return true
}()

/// Runs lines and gives everything that was shown, and the exit status.
///
/// - Parameter name: nil runs them as typed at a prompt, line by line.
func run(
  _ text: String, name: String? = "-c", arguments: [String] = [], facts: ResultFacts? = nil, resultsPath: String? = nil
) async -> (text: String, status: Int32) {
  let (session, console) = makeSession(name == nil ? .prompt : .script, resultsPath: resultsPath)
  if let facts {
    await session.keep(.ping(PingResult(target: "", address: .unspecified(.ipv4), network: ""), facts), as: nil)
  }
  if let name {
    _ = await session.run(text.utf8, name: name, arguments: arguments)
  } else {
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard await session.enter(line.utf8) else { break }
    }
    await session.endInput()
  }
  await checkRecords(of: session)
  return (console.text, await session.status.code)
}

/// Checks every trace of a session that was recorded: judged by its own rules, its packets give it again, bit for bit.
func checkRecords(of session: Session) async {
  for entry in await session.results.entries {
    guard case .trace(let result) = entry.content, let isSame = WhatIf.reproduces(result) else { continue }
    #expect(isSame, "%\(entry.number), a trace to \(result.target), is not what its own packets give")
  }
}
