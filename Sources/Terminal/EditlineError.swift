/// Why there is no line editor.
package enum EditlineError: Error, Equatable {
  /// A call of the machine failed.
  case cannotStart(call: String, errno: Int32)
}
