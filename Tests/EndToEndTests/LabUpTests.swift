import FoundationEssentials
import Glibc
import Packets
import SystemIO
import TestSupport
import Testing

/// The shell's own `lab up`, `lab run` and `lab down`: namespaces without a name, so that there is nothing to sweep.
@Suite(
  "A network of the lab that is up", .serialized, .enabled(if: TunnelNamespace.isPossible, TunnelNamespace.reason),
  .enabled(if: ShellSession.isBuilt, "the program is not built"))
struct LabUpTests {

  /// Runs a script of /bin/sh with the program as `$FTRSH`, and returns what it wrote on both outputs.
  private static func shell(_ script: String, in home: ShellHome) async throws -> String {
    let environment = home.environment.map { "\($0.key)='\($0.value)'" }.joined(separator: " ")
    try await NamespaceChain.run(
      """
      export \(environment) FTRSH='\(ShellSession.binary)'
      cd '\(home.path)'
      (
      \(script)
      ) > written 2>&1 </dev/null

      """)
    return String(decoding: try Data(contentsOf: URL(filePath: "\(home.path)/written")), as: UTF8.self)
  }

  /// As much of a trace's JSON form as the tests look at.
  private struct Document: Decodable {
    struct Hop: Decodable { let address: String? }
    let hops: [Hop]
    let reached: Bool
  }

  private static func documents(in text: String) throws -> [Document] {
    try text.split(separator: "\n").filter { $0.contains("\"command\":\"trace\"") }.map {
      try JSONDecoder().decode(Document.self, from: Data($0.utf8))
    }
  }

  @Test("a second shell in it traces it by real packets, over both families, and names come from its resolver")
  func secondShell() async throws {
    let home = try ShellHome()
    let before = try Data(contentsOf: URL(filePath: "/etc/resolv.conf"))
    let written = try await Self.shell(
      """
      $FTRSH --no-rc -c 'use lab demo
      lab up
      lab run '"$FTRSH"' --no-rc trace 203.0.113.80 --enrich off --json
      lab run '"$FTRSH"' --no-rc trace 2001:db8:30::80 --enrich off --json
      lab run getent ahosts demo.test
      lab down'
      """, in: home)
    let traces = try Self.documents(in: written)
    #expect(traces.map(\.reached) == [true, true])
    #expect(traces.first?.hops.map(\.address) == TunnelTraceTests.path(.ipv4))
    #expect(traces.last?.hops.map(\.address) == TunnelTraceTests.path(.ipv6))
    #expect(written.contains("network 'demo' is up: 192.168.1.20 and 2001:db8:10:1::20, names from 192.168.1.1"))
    #expect(written.contains("203.0.113.80") && written.contains("network 'demo' is down"))
    #expect(try Data(contentsOf: URL(filePath: "/etc/resolv.conf")) == before)
  }

  @Test("the status of the command is that of the program, and a command that is not there is told")
  func statuses() async throws {
    let written = try await Self.shell(
      """
      status() { $FTRSH --no-rc -c "lab up campus; $1" > said 2>&1 && echo 0 || echo $?; }
      status 'lab run true'
      status 'lab run sh -c "exit 7"'
      status 'lab run nosuchcommand x'
      cat said
      status "lab run sh -c 'kill -TERM \\$\\$'"
      status "lab run sh -c 'kill -INT \\$\\$'"
      status 'lab run cat'
      $FTRSH --no-rc -c 'lab up campus; lab run sh -c "echo one; echo two" > file; lab run echo three | cat >> file'
      cat file
      """, in: try ShellHome())
    let lines = written.split(separator: "\n").map(String.init)
    #expect(lines.filter { Int($0) != nil } == ["0", "7", "127", "143", "130", "0"])
    #expect(written.contains("lab: cannot run 'nosuchcommand'\n  why: there is no such command"))
    #expect(Array(lines.suffix(3)) == ["one", "two", "three"])
  }

