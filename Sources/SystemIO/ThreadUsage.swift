import CSystemIO
import Glibc
import Time

/// What a thread, or the whole process, has used of the processor. Values of two moments subtract.
package struct ThreadUsage: Hashable, Sendable {
  /// In the program and in the kernel on its behalf.
  package var processorTime: Duration
  /// Times that it gave the processor away, because it waited for something or because others were to have a turn.
  package var contextSwitches: Int

  /// Nothing, unless told.
  package init(processorTime: Duration = .zero, contextSwitches: Int = 0) {
    self.processorTime = processorTime
    self.contextSwitches = contextSwitches
  }

  /// What was used between two moments.
  package static func - (later: ThreadUsage, earlier: ThreadUsage) -> ThreadUsage {
    ThreadUsage(
      processorTime: later.processorTime - earlier.processorTime,
      contextSwitches: later.contextSwitches - earlier.contextSwitches)
  }

  /// What both have used.
  package static func + (left: ThreadUsage, right: ThreadUsage) -> ThreadUsage {
    ThreadUsage(
      processorTime: left.processorTime + right.processorTime,
      contextSwitches: left.contextSwitches + right.contextSwitches)
  }
}

/// Reads what one thread has used, from any thread.
package struct ThreadMeter: Sendable {
  private let clock: clockid_t
  private let statusPath: String

  /// A meter of the calling thread.
  package init() {
    var clock = clockid_t()
    let failure = pthread_getcpuclockid(pthread_self(), &clock)
    precondition(failure == 0, "A thread that runs has a processor clock.")
    self.clock = clock
    statusPath = "/proc/self/task/\(csio_thread_number())/status"
  }

  /// What it has used so far; nil when the thread has ended (which the kernel may know a moment after `join` has
  /// returned).
  ///
  /// The processor time is a system call, exact to the nanosecond; the switches are read from a file of /proc, which
  /// takes about 20 µs.
  package var usage: ThreadUsage? {
    var time = timespec()
    guard clock_gettime(clock, &time) == 0, let switches = contextSwitches else { return nil }
    return ThreadUsage(processorTime: .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec), contextSwitches: switches)
  }

  /// The sum of `voluntary_ctxt_switches` and `nonvoluntary_ctxt_switches` (proc_pid_status(5)).
  private var contextSwitches: Int? {
    guard let status = ProcessFile.read(statusPath) else { return nil }
    var sum = 0
    var found = 0
    for line in status.split(separator: UInt8(ascii: "\n")) {
      guard line.starts(with: Self.voluntary) || line.starts(with: Self.involuntary) else { continue }
      let digits = line.drop { !($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) }
      guard let count = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
      sum += count
      found += 1
    }
    return found == 2 ? sum : nil
  }

  private static let voluntary = Array("voluntary_ctxt_switches:".utf8)
  private static let involuntary = Array("nonvoluntary_ctxt_switches:".utf8)
}

/// What the whole process uses and holds.
package enum ProcessUsage {
  /// What its threads have used so far, those that have ended too (getrusage(2)). To the microsecond.
  package static var now: ThreadUsage {
    var nanoseconds: Int64 = 0
    var contextSwitches: Int64 = 0
    let result = csio_process_usage(&nanoseconds, &contextSwitches)
    precondition(result == 0, "getrusage of the process itself does not fail.")
    return ThreadUsage(processorTime: Duration(nanoseconds: nanoseconds), contextSwitches: Int(contextSwitches))
  }

  /// How many threads there are; nil where there is no /proc. One that has been joined may be counted for a moment
  /// longer.
  package static var threadCount: Int? { ProcessFile.count(in: "/proc/self/task") }

  /// How many descriptors are open; nil where there is no /proc. Swift's thread pool has one more for moments, in which
  /// it looks at what its threads do.
  package static var descriptorCount: Int? {
    // The one by which they are counted is none of them.
    ProcessFile.count(in: "/proc/self/fd").map { $0 - 1 }
  }
}

/// The files of /proc about this process.
private enum ProcessFile {
  /// The status of a thread has 1,500 bytes.
  private static let longest = 8_192

  /// nil when there is no such file.
  static func read(_ path: String) -> [UInt8]? {
    let raw = open(path, O_RDONLY | O_CLOEXEC)
    guard raw >= 0 else { return nil }
    let file = FileDescriptor(owning: raw)
    var buffer = [UInt8](repeating: 0, count: longest)
    let count = Glibc.read(file.raw, &buffer, buffer.count)
    return count > 0 ? Array(buffer[..<count]) : nil
  }

  /// How many entries a folder has.
  static func count(in path: String) -> Int? {
    guard let folder = opendir(path) else { return nil }
    defer { closedir(folder) }
    var count = 0
    while let entry = readdir(folder) {
      // "." and "..": no name of the folders here begins so.
      if entry.pointee.d_name.0 != CChar(bitPattern: UInt8(ascii: ".")) { count += 1 }
    }
    return count
  }
}
