import Probing
import Rendering
import Tracing

/// The values of all settings: what a session is asked to do unless a command's options say otherwise.
///
/// The names, ranges and meanings are in `Setting.all`; nil stands for a setting's word (`auto`, `off`).
package struct Settings: Hashable, Sendable {
  package var firstTTL = 1
  package var maxTTL = 30
  package var queries = 1
  package var timeout: Duration = .seconds(1)
  /// nil: what the other settings need.
  package var overall: Duration?
  package var window = 30
  package var interval: Duration = .zero
  package var attemptInterval: Duration = .milliseconds(50)
  package var gapLimit: Int?
  package var patience: Double? = 3
  package var protocolName: ProbeProtocolName?
  package var socket: SocketName?
  package var family = FamilyPreference.auto
  package var port = Int(TraceRequest.usualPort)
  /// An address as text; nil lets routing choose.
  package var source: String?
  /// nil lets routing choose.
  package var interface: String?
  package var lateKeep: Duration = .seconds(5)

  package var format = OutputFormat.text
  /// nil: stop in a script, go on at the prompt.
  package var onError: OnError?
  package var labClock = LabClock.virtual
  package var labSeed = 1
  package var editMode = EditMode.emacs

  /// What becomes of the rest of a script, or of a line, when a command in it fails.
  package enum OnError: String, Hashable, Sendable, CaseIterable {
    case stop
    case `continue`
  }

  package enum LabClock: String, Hashable, Sendable, CaseIterable {
    case real
    case virtual
  }

  package enum EditMode: String, Hashable, Sendable, CaseIterable {
    case emacs
    case vi
  }

  /// The defaults of a script: the lab takes no time.
  package static let forScripts = Settings()

  /// The defaults at the prompt: the lab takes the time that a network takes.
  package static let forPrompt: Settings = {
    var settings = Settings()
    settings.labClock = .real
    return settings
  }()
}
