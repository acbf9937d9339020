import Glibc
import SystemIO
import Time

/// What this process has open and running, as the kernel lists it. Tests run one after the other.
enum ProcessCount {
  static var descriptors: Int { entries(of: "/proc/self/fd").count }

  /// Whether no thread of one of these names is left; waits until it is so.
  ///
  /// A thread that has been joined stands in the kernel's list for a moment longer, and nothing tells when it does not.
  static func haveEnded(threadsNamed names: Set<String>) -> Bool {
    becomesTrue { names.isDisjoint(with: threadNames) }
  }

  /// Whether something is so within a minute, for what nothing tells the end of: the last socket's, or a thread's of Swift's
  /// pool that looks into /proc.
  static func becomesTrue(_ condition: () -> Bool) -> Bool {
    let deadline = MonotonicClock.now + .seconds(60)
    while !condition() {
      guard MonotonicClock.now < deadline else { return false }
      sched_yield()
    }
    return true
  }

  private static var threadNames: [String] {
    entries(of: "/proc/self/task").compactMap { task in
      guard let file = fopen("/proc/self/task/\(task)/comm", "r") else { return nil }
      defer { fclose(file) }
      var name = [UInt8](repeating: 0, count: 32)
      let count = fread(&name, 1, name.count, file)
      return String(decoding: name.prefix(count).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
  }

  private static func entries(of path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names
  }
}
