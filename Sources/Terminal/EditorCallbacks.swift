import CLineEditor
import Glibc

// libedit calls these. They find the editor by the context pointer that `EditorCore` has set, which lives as long as the handle.

private func core(_ handle: OpaquePointer) -> EditorCore? {
  cle_context(handle).map { Unmanaged<EditorCore>.fromOpaque($0).takeUnretainedValue() }
}

/// EL_GETCFN: 1 and a key, or 0 for the end of input.
func editorReadsKey(_ handle: OpaquePointer, _ character: UnsafeMutablePointer<wchar_t>) -> Int32 {
  guard let key = core(handle)?.nextKey() else { return 0 }
  character.pointee = wchar_t(bitPattern: key.value)
  return 1
}

/// EL_PROMPT_ESC.
func editorAsksPrompt(_ handle: OpaquePointer) -> UnsafeMutablePointer<CChar> {
  guard let core = core(handle) else { preconditionFailure("libedit asks for a prompt before the editor is set up") }
  return core.promptBytes
}

/// Bound to Tab.
func editorCompletes(_ handle: OpaquePointer, _ key: UInt32) -> UInt8 {
  core(handle)?.complete() ?? CLE_END_OF_FILE
}

/// Bound to `pasteKey`.
func editorPastes(_ handle: OpaquePointer, _ key: UInt32) -> UInt8 {
  core(handle)?.insertPaste() ?? CLE_END_OF_FILE
}
