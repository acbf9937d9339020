import Testing

@Suite("Bad input")
struct BadInputTests {
  @Test(
    "a wrong line says what is wrong, where, and what is legal",
    arguments: [
      ("", ""),
      ("   ;; # nothing", ""),
      (
        "ehco x",
        """
        ! unknown command 'ehco'
        !     ehco x
        !     ^^^^
        !   try: 'echo'
        """
      ),
      (
        "xyzzy",
        """
        ! unknown command 'xyzzy'
        !     xyzzy
        !     ^^^^^
        !   try: 'help' lists the commands
        """
      ),
      (
        "set timout 1s",
        """
        ! set: unknown setting 'timout'
        !     set timout 1s
        !         ^^^^^^
        !   try: 'timeout'
        """
      ),
      (
        "set max-ttl 300",
        """
        ! set: max-ttl: '300' is out of range
        !     set max-ttl 300
        !                 ^^^
        !   try: a whole number from 1 to 255
        """
      ),
      (
        "set timeout 2",
        """
        ! set: timeout: '2' has no unit
        !     set timeout 2
        !                 ^
        !   try: write 2s or 2ms
        """
      ),
      (
        "set timeout 2h",
        """
        ! set: timeout: '2h' is out of range
        !     set timeout 2h
        !                 ^^
        !   try: a duration from 1ms to 1h
        """
      ),
      (
        "set protocol tcp",
        """
        ! set: protocol: 'tcp' is not a legal value
        !     set protocol tcp
        !                  ^^^
        !   try: auto, icmp or udp
        """
      ),
      (
        "set gap-limit none",
        """
        ! set: gap-limit: 'none' is not a whole number
        !     set gap-limit none
        !                   ^^^^
        !   try: off, or 1 to 255 hops
        """
      ),
      (
        "set timeout 1s 2s",
        """
        ! set: '2s' is one word too many
        !     set timeout 1s 2s
        !                    ^^
        !   try: 'set [NAME] [VALUE]'
        """
      ),
      (
        "unset",
        """
        ! unset: NAME is missing
        !     unset
        !          ^
        !   why: it is the name of a setting
        !   try: 'unset NAME'
        """
      ),
      (
        "unset --short",
        """
        ! unset: it has no options
        !     unset --short
        !           ^^^^^^^
        !   try: 'unset NAME'
        """
      ),
      (
        "repeat 3",
        """
        ! repeat: it needs a block
        !     repeat 3
        !             ^
        !   try: 'repeat N [every D] { … }'
        """
      ),
      (
        "repeat 3 times { }",
        """
        ! repeat: 'every' was expected here, not 'times'
        !     repeat 3 times { }
        !              ^^^^^
        !   try: 'repeat N [every D] { … }'
        """
      ),
      (
        "echo { }",
        """
        ! echo: it takes no block
        !     echo { }
        !          ^
        !   try: 'echo [WORD…]'
        """
      ),
      (
        "let 1x y",
        """
        ! let: '1x' is not a name
        !     let 1x y
        !         ^^
        !   try: letters, digits and '_', not beginning with a digit
        """
      ),
      (
        "let x = y",
        """
        ! let: a name is followed by its value
        !     let x = y
        !           ^
        !   try: 'let x VALUE', without '='
        """
      ),
      (
        "echo $nmae",
        """
        ! nothing is set for '$nmae'
        !     echo $nmae
        !          ^^^^^
        !   try: 'let nmae VALUE' before it
        """
      ),
      (
        "echo $1",
        """
        ! there is no argument $1
        !     echo $1
        !          ^^
        !   why: none was given
        """
      ),
      (
        "echo \"open",
        """
        ! this quotation is not closed
        !     echo "open
        !          ^
        !   try: end it with '"'
        """
      ),
      (
        "repeat 2 {",
        """
        ! this block is not closed
        !     repeat 2 {
        !              ^
        !   try: end it with '}' as a word of its own
        """
      ),
      (
        "echo a\u{1B}[2Jb",
        """
        ! this line holds the control byte 0x1B
        !     echo a\u{FFFD}[2Jb
        !           ^
        !   why: commands are text: printable characters, spaces and tabs
        """
      ),
      (
        "source /nowhere/at/all",
        """
        ! source: cannot read '/nowhere/at/all'
        !   why: no such file or directory (ENOENT from open)
        """
      ),
      (
        "echo a > /nowhere/at/all",
        """
        ! echo: cannot write to '/nowhere/at/all'
        !   why: no such file or directory (ENOENT from open)
        """
      ),
    ])
  func wrongLine(line: String, expected: String) async {
    #expect(await run(line, name: nil).text == expected)
    let isOpen = expected.contains("not closed")
    if !isOpen { #expect(await run(line + "\necho on", name: nil).text.hasSuffix("on"), "the shell goes on") }
    let status = await run(line).status
    #expect(status == (expected.isEmpty ? 0 : expected.contains("ENOENT") ? 1 : 2))
  }

  @Test("a line of a megabyte is refused with a short message")
  func longLine() async {
    let outcome = await run("echo " + String(repeating: "x", count: 1_000_000))
    #expect(outcome.text.hasPrefix("! -c:1:65537: this line is too long\n"))
    #expect(outcome.text.utf8.count < 600)
    #expect(outcome.status == 2)
  }

  @Test("settings that do not go together are warned about once")
  func conflicts() async {
    let outcome = await run("set overall 500ms; set timeout 100ms\nset first-ttl 31; set queries 2", name: nil)
    #expect(
      outcome.text == """
        ! warning: overall 500ms may end a trace before its probes have
        !   why: the other settings need up to 1.5s when nothing answers
        !   try: 'set overall auto', or a smaller timeout
        ! warning: first-ttl 31 is beyond max-ttl 30: nothing would be probed
        !   try: 'set max-ttl 31' or more
        """)
  }
}
