import Glibc

/// What the program reads of its environment.
struct Environment {
  let noColor = Self.value("NO_COLOR")
  let term = Self.value("TERM")
  private let home = Self.value("HOME")

  /// The script that is run first: `ftrshrc` in `$XDG_CONFIG_HOME/ftrsh`, else in `~/.config/ftrsh`. nil when there is
  /// none.
  var startFile: String? {
    guard let directory = Self.directory("XDG_CONFIG_HOME") ?? home.map({ $0 + "/.config" }) else { return nil }
    let path = directory + "/ftrsh/ftrshrc"
    return access(path, F_OK) == 0 ? path : nil
  }

  /// Where state lives, `$XDG_STATE_HOME/ftrsh`, else `~/.local/state/ftrsh`; nil without a home directory.
  var stateDirectory: String? {
    (Self.directory("XDG_STATE_HOME") ?? home.map { $0 + "/.local/state" }).map { $0 + "/ftrsh" }
  }

  /// The key bindings of libedit, which other programs share.
  var editorFile: String? { home.map { $0 + "/.editrc" } }

  /// The value of a variable; nil when it is unset or empty, which the XDG specification and no-color.org treat alike.
  private static func value(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }

  /// A directory; relative ones are to be ignored (XDG base directory specification 0.8).
  private static func directory(_ name: String) -> String? {
    value(name).flatMap { $0.hasPrefix("/") ? $0 : nil }
  }
}
