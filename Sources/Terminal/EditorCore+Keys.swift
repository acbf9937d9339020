import CLineEditor
import Glibc
import Results
import SystemIO

extension EditorCore {
  /// How long an ESC waits for the rest of a sequence, in milliseconds. Terminals send a sequence in one write, so this only
  /// has to cover a network between; it delays ESC alone, in vi mode.
  private static let escapeWait: Int32 = 30

  /// More keys than these are left with the terminal: it holds 4,096 bytes, and one line takes one of them at least.
  private static let mostKeysAhead = 65_536

  /// How long to wait for a stop to take hold, in milliseconds. It never does in an orphaned process group, where the kernel drops
  /// the signal.
  private static let stopWait: Int32 = 200

  /// Waits for the next key that libedit should see; nil when the read ends, with `ending` set.
  func nextKey() -> Unicode.Scalar? {
    while ending == nil {
      // Before a key too: libedit must not draw it with an old width.
      attend()
      if ending == nil, !keys.isEmpty {
        switch keys.removeFirst() {
        case .character(let scalar): return scalar
        case .pasted(let text):
          pasted = text
          return pasteKey.unicodeScalars.first
        case .interrupt: ending = .interrupted
        case .suspend: suspend()
        }
        continue
      }
      if ending == nil { waitForInput() }
    }
    return nil
  }

  /// Does what others asked for while libedit waits.
  private func attend() {
    _ = cle_clear(wakeup.raw)
    switch mailbox.takeRequest() {
    case .interrupt: ending = .interrupted
    case .endOfInput: ending = .endOfInput
    case nil: break
    }
    if continues != cle_continue_count() {
      // Stopped from outside: the calling shell has set the terminal's mode as it likes it.
      continues = cle_continue_count()
      _ = cle_prepare_terminal(handle, 0)
      takeTerminal()
    }
    noticeSize()
    let lines = mailbox.takeLines()
    if !lines.isEmpty { printAbove(lines.map { style.render($0).text }) }
  }

  private func waitForInput() {
    var waits = [
      pollfd(fd: input, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wakeup.raw, events: Int16(POLLIN), revents: 0),
    ]
    let ready = poll(&waits, nfds_t(waits.count), decoder.isHolding ? Self.escapeWait : -1)
    if ready == 0 { return decoder.settle(into: &keys) }
    guard ready > 0 else {
      if errno != EINTR { ending = .failed(SystemError(call: "poll", errno: errno)) }
      return
    }
    if waits[0].revents != 0 { readInput() }
  }

  /// Reads one byte, so that what is typed after Enter can still be a signal of the terminal's; a paste in blocks.
  private func readInput() {
    let capacity = decoder.isPasting ? 4_096 : 1
    let bytes = withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 1) { buffer -> [UInt8]? in
      let count = read(input, buffer.baseAddress, capacity)
      return count >= 0 ? Array(buffer.prefix(count)) : nil
    }
    guard let bytes else {
      switch errno {
      case EINTR, EAGAIN: return
      case EIO: ending = .endOfInput  // the terminal has gone
      case let code: ending = .failed(SystemError(call: "read", errno: code))
      }
      return
    }
    if bytes.isEmpty { ending = .endOfInput }
    for byte in bytes { decoder.take(byte, into: &keys) }
  }

  /// Takes the keys that were typed behind the line while the terminal was still the editor's: a Ctrl-C among them has
  /// been no signal, and would otherwise lie there until the next prompt. The others wait for that.
  ///
  /// To be called when the terminal is the caller's again, where no Ctrl-C can become a key any more.
  /// - Returns: whether there was a Ctrl-C; what was typed before it is dropped, as the terminal does it.
  func takeKeysBehindLine() -> Bool {
    let terminal: Int32
    switch lookAhead {
    case .some(let descriptor): terminal = descriptor.raw
    case nil: return false
    }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    while keys.count < Self.mostKeysAhead {
      let count = read(terminal, &bytes, bytes.count)
      guard count > 0 else { break }
      for byte in bytes[..<count] { decoder.take(byte, into: &keys) }
    }
    guard let last = keys.lastIndex(of: .interrupt) else { return false }
    keys.removeFirst(last + 1)
    return true
  }

  /// Ctrl-Z: gives the terminal back, stops this process as the terminal driver would, and takes the terminal again.
  private func suspend() {
    output.write(toLineEnd() + ControlSequence.newline + (movesCursor ? ControlSequence.endBracketedPaste : ""))
    _ = cle_prepare_terminal(handle, 0)
    let before = cle_continue_count()
    kill(getpid(), SIGTSTP)
    if cle_continue_count() == before {
      var wait = pollfd(fd: wakeup.raw, events: Int16(POLLIN), revents: 0)
      _ = poll(&wait, 1, Self.stopWait)
    }
    continues = cle_continue_count()
    takeTerminal()
  }

  private func takeTerminal() {
    _ = cle_prepare_terminal(handle, 1)
    // A process continued in the background stops again at the call above, perhaps with a prompt half drawn.
    if movesCursor { output.write(ControlSequence.beginBracketedPaste + ControlSequence.eraseRows(1)) }
    size = ConsoleSize.ofTerminal(output.descriptor) ?? size
    cle_resize(handle)
    _ = cle_refresh(handle)
  }

  /// After a resize terminals fold the rows anew: the line is taken away by the rows it has at the new width, and drawn again.
  private func noticeSize() {
    guard let size = ConsoleSize.ofTerminal(output.descriptor), size != self.size else { return }
    self.size = size
    output.write(toPromptStart())
    cle_resize(handle)
    _ = cle_refresh(handle)
  }

  /// Prints rows above the prompt, and the prompt again below them.
  func printAbove(_ rows: [String]) {
    cle_flush(handle)
    output.write(toPromptStart() + rows.map { $0 + ControlSequence.newline }.joined())
    _ = cle_refresh(handle)
  }

  /// The line as it is, and the cursor's place in it in characters.
  func line() -> (text: String.UnicodeScalarView, cursor: Int) {
    var text: UnsafePointer<wchar_t>?
    var cursor = 0
    let length = cle_line(handle, &text, &cursor)
    return (Self.scalars(UnsafeBufferPointer(start: text, count: length)), cursor)
  }

  /// From the cursor to the place where the prompt begins, and erases from there.
  private func toPromptStart() -> String {
    guard movesCursor else { return ControlSequence.newline }
    let (cursor, end) = layout()
    let up = min(cursor.row, size.rows - 1)
    return ControlSequence.up(up) + ControlSequence.eraseRows(min(up + end.row - cursor.row + 1, size.rows))
  }

  /// From the cursor to the end of the line.
  func toLineEnd() -> String {
    guard movesCursor else { return "" }
    let (cursor, end) = layout()
    return ControlSequence.down(end.row - cursor.row) + ControlSequence.toColumn(end.column)
  }

  private func layout() -> (cursor: LineLayout, end: LineLayout) {
    let (text, cursor) = line()
    var place = LineLayout(columns: size.columns)
    place.advance(prompt.text.unicodeScalars)
    place.advance(text.prefix(cursor))
    var end = place
    end.advance(text.dropFirst(cursor))
    return (place, end)
  }
}
