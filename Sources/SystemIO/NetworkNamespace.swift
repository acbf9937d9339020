import CSystemIO
import Glibc

/// A network namespace without a name: it is there for as long as a process is in it, so nothing of it can be left behind.
///
/// These functions act on the whole process. They are for a program that does nothing else, before it has a second
/// thread, and need root.
package enum NetworkNamespace {
  /// How long processes have to end before they are ended.
  private static let patienceMilliseconds: Int32 = 500
  /// How often processes are looked for: those that are there at first, and what they have started meanwhile.
  private static let mostRounds = 20

  /// Moves this process into a new network namespace, and has it see mounts of its own.
  ///
  /// - Throws: `SystemError`: EPERM without CAP_SYS_ADMIN.
  package static func make() throws(SystemError) {
    try called { csio_new_network_namespace($0) }
    // Without it only programs that ask the loopback interface miss something.
    _ = csio_link_up("lo")
    // Any user inside may use ping sockets. A kernel without the file has no such sockets.
    _ = put("0 2147483647\n", into: "/proc/sys/net/ipv4/ping_group_range")
  }

  /// Moves this process into the network namespace of another, with what that sees of the file system.
  ///
  /// - Throws: `SystemError`: ENOENT when there is no such process, EPERM without CAP_SYS_ADMIN.
  package static func enter(of process: pid_t) throws(SystemError) {
    try called("/proc/\(process)/ns") { csio_enter_namespaces_of(process, $0) }
  }

  /// Puts a text in the place of a file that is there, for those in the namespace only.
  ///
  /// - Throws: `SystemError`: ENOENT when there is no such file.
  package static func replace(_ path: String, with text: String) throws(SystemError) {
    try called(path) { csio_replace_file(path, text, text.utf8.count, $0) }
  }

  /// Ends every other process in this one's network namespace: all are asked first, and those are killed that this does not help
  /// with, and what they have started meanwhile.
  ///
  /// Needs CAP_SYS_PTRACE to see those that may do more than this one, and CAP_KILL to end those of other users.
  package static func endOtherProcesses() {
    guard let own = namespace(of: "self") else { return }
    for round in 0..<mostRounds {
      let others = processes().filter { $0 != getpid() && namespace(of: String($0)) == own }
      if others.isEmpty { return }
      _ = csio_end_processes(others, Int32(clamping: others.count), round == 0 ? patienceMilliseconds : 0)
    }
  }

  private static func processes() -> [pid_t] {
    guard let directory = opendir("/proc") else { return [] }
    defer { closedir(directory) }
    var found: [pid_t] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if let process = pid_t(name) { found.append(process) }
    }
    return found
  }

  /// What names the network namespace of a process; nil when it is gone, or may not be looked at.
  private static func namespace(of process: String) -> [CChar]? {
    var buffer = [CChar](repeating: 0, count: 64)
    let count = readlink("/proc/\(process)/ns/net", &buffer, buffer.count)
    return count > 0 ? Array(buffer[..<count]) : nil
  }

  private static func put(_ text: String, into path: String) -> Bool {
    let number = open(path, O_WRONLY | O_CLOEXEC)
    guard number >= 0 else { return false }
    let file = FileDescriptor(owning: number)
    return write(file.raw, text, text.utf8.count) == text.utf8.count
  }

  private static func called(
    _ object: String? = nil, _ body: (UnsafeMutablePointer<UnsafePointer<CChar>?>) -> Int32
  ) throws(SystemError) {
    var call: UnsafePointer<CChar>?
    let result = body(&call)
    try checked(result, call.map { String(cString: $0) } ?? "unshare", object)
  }
}
