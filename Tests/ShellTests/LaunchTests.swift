import Lexing
import Shell
import Testing

@Suite("Launch")
struct LaunchTests {
  private func parse(_ arguments: [String]) throws(Diagnostic) -> Launch {
    try Launch.parse(arguments, fileExists: { $0 == "file" })
  }

  @Test("the arguments say what to do")
  func forms() throws {
    #expect(try parse([]) == .shell(readsStartFile: true))
    #expect(try parse(["--no-rc"]) == .shell(readsStartFile: false))
    #expect(try parse(["file", "a", "-b"]) == .script(path: "file", arguments: ["a", "-b"], readsStartFile: true))
    #expect(try parse(["./echo"]) == .script(path: "./echo", arguments: [], readsStartFile: true))
    #expect(try parse(["--", "echo"]) == .script(path: "echo", arguments: [], readsStartFile: true))
    #expect(
      try parse(["--no-rc", "-c", "echo $1", "x"]) == .lines("echo $1", arguments: ["x"], readsStartFile: false))
    #expect(
      try parse(["--tap", "--no-rc", "file"])
        == .reported(.script(path: "file", arguments: [], readsStartFile: false), ReportOptions(isTAP: true)))
    #expect(
      try parse(["--junit", "r.xml", "-c", "x"])
        == .reported(.lines("x", arguments: [], readsStartFile: true), ReportOptions(junitPath: "r.xml")))
    #expect(try parse(["--version"]) == .print("ftrsh 0.1.0"))
    #expect(
      try parse(["echo", "a b", "", "it's", "$x", "}", "#"])
        == .command(line: "echo 'a b' '' 'it'\\''s' '$x' '}' '#'", readsStartFile: true))
  }

  @Test("a network of the lab is served to others with its options, and only when asked for first")
  func labService() throws {
    #expect(try parse(["--serve-lab", "demo"]) == .serveLab(LabService(network: "demo")))
    #expect(
      try parse(["--serve-lab", "x.ftr", "--report", "--tun", "lab0", "--seed", "18446744073709551615"])
        == .serveLab(LabService(network: "x.ftr", device: "lab0", seed: .max, reports: true)))
    #expect(!Launch.usage.contains("serve-lab"))
  }

  @Test(
    "wrong arguments are shown as the line that they were",
    arguments: [
      (["-x"], "ftrsh: unknown option '-x'\n    ftrsh -x\n          ^^\n  try: 'ftrsh --help'"),
      (
        ["--no-rc", "--versoin"],
        "ftrsh: unknown option '--versoin'\n    ftrsh --no-rc --versoin\n                  ^^^^^^^^^\n  try: '--version'"
      ),
      (
        ["lab", "up", "demo"],
        "ftrsh: 'ftrsh lab up demo' would take the network down at once\n    ftrsh lab up demo\n          ^^^\n"
          + "  why: a network is up as long as the shell that brought it up runs\n"
          + "  try: type 'lab up demo' in the shell, or 'ftrsh -c \"lab up demo; lab run COMMAND\"'"
      ),
      (["--junit"], "ftrsh: --junit needs a file\n    ftrsh --junit\n          ^^^^^^^"),
      (
        ["--tap"],
        "ftrsh: a report needs a script\n    ftrsh --tap\n          ^^^^^\n"
          + "  try: 'ftrsh --tap FILE' or 'ftrsh --tap -c LINES'"
      ),
      (["-c"], "ftrsh: -c needs the lines to run\n    ftrsh -c\n          ^^"),
      (
        ["ehco", "x"],
        "ftrsh: 'ehco' is no command and no file\n    ftrsh ehco x\n          ^^^^\n  try: 'ftrsh echo'"
      ),
      (
        ["--completions", "csh"],
        "ftrsh: there are no completions for 'csh'\n    ftrsh --completions csh\n                        ^^^\n"
          + "  try: bash, zsh or fish"
      ),
      (
        ["--serve-lab"],
        "ftrsh: --serve-lab needs a network\n    ftrsh --serve-lab\n          ^^^^^^^^^^^\n"
          + "  try: ftrsh --serve-lab NAME|FILE|- [--own-namespace] [--tun DEVICE] [--seed N] [--report]"
      ),
      (
        ["--serve-lab", "demo", "--seed", "-1"],
        "ftrsh: '-1' is not a seed\n    ftrsh --serve-lab demo --seed -1\n                                  ^^\n"
          + "  try: a whole number, 0 or more"
      ),
      (
        ["--serve-lab", "demo", "--json"],
        "ftrsh: '--json' is no option of --serve-lab\n    ftrsh --serve-lab demo --json\n"
          + "                           ^^^^^^\n"
          + "  try: ftrsh --serve-lab NAME|FILE|- [--own-namespace] [--tun DEVICE] [--seed N] [--report]"
      ),
      (
        ["--completions"],
        "ftrsh: --completions needs the name of a shell\n    ftrsh --completions\n          ^^^^^^^^^^^^^\n"
          + "  try: bash, zsh or fish"
      ),
    ])
  func wrong(arguments: [String], expected: String) throws {
    #expect(try #require(throws: Diagnostic.self) { try parse(arguments) }.text == expected)
  }

  @Test("a quoted word reads back as it was", arguments: ["", "a", "a b", "it's", "'", "$x;\"\\", "{", "é|>"])
  func quoting(word: String) throws {
    let script = try Script(SourceText("echo " + Launch.quoted(word)), keepsOperators: { _ in false })
    #expect(script.statements.first?.words.last?.literal == word)
  }
}
