import Glibc
import Shell
import SystemIO
import TestSupport
import Testing

@Suite("The language")
struct LanguageTests {
  @Test(
    "lines do what they say",
    arguments: [
      ("echo a  b; echo 'c  d'", "a b\nc  d"),
      ("let x 1 2\necho $x\necho \"$x\"-z '$x'", "1 2\n1 2-z $x"),
      ("let none\necho [ $none ]", "[ ]"),
      ("repeat 3 { echo again }", "again\nagain\nagain"),
      ("repeat 2 { repeat 2 {\n echo x\n } }", "x\nx\nx\nx"),
      ("repeat 0 { echo never }", ""),
      ("repeat 2 every 1us { echo tick }", "tick\ntick"),
      ("if reached { echo yes }; if not reached { echo no }", "yes"),
      ("if hops > 2 { echo far }", "far"),
      ("if hops > 9 { echo far } else { echo near }", "near"),
      ("if hops > 9 { echo a } else if hop 2 silent { echo b } else { echo c }", "b"),
      ("if hops > 9 { echo a } else if hops > 8 { echo b } else if hops > 7 { echo c }", ""),
      ("if reached { if loss = 0 { echo a } else {\n echo b\n } } else { echo c }", "b"),
      ("echo -n --x", "-n --x"),
      ("expect reached; expect hops <= 3; expect not hop 3 silent; expect hop 2 silent", ""),
      ("quit\necho never", ""),
      ("set timeout 700ms; show timeout | cat > /dev/null", ""),
      ("repeat 100000 { help } | true", ""),
      ("sleep 0; sleep 1us", ""),
      ("version", "ftrsh 0.1.0"),
      ("history 1", "2  second"),
    ])
  func runs(text: String, expected: String) async {
    let outcome = await run(text, facts: .example)
    #expect(outcome.text == expected)
    #expect(outcome.status == 0)
  }

  @Test("a script's arguments are $1 to $9 and $@")
  func arguments() async {
    let outcome = await run("echo $1-$2 \"$@\"\nlet n $@\necho $n", name: "s", arguments: ["a", "b c"])
    #expect(outcome.text == "a-b c a b c\na b c")
  }

  @Test("a script stops at its first failing command, with its status")
  func stops() async {
    #expect(await run("echo a\nexpect not reached\necho b", facts: .example).status == 1)
    #expect(await run("echo a\nset\nnonsense\necho b").status == 2)
    let outcome = await run("repeat 2 {\n echo a\n expect not reached\n}\necho b", facts: .example)
    #expect(
      outcome.text == """
        a
        ! -c:3:2: expect: not met: not reached
        !      expect not reached
        !      ^^^^^^^^^^^^^^^^^^
        !   why: found: reached
        """)
  }

  @Test("'set on-error continue' runs the rest, and the status still tells")
  func continues() async {
    let outcome = await run("set on-error continue\nexpect not reached\necho b", facts: .example)
    #expect(outcome.text.hasSuffix("\nb"))
    #expect(outcome.status == 1)
  }

  @Test("at the prompt the next command runs, and the line is not repeated for a failure")
  func prompt() async {
    let outcome = await run("expect reached; echo on\nech 'still\nopen'", name: nil)
    #expect(
      outcome.text == """
        ! expect: there is no result yet
        !   try: 'trace TARGET' makes one
        on
        still
        open
        """)
    #expect(outcome.status == 0, "the last line went well")
  }

  @Test("a unique beginning is a command at the prompt, not in a script")
  func prefixes() async {
    #expect(await run("vers", name: nil).text == "ftrsh 0.1.0")
    #expect(await run("set timeo 2s; show timeo | true", name: nil).text == "")
    #expect(
      await run("s", name: nil).text == """
        ! 's' may be several commands
        !     s
        !     ^
        !   try: 'save', 'set', 'show', 'source' or 'sleep'
        """)
    #expect(
      await run("vers").text == """
        ! -c:1:1: unknown command 'vers'
        !     vers
        !     ^^^^
        !   why: a script needs the full name
        !   try: 'version'
        """)
    #expect(await run("set timeo 2s").status == 2)
  }

  @Test("'quit' gives its status, also from inside a block")
  func quitting() async {
    #expect(await run("repeat 3 { quit 7 }\necho never").status == 7)
  }

  @Test("an interrupt ends a loop that never waits")
  func interrupt() async {
    let (session, console) = makeSession(.script)
    async let status = session.run("repeat 1000000000 { }\necho never".utf8, name: "-c")
    session.interrupt()
    #expect(await status == .interrupted)
    #expect(console.text == "")
  }

  @Test("an interrupt that comes as a pipe is laid: neither its command nor what follows is run")
  func interruptPipe() async {
    let pending = Locked<Session?>(nil)
    // A signal that nobody has looked at yet, whatever the session is doing.
    let (session, console) = makeSession(.script, takeSignals: { pending.withLock { $0 }?.interrupt() })
    pending.withLock { $0 = session }
    // Were it run, it would last for an hour.
    #expect(await session.run("echo x | sleep 3600\necho never".utf8, name: "-c") == .interrupted)
    #expect(console.text == "")
    pending.withLock { $0 = nil }
  }

  @Test("an interrupt ends a sleep")
  func interruptSleep() async {
    let (session, _) = makeSession(.script)
    async let status = session.run("sleep 9000h".utf8, name: "-c")
    session.interrupt()
    #expect(await status == .interrupted)
  }
}