  @Test("what cannot be is told, and leaves nothing up")
  func refusals() async throws {
    let written = try await Self.shell(
      """
      cp "$FTRSH" ftrsh; chmod 755 . ftrsh
      try() { "$@" 2>&1 || echo "status $?"; }
      try $FTRSH --no-rc -c 'lab up demo; lab up campus'
      try $FTRSH --no-rc -c 'lab up deom'
      try $FTRSH --no-rc -c 'lab run true'
      try $FTRSH --no-rc -c 'lab down'
      try $FTRSH --no-rc -c 'lab up'
      try $FTRSH --no-rc -c 'lab up demo; lab run'
      try setpriv --reuid 65534 --regid 65534 --clear-groups env -u HOME -u XDG_STATE_HOME ./ftrsh --no-rc -c 'lab up demo'
      try unshare -m sh -c 'mount --bind /dev/null /dev/net/tun; exec "$@"' sh $FTRSH --no-rc -c 'lab up demo'
      """, in: try ShellHome())
    for message in [
      "lab: network 'demo' is up already", "there is no network 'deom'; did you mean 'demo'?", "lab: no network is up",
      "the name of a network is missing", "the command is missing", "which only root may make",
      "cannot serve a network: inappropriate ioctl for device (ENOTTY", "modprobe tun",
    ] { #expect(written.contains(message), "\(message)") }
    #expect(written.split(separator: "\n").filter { $0.hasPrefix("status ") }.count == 8)
  }

  @Test("every user inside has the name servers, and an address that ends in 255 is one like others")
  func addressing() async throws {
    let written = try await Self.shell(
      """
      umask 077
      printf '%s\\n' "lab new edge 'An edge'" 'lab node home 10.0.0.1' 'lab hop web 10.0.0.255' 'lab resolver 10.0.0.255' \
        'lab up edge' 'lab run stat -c %a /etc/resolv.conf' "lab run $FTRSH --no-rc trace 10.0.0.255 --enrich off --json" > edge.ftr
      $FTRSH --no-rc edge.ftr
      """, in: try ShellHome())
    #expect(written.contains("\n644\n"), "\(written)")
    #expect(try Self.documents(in: written).map(\.reached) == [true], "\(written)")
  }

  @Test("a network whose process was killed is told of, and 'lab down' fails, with one document")
  func killedServer() async throws {
    let written = try await Self.shell(
      """
      # The parent of what runs inside is the shell; the process that serves is its other child.
      cat > kill.sh <<'END'
      for process in /proc/[0-9]*; do
        grep -qs serve-lab $process/cmdline && grep -qsx "PPid:.$PPID" $process/status && kill -9 ${process#/proc/}
      done
      true
      END
      $FTRSH --no-rc -c 'lab up demo; lab run sh kill.sh; lab down --json' || echo "status $?"
      """, in: try ShellHome())
    let documents = written.split(separator: "\n").filter { $0.hasPrefix("{") }
    #expect(documents.count == 1, "\(written)")
    #expect(documents.first?.contains("was ended by signal 9") == true, "\(written)")
    #expect(written.contains("what runs in network 'demo' may still be there"))
    #expect(written.hasSuffix("status 1\n"), "\(written)")
  }

  @Test("several shells have networks up at once, also one inside another")
  func several() async throws {
    let home = try ShellHome()
    let written = try await Self.shell(
      """
      for network in demo:203.0.113.80 campus:10.20.8.80; do
        $FTRSH --no-rc -c "lab up ${network%%:*}; lab run $FTRSH --no-rc trace ${network#*:} --enrich off --json" > ${network%%:*} &
      done
      wait
      cat demo campus
      $FTRSH --no-rc -c "lab up demo; lab run $FTRSH --no-rc -c 'lab up campus; lab run $FTRSH --no-rc trace 10.20.8.80 --enrich off --json'"
      """, in: home)
    let traces = try Self.documents(in: written)
    #expect(traces.map(\.hops.count) == [12, 4, 4])
    #expect(traces.map(\.reached) == [true, true, true])
  }

  @Test("a change of the network while it is up is seen by the next probe")
  func change() async throws {
    let written = try await Self.shell(
      """
      $FTRSH --no-rc -c "use lab demo
      lab up
      lab fail link metro core
      lab run $FTRSH --no-rc trace 203.0.113.80 -m 5 --timeout 300ms --enrich off --json
      lab heal
      lab run $FTRSH --no-rc trace 203.0.113.80 -m 5 --enrich off --json"
      """, in: try ShellHome())
    let traces = try Self.documents(in: written)
    #expect(traces.count == 2)
    #expect(traces.first?.hops.contains { $0.address == "198.18.0.9" } == false)
    #expect(traces.last?.hops.map(\.address) == Array(TunnelTraceTests.path(.ipv4).prefix(5)))
  }

  @Test("a shell that is killed takes its network down, with what runs in it")
  func killed() async throws {
    // The end of the pipe comes when all that have it as their output have ended: the shell, the network, the commands.
    let written = try await Self.shell(
      """
      mkfifo pipe
      $FTRSH --no-rc -c 'lab up demo; lab run sh -c "sleep 1000 & echo inside; exec sleep 1000"' > pipe 2>&1 &
      exec 3< pipe
      while read -r line <&3; do echo "$line"; [ "$line" != inside ] || break; done
      kill -9 $!
      timeout 120 cat <&3 && echo over
      """, in: try ShellHome())
    #expect(written.hasSuffix("inside\nover\n"))
  }

  @Test("a script that fails leaves the network that is up as it was, and none that it brought up")
  func failedScripts() async throws {
    let session = try ShellSession(["--no-rc"])
    // Short, so that no row is cut.
    var template = Array("/tmp/fXXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { _ = system("rm -r \(directory)") }
    _ = system("cd \(directory); printf 'lab up campus\\nno\\n' >brings; printf 'lab fail core\\nno\\n' >fails")
    try await session.run("source \(directory)/brings", then: "ftrsh live>")
    try await session.expectRow("note: what '\(directory)/brings' had set is taken back")
    try await session.run("use lab demo", then: "ftrsh lab demo>")
    try await session.run("lab up", prompt: "ftrsh lab demo>", then: "ftrsh lab demo, up>")
    try await session.run("source \(directory)/fails", prompt: "ftrsh lab demo, up>")
    try await session.run("lab run traceroute -n -q 1 -f 12 203.0.113.80", prompt: "ftrsh lab demo, up>")
    try await session.terminal.expectRow("12  203.0.113.80")
  }

  @Test("Ctrl-C during a command is the command's, and the shell goes on")
  func interrupt() async throws {
    let session = try ShellSession(["--no-rc"])
    try await session.run("lab up campus", then: "ftrsh live, campus up>")
    try await session.type("lab run sh -c 'echo begun; exec sleep 1000'")
    session.terminal.send(.enter)
    try await session.expectRow("begun")
    session.terminal.send(.interrupt)
    try await session.expectPrompt("ftrsh live, campus up>")
    try await session.run("lab run sh -c 'trap \"\" INT; echo alive'", prompt: "ftrsh live, campus up>")
    try await session.expectRow("alive")
    try await session.run("lab down", prompt: "ftrsh live, campus up>", then: "ftrsh live>")
  }
}
