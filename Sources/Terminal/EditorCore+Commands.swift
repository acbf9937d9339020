import CLineEditor
import Glibc
import Results

extension EditorCore {
  /// Tab: the only candidate, or what several have in common; a second Tab lists them above the prompt.
  func complete() -> UInt8 {
    let (scalars, cursor) = line()
    let text = String(scalars)
    let before = String(String.UnicodeScalarView(scalars.prefix(cursor)))
    let offer = completer(text, before.utf8.count)
    guard let start = before.utf8.index(before.startIndex, offsetBy: offer.start, limitedBy: before.endIndex),
      let typed = String(before[start...].utf8)
    else { return CLE_REFRESH_AND_BEEP }
    switch offer.step(typed: typed) {
    case .nothing: return CLE_REFRESH_AND_BEEP
    case .replace(let replacement):
      lastTab = nil
      cle_delete(handle, Int32(typed.unicodeScalars.count))
      return cle_insert(handle, replacement) < 0 ? CLE_REFRESH_AND_BEEP : CLE_REFRESH
    case .ambiguous:
      guard let lastTab, lastTab == (text, cursor) else {
        lastTab = (text, cursor)
        return CLE_REFRESH_AND_BEEP
      }
      printAbove(offer.rows(columns: size.columns, atMost: size.rows - 2))
      return CLE_NORMAL
    }
  }

  /// Inserts the paste that the decoder has put together.
  func insertPaste() -> UInt8 {
    let text = pasted
    pasted = ""
    guard !text.isEmpty else { return CLE_NORMAL }
    return cle_insert(handle, text) < 0 ? CLE_REFRESH_AND_BEEP : CLE_REFRESH
  }
}
