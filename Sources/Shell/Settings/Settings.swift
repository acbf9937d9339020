import Enrichment
import History
import Lexing
import Packets
import Probing
import Rendering
import Results
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

  /// How replies are waited for; of the rest nil is what the engine has in the study of the original.
  package var engine = EngineName.reactor
  package var engineThreads: Int?
  package var engineLimit: Int?
  package var engineStamps: StampSource?
  package var engineSharedPool: Switch?
  package var engineAwaitNames: Switch?

  /// What addresses are annotated with.
  package var kinds = EnrichmentRequest.usualKinds
  /// What `enrich on` brings back: the kinds that were on when `enrich off` was said.
  private var keptKinds = EnrichmentRequest.usualKinds
  package var enrichWait = EnrichmentRequest.usualWait
  /// As typed; nil takes those of the machine.
  package var nameServers: String?
  package var nameTimeout: Duration = .seconds(2)
  package var nameTries = 2
  package var nameWindow = 64
  /// As typed.
  package var originSources = "cymru"
  /// Path of a MaxMind database.
  package var placeDatabase: String?
  /// As typed; nil takes the public ones that the program knows.
  package var stunServers: String?
  /// An address as text; nil asks a STUN server.
  package var publicAddress: String?
  package var specialAddresses = SpecialPolicy.label
  package var warnings = Switch.on
  package var warnTimeout: Duration = .milliseconds(100)

  package var retention = Retention.usual
  package var record = Switch.on
  package var format = OutputFormat.text
  /// nil: stop in a script, go on at the prompt.
  package var onError: OnError?
  package var labClock = LabClock.virtual
  package var labSeed = 1
  package var editMode = EditMode.emacs

  package enum Switch: String, Hashable, Sendable, CaseIterable {
    case on
    case off
  }

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

extension Settings {
  /// The engine with what is set of it.
  package var engineSettings: EngineSettings { engineSettings(of: engine) }

  /// An engine with what is set of engines; what is left open is as the study has it.
  package func engineSettings(of name: EngineName) -> EngineSettings {
    var settings = EngineSettings(name)
    if let engineThreads { settings.threads = engineThreads }
    settings.limit = engineLimit
    if let engineStamps { settings.stamps = engineStamps }
    if let engineSharedPool { settings.sharesPool = engineSharedPool == .on }
    if let engineAwaitNames { settings.awaitsNames = engineAwaitNames == .on }
    return settings
  }

  /// Whether anything is annotated. Off keeps the kinds that were on, and on brings them back.
  package var enrichment: Switch {
    get { kinds.isEmpty ? .off : .on }
    set {
      switch newValue {
      case .on: if kinds.isEmpty { kinds = keptKinds }
      case .off:
        if !kinds.isEmpty { keptKinds = kinds }
        kinds = []
      }
    }
  }

  /// Whether addresses are annotated with one kind. Switching off the last one is the same as `enrichment = .off`, but that
  /// it is what comes back that is left to `enrich on`: the usual kinds.
  package subscript(kind: EnrichmentKind) -> Switch {
    get { kinds.contains(kind) ? .on : .off }
    set {
      switch newValue {
      case .on: kinds.insert(kind)
      case .off:
        kinds.remove(kind)
        if kinds.isEmpty { keptKinds = EnrichmentRequest.usualKinds }
      }
    }
  }

  // A key path to a subscript's element is not Sendable enough for the table of settings; these have names.
  var names: Switch {
    get { self[.names] }
    set { self[.names] = newValue }
  }
  var autonomousSystems: Switch {
    get { self[.autonomousSystems] }
    set { self[.autonomousSystems] = newValue }
  }
  var segments: Switch {
    get { self[.segments] }
    set { self[.segments] = newValue }
  }
  var places: Switch {
    get { self[.geo] }
    set { self[.geo] = newValue }
  }
  var provider: Switch {
    get { self[.isp] }
    set { self[.isp] = newValue }
  }

  /// What a command wants to know about addresses.
  ///
  /// - Parameter inLab: there documentation and benchmark addresses are ordinary ones.
  package func enrichmentRequest(inLab: Bool) -> EnrichmentRequest {
    let sources: [OriginSource]
    do throws(LiteralError) {
      sources = try ServerList.originSources(originSources)
    } catch {
      preconditionFailure("A setting holds only what its kind has parsed.")
    }
    return EnrichmentRequest(
      kinds: kinds, originSources: sources, placeDatabase: placeDatabase,
      specialAddresses: inLab ? .lookup : specialAddresses,
      publicAddress: publicAddress.flatMap { IPAddress($0) }, wait: enrichWait)
  }

  /// How questions are looked up.
  package var lookUps: LookupSettings {
    LookupSettings(
      nameServers: nameServers, nameTimeout: nameTimeout, nameTries: nameTries, nameWindow: nameWindow,
      stunServers: stunServers.map { $0.split(separator: ",").map(String.init) } ?? LookupSettings.usualSTUNServers)
  }
}
