import Results
import Shell
import SystemIO
import Testing

@Suite("Texts made from the command table")
struct GeneratedTextTests {
  /// What a command line of `/bin/sh` ends with when it reads a text.
  private func status(of command: String, reading text: String) async throws -> Subprocess.Exit {
    precondition(ignoresBrokenPipes)
    var process = try Subprocess(shell: command)
    try process.start()
    if let input = process.inputDescriptor { _ = try writeAll(input, text) }
    return try await process.wait()
  }

  @Test("the manual page has no mistake that groff would tell")
  func manual() async throws {
    let command = "command -v groff > /dev/null || exit 0; test -z \"$(groff -mdoc -Tutf8 -ww -z 2>&1)\""
    #expect(try await status(of: command, reading: ManualPage.text) == .exited(status: 0))
  }

  @Test("the completion script for bash is a script for bash")
  func bash() async throws {
    #expect(try await status(of: "bash -n", reading: CompletionScript.text(for: .bash)) == .exited(status: 0))
    let script =
      CompletionScript.text(for: .bash) + """
        COMP_WORDS=(ftrsh set protocol u) COMP_CWORD=3
        _ftrsh
        [ "${COMPREPLY[*]}" = udp ] || exit 3
        COMP_WORDS=(ftrsh --no-rc unse) COMP_CWORD=2
        _ftrsh
        [ "${COMPREPLY[*]}" = unset ] || exit 4
        """
    #expect(try await status(of: "bash", reading: script) == .exited(status: 0))
  }

  @Test("every command has a page whose lines fit a terminal of 80 columns", arguments: CommandTable.all.map(\.name))
  func pages(name: String) throws {
    let command = try #require(CommandTable.command(named: name))
    let page = HelpText.page(for: command, settings: .forPrompt)
    #expect(page.first?.text == "usage: " + command.usage)
    for line in page { #expect(line.text.count <= 80, "\(line.text)") }
  }

  @Test("every command has examples, and each begins with the command")
  func examples() {
    for command in CommandTable.all where !["source", "quit"].contains(command.name) {
      #expect(!command.examples.isEmpty, "\(command.name)")
      for example in command.examples { #expect(example.line.hasPrefix(command.name)) }
    }
  }

  @Test("no option is there twice, and each overrides a setting with a legal value")
  func options() {
    for command in CommandTable.all {
      #expect(Set(command.options.map(\.name)).count == command.options.count)
      let letters = command.options.compactMap(\.letter)
      #expect(Set(letters).count == letters.count)
      for option in command.options {
        guard let name = option.setting else { continue }
        #expect(Setting.named(name) != nil)
        if let value = option.settingValue {
          #expect(throws: Never.self) { try Setting.named(name)?.kind.parse(value) }
        }
      }
    }
  }

  @Test("every default is a legal value that reads back the same")
  func defaults() throws {
    for setting in Setting.all {
      for settings in [Settings.forPrompt, .forScripts] {
        var copy = settings
        setting.write(&copy, try setting.kind.parse(setting.read(settings)))
        #expect(copy == settings)
      }
    }
  }
}