extension ResultFacts {
  /// Three hops, the second silent, target reached.
  static let example = ResultFacts(
    target: "demo.test", isReached: true,
    hops: [
      HopFacts(ttl: 1, addresses: ["192.0.2.1"], answered: 1, slowest: .milliseconds(1)),
      HopFacts(ttl: 2),
      HopFacts(ttl: 3, addresses: ["198.51.100.9"], answered: 1, slowest: .microseconds(20_400)),
    ], end: "reached", elapsed: .milliseconds(61))
}

@Suite("Scripts in files")
struct ScriptFileTests {
  /// A new path in the directory for temporary files.
  private func path(_ name: String) -> String { "/tmp/ftrsh-test-\(getpid())-\(name)" }

  @Test("what a failed script had set is taken back; what one did that came to its end stays")
  func atomic() async {
    let file = path("atomic")
    let wholes = """
      lab new tiny 'One router'
      lab node home 192.168.1.2
      lab hop gate 192.168.1.1
      set timeout 200ms; let far gate; use lab tiny
      """
    #expect(await run("echo \"\(wholes)\" > \(file)").status == 0)
    let kept = await run("source \(file)\nuse; echo $far; trace 192.168.1.1 > /dev/null", name: nil)
    #expect(kept.text == "lab tiny\ngate", "\(kept.text)")
    #expect(await run("echo 'lab hop web 192.0.2.80 daley 1ms' >> \(file)").status == 0)
    let outcome = await run(
      "set timeout 300ms; use lab campus\nsource \(file)\nuse; use lab tiny; echo $far; set > /dev/null; show timeout",
      name: nil)
    #expect(outcome.text.contains("! note: what '\(file)' had set is taken back\n"), "\(outcome.text)")
    #expect(outcome.text.contains("\nlab campus\n! use: there is no network 'tiny'"), "\(outcome.text)")
    #expect(outcome.text.contains("! nothing is set for '$far'"))
    #expect(outcome.text.contains("\ntimeout  300ms"), "\(outcome.text)")
    unlink(file)
  }

  @Test(
    "a script that fails ends the recording and the lesson that it began, and the recording that was replayed comes back"
  )
  func takenBack() async throws {
    let directory = try TemporaryDirectory()
    let outcome = await run(
      """
      use lab demo
      record \(directory.path)/one.ftrec; trace demo.test > /dev/null; record off > /dev/null
      record \(directory.path)/two.ftrec; trace far.demo.test > /dev/null; record off > /dev/null
      use replay \(directory.path)/two.ftrec > /dev/null
      echo 'use replay \(directory.path)/one.ftrec; record \(directory.path)/three.ftrec; lesson 1; nonsense' > \(directory.path)/bad.ftr
      source \(directory.path)/bad.ftr > /dev/null
      trace far.demo.test > /dev/null
      expect reached
      record
      lesson status
      """, name: nil)
    #expect(outcome.text.contains("\nnothing is recorded\n"), "\(outcome.text)")
    #expect(outcome.text.contains("no lesson is going on"), "\(outcome.text)")
    #expect(!outcome.text.contains("cannot find"), "\(outcome.text)")
  }

  @Test("a script has its arguments, keeps what it sets, and tells its own places")
  func places() async {
    let file = path("places")
    defer { unlink(file) }
    let outcome = await run(
      """
      echo 'let got $2; set queries 3' > \(file)
      echo 'echo "$1 and $got"' >> \(file)
      echo 'set max-ttl 300' >> \(file)
      source \(file) one two
      echo never
      """)
    #expect(
      outcome.text == """
        one and two
        ! \(file):3:13: set: max-ttl: '300' is out of range
        !     set max-ttl 300
        !                 ^^^
        !   try: a whole number from 1 to 255
        """)
    #expect(outcome.status == 2)
    let prompt = await run("set on-error continue; source \(file) 1 two\necho on $got", name: nil)
    #expect(prompt.text.hasSuffix("on two"))
  }

  @Test("a script that runs itself is stopped at the limit")
  func recursion() async {
    let file = path("recursion")
    defer { unlink(file) }
    let outcome = await run("echo 'source \(file)' > \(file); source \(file)")
    #expect(
      outcome.text == """
        ! \(file):1:1: source: '\(file)' is the 17th script inside another
        !     source \(file)
        !     \(String(repeating: "^", count: file.count + 7))
        !   why: a script that runs itself would never end
        """)
    #expect(outcome.status == 1)
  }
}
