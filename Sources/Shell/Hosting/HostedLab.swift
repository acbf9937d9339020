import Glibc
import Lexing
import SystemIO

/// A network of the lab that is up: a process of its own, in a network namespace of its own, serves it behind a TUN device.
///
/// That process holds the other end of a pipe, and ends, with all that runs beside it in the namespace, when this end is
/// closed: by `takeDown`, or by the kernel when this process is gone, however it went. The namespace has no name and no
/// file, and the device no owner but that process, so nothing of them can stay behind.
///
/// What needs root is done by programs that are started when it is wanted, as the program itself under another flag: a
/// process of user 0 gets its capabilities back by `execve`, and this one need not keep any. It costs a session that has
/// no network up nothing.
final class HostedLab {
  /// The name of the network.
  let network: String
  let seed: Int
  /// Whether the session has made another network of that name since.
  var isReplaced = false
  let announcement: HostAnnouncement
  /// The process that serves it.
  private let process: ServingProcess

  /// Its number; commands run in its namespaces.
  var identifier: pid_t { process.identifier }

  /// The name of the TUN device in its namespace.
  private static let device = "lab0"
  /// More than any announcement has.
  private static let mostAnnounced = 1 << 16

  private init(_ network: String, seed: Int, _ announcement: HostAnnouncement, _ process: ServingProcess) {
    self.network = network
    self.seed = seed
    self.announcement = announcement
    self.process = process
  }

  /// Has a network served, and waits until it is.
  ///
  /// - Parameters:
  ///   - program: the path of this program.
  ///   - script: what makes the network.
  /// - Throws: why it could not be.
  static func start(
    _ program: String, network: String, script: String, seed: Int
  ) async throws(Diagnostic) -> HostedLab {
    let process: ServingProcess
    do throws(SystemError) {
      process = try await ServingProcess.start(
        program, [LabService.flag, LabService.fromInput, "--own-namespace", "--tun", device, "--seed", "\(seed)"],
        told: script + LabService.end, atMost: mostAnnounced)
    } catch {
      throw Diagnostic("cannot start the process that serves the network", why: "\(error)")
    }
    do throws(Diagnostic) {
      let announcement = try HostAnnouncement(reading: String(decoding: process.said, as: UTF8.self))
      return HostedLab(network, seed: seed, announcement, process)
    } catch {
      do throws(SystemError) { _ = try await process.end() } catch {
        // Whatever is wrong with the waiting, what it has said is the reason.
      }
      throw error
    }
  }

  /// Has the network take a further statement, in the line of a script; or become another form of itself, by all statements
  /// of that.
  ///
  /// A process that is gone takes none, and `lab run` says so.
  func tell(_ statement: String) {
    do throws(SystemError) { try process.tell(statement + LabService.end) } catch {
      // As above.
    }
  }

  /// Has it be no network of the session any more, because another one has its name now; it stays as it is.
  func forget(_ name: String) {
    if network == name { isReplaced = true }
  }

  /// Ends it, and waits until everything of it is gone.
  ///
  /// - Returns: how the process that served it ended: other than with status 0 it has not looked after the others; nil the second
  ///   time.
  func takeDown() async throws(SystemError) -> Subprocess.Exit? {
    try await process.end()
  }

  /// A process that will be a command in the network; it begins with `start`.
  ///
  /// - Parameters:
  ///   - input: nil is ours.
  ///   - output: nil is ours.
  func command(
    _ words: [String], by program: String, input: Int32?, output: Int32?
  ) throws(SystemError) -> Subprocess {
    try Subprocess(
      [program, LabVisit.flag, "\(identifier)"] + words, input: input, output: output)
  }
}
