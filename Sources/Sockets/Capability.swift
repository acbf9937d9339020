import CSystemIO
import Glibc
import SystemIO

/// What this process may do beyond an ordinary user, and how it gives up what it does not need.
///
/// The one capability in use, CAP_NET_RAW, is kept permitted but not effective, and raised only on the calling thread round
/// `socket()`. Capabilities belong to a thread and are inherited by those that it starts.
package enum Capability {
  /// CAP_NET_RAW (linux/capability.h), as a bit of a set.
  private static let netRaw: UInt64 = 1 << 13
  /// CAP_CHOWN, DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER, FSETID: what reading and writing the files of any user needs. Root without
  /// them could not read a user's 0600 script.
  private static let files: UInt64 = 0b1_1111

  /// CAP_KILL and SYS_PTRACE: what ending the processes of other users needs.
  package static let processes: UInt64 = 1 << 5 | 1 << 19

  /// Whether this process may do what its user may not: it is set-user-ID, or its file has capabilities.
  ///
  /// To be asked before `reduce`; it tells the same behind it.
  package static var areLent: Bool { csio_has_lent_privileges() }

  /// Gives up everything but raw sockets (and, as plain root, files), and the user id of a set-user-ID program.
  ///
  /// - Parameter further: capabilities that are kept too, as bits of a set.
  /// To be called in the synchronous main, before any thread is started: a thread that exists keeps what it has.
  /// - Throws: `SystemError` of `prctl`, `setresgid`, `setresuid` or `capset`.
  package static func reduce(keeping further: UInt64 = 0) throws(SystemError) {
    let sets = try read()
    let isSetUserID = geteuid() != getuid() || getegid() != getgid()
    if isSetUserID {
      try checked(csio_keep_capabilities(), "prctl PR_SET_KEEPCAPS")
      try checked(csio_keep_only_real_group(), "setresgid")
      try checked(csio_keep_only_real_user(), "setresuid")
    }
    try checked(csio_clear_ambient_capabilities(), "prctl PR_CAP_AMBIENT")
    let kept = (geteuid() == 0 ? files | further : further) & sets.permitted
    try checked(csio_set_capabilities(kept, kept | (netRaw & sets.permitted), 0), "capset")
  }

  /// Whether the calling thread may open raw sockets, by `withRawSockets` or at once.
  package static var hasRawSockets: Bool {
    do throws(SystemError) {
      return try read().permitted & netRaw != 0
    } catch {
      return false
    }
  }

  /// Runs `body` with CAP_NET_RAW effective on this thread where it is permitted; without it, `body` gets its EPERM.
  static func withRawSockets<R>(_ body: () -> R) -> R {
    do throws(SystemError) {
      let sets = try read()
      guard sets.permitted & netRaw != 0, sets.effective & netRaw == 0 else { return body() }
      try checked(csio_set_capabilities(sets.effective | netRaw, sets.permitted, sets.inheritable), "capset")
      let result = body()
      let lowered = csio_set_capabilities(sets.effective, sets.permitted, sets.inheritable)
      precondition(lowered == 0, "A thread may always lower its own capabilities.")
      return result
    } catch {
      return body()
    }
  }

  private static func read() throws(SystemError) -> (effective: UInt64, permitted: UInt64, inheritable: UInt64) {
    var sets: (effective: UInt64, permitted: UInt64, inheritable: UInt64) = (0, 0, 0)
    try checked(csio_get_capabilities(&sets.effective, &sets.permitted, &sets.inheritable), "capget")
    return sets
  }
}
