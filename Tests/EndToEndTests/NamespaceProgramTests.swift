import Glibc
import Packets
import Probing
import SystemIO
import Testing
import Tracing

@Suite(
  "The program over kernel routers", .serialized, .enabled(if: NamespaceChain.isPossible, NamespaceChain.reason),
  .enabled(if: Program.isBuilt, "the program is not built"))
struct NamespaceProgramTests {
  @Test("as root and as an ordinary user it finds every hop by what each may use", arguments: AddressFamily.allCases)
  func everyUser(_ family: AddressFamily) async throws {
    try await NamespaceChain.with(routers: 5) { chain in
      let target = chain.target(family)
      let hops = chain.path(family).map { "\"address\":\"\($0)\"" }
      try await Program.with { program in
        for (user, socket) in [(0, "raw"), (65_534, "errqueue")] {
          let output = try await program.run("trace \(target) --json", in: chain.name(0), asUser: user)
          #expect(output.contains("\"socket\":\"\(socket)\""))
          #expect(output.contains("\"reached\":true"))
          var rest = output[...]
          for hop in hops {
            let place = try #require(rest.firstRange(of: hop), "\(hop) is not where it should be: \(output)")
            rest = rest[place.upperBound...]
          }
          // Real sockets' departures, stamps and replies, told again to the same tracer, give the same trace.
          let judged = try await program.run(
            "-c 'enrich off; trace \(target) -q 3 > /dev/null; whatif %1'", in: chain.name(0), asUser: user)
          #expect(judged.contains("nothing differs"), "\(judged)")
          #expect(!judged.contains("cannot be told"), "\(judged)")
        }
      }
    }
  }

  @Test("an ordinary user inside ping_group_range pings, without it there is a clear message")
  func pingGroup() async throws {
    try await NamespaceChain.with(routers: 2) { chain in
      let line = "trace \(chain.target(.ipv4)) --json"
      try await NamespaceChain.run(
        "ip netns exec \(chain.name(0)) sh -c 'echo 0 65534 > /proc/sys/net/ipv4/ping_group_range'\n")
      try await Program.with { program in
        let ping = try await program.run(line, in: chain.name(0), asUser: 65_534)
        #expect(ping.contains("\"socket\":\"ping\""))
        #expect(ping.contains("\"reached\":true"))
        let refused = try await program.run(
          "-c 'set socket raw; trace \(chain.target(.ipv4))'", in: chain.name(0), asUser: 65_534, status: 1)
        #expect(refused.contains("CAP_NET_RAW"))
        #expect(refused.contains("EPERM"))
        #expect(refused.contains("try: "))
      }
    }
  }

  @Test(
    "a set-user-ID program gives its user no command, and no file, of root's",
    arguments: ["--visit-lab 1 id", "--serve-lab /etc/shadow"])
  func lentPrivileges(_ arguments: String) async throws {
    try await NamespaceChain.with(routers: 1) { chain in
      try await Program.with { program in
        try await program.lend()
        let refused = try await program.run(arguments, in: chain.name(0), asUser: 65_534, status: 2)
        #expect(refused.contains("this program was lent its privileges"))
        #expect(!refused.contains("uid=") && !refused.contains("root:"))
      }
    }
  }
}

/// The built program, where any user may run it.
struct Program {
  private let directory: String

  /// Beside the test bundle.
  private static let path: String = {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink("/proc/self/exe", &buffer, buffer.count)
    let runner = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return runner.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/ftrsh"
  }()

  static let isBuilt = system("'\(path)' --version 2>/dev/null | grep -q ftrsh") == 0

  /// Copies it, runs `body`, and removes the copy whatever came of it.
  static func with<Outcome>(_ body: (Program) async throws -> Outcome) async throws -> Outcome {
    let program = try await copy()
    let outcome: Outcome
    do {
      outcome = try await body(program)
    } catch {
      try await program.remove()
      throw error
    }
    try await program.remove()
    return outcome
  }

  private static func copy() async throws -> Program {
    var template = Array("/tmp/ftrsh-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemError(call: "mkdtemp", errno: errno) }
    let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    try await NamespaceChain.run(
      "chmod 755 \(directory); cp \(path) \(directory)/ftrsh; chmod 755 \(directory)/ftrsh\n")
    return Program(directory: directory)
  }

  /// Makes it run as root whoever runs it.
  func lend() async throws {
    try await NamespaceChain.run("chown 0:0 \(directory)/ftrsh; chmod 4755 \(directory)/ftrsh\n")
  }

  /// Runs it and returns what it wrote, on standard output and standard error; it must end with that status.
  func run(
    _ arguments: String, in namespace: String, asUser user: Int, status: Int = 0
  ) async throws -> String {
    try await NamespaceChain.run(
      """
      ip netns exec \(namespace) setpriv --reuid \(user) --regid \(user) --clear-groups \
        env HOME=\(directory) \(directory)/ftrsh \(arguments) > \(directory)/output 2>&1 </dev/null || status=$?
      [ "${status:-0}" = \(status) ] || cat \(directory)/output
      [ "${status:-0}" = \(status) ]

      """)
    let file = open("\(directory)/output", O_RDONLY | O_CLOEXEC)
    try checked(file < 0 ? -errno : file, "open", "\(directory)/output")
    let output = FileDescriptor(owning: file)
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(output.raw, &buffer, buffer.count)
      guard count > 0 else { return String(decoding: text, as: UTF8.self) }
      text += buffer[..<count]
    }
  }

  private func remove() async throws {
    try await NamespaceChain.run("rm -r \(directory)\n")
  }
}
