import CSystemIO

/// A refusal by the operating system: which call, with which errno, on what.
package struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The name of the call, as in its manual page: `socket`, `setsockopt IP_RECVERR`.
  package let call: String
  /// The errno value, positive.
  package let errno: Int32
  /// What it was called on, as the user knows it (a path, an address, an interface); nil when there is nothing to name.
  package let object: String?

  /// A refusal of that call; see the properties.
  package init(call: String, errno: Int32, object: String? = nil) {
    self.call = call
    self.errno = errno
    self.object = object
  }

  /// The symbol of the errno: `EPERM`; `errno 4711` for a number that the C library does not know.
  package var symbol: String {
    guard let name = csio_errno_name(errno) else { return "errno \(errno)" }
    return String(cString: name)
  }

  /// The sentence of the errno, in lower case, never localised: `operation not permitted`.
  package var reason: String {
    guard let text = csio_errno_text(errno) else { return "unknown error" }
    let sentence = String(cString: text)
    // "Operation not permitted", but not "RFS specific error": only a first word that is no abbreviation is lowered.
    guard sentence.dropFirst().first?.isLowercase == true else { return sentence }
    return sentence.prefix(1).lowercased() + sentence.dropFirst()
  }

  /// One line for a message: `operation not permitted (EPERM from socket)`, the object after the call.
  package var description: String {
    let place = object.map { "\(call) '\($0)'" } ?? call
    return "\(reason) (\(symbol) from \(place))"
  }
}

/// Returns the result of a C call of ours, or throws what its `-errno` says.
@discardableResult
package func checked(
  _ result: Int32, _ call: @autoclosure () -> String, _ object: @autoclosure () -> String? = nil
) throws(SystemError) -> Int32 {
  guard result < 0 else { return result }
  throw SystemError(call: call(), errno: -result, object: object())
}
