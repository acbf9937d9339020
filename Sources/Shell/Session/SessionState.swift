import Lexing
import Results
import Simulation

/// What a script may change of a session, but for its results: what `source` takes back when the script fails, and a lesson
/// when it is left.
struct SessionState {
  var settings: Settings
  var variables: Variables
  var networkChoice: NetworkChoice
  /// nil when they had not been asked for.
  var labs: LabCatalog?
  var labBuilder: LabBuilder
  /// The lab networks that had been built or changed.
  var changedLabs: Set<String>
  /// The recording in use, or used last.
  var replay: ReplayNetwork?
  /// The process that served the network that was up.
  var hostProcess: Int32?
  /// Whether that was no network of the session any more.
  var isHostedReplaced = false
  /// The path of the file that was recorded into: no file is begun twice.
  var recordingPath: String?
  /// The lesson that was going on; none or one.
  var plays: [LessonPlay] = []
}

extension Session {
  /// What it is now. Networks built from now on are told from those that are.
  func beginChange() -> SessionState {
    let state = SessionState(
      settings: settings, variables: variables, networkChoice: networkChoice, labs: ownLabs, labBuilder: labBuilder,
      changedLabs: changedLabs, replay: replay, hostProcess: hostedLab?.identifier,
      isHostedReplaced: hostedLab?.isReplaced ?? false, recordingPath: recording?.path, plays: play.map { [$0] } ?? [])
    changedLabs = []
    return state
  }

  /// Keeps what has changed since.
  func keepChange(since state: SessionState) {
    changedLabs.formUnion(state.changedLabs)
  }

  /// Takes back a script that failed: ends what it began and did not end, and goes back to what was before it.
  ///
  /// What it ended stays so: a network that is down, a recording, a lesson.
  ///
  /// - Returns: whether anything had changed.
  func takeBackScript(since state: SessionState, on console: any Console) async -> Bool {
    var isChanged = false
    let outer = state.plays.first
    if let play, play.key !== outer?.key {
      isChanged = true
      await leaveLesson()
    }
    if let recording, recording.path != state.recordingPath {
      isChanged = true
      finishRecording()
    }
    if let hostedLab, hostedLab.identifier != state.hostProcess {
      isChanged = true
      await takeLabDown()
    }
    // Without the lesson that was open, what the session was in it is nothing to go back to.
    let before = play == nil ? outer?.before ?? state : state
    return await takeBackChange(since: before, on: console) || isChanged
  }

  /// Goes back to what was; results stay, because they are what was seen.
  ///
  /// - Returns: whether anything had changed.
  func takeBackChange(since state: SessionState, on console: any Console) async -> Bool {
    let isChanged =
      settings != state.settings || variables.values != state.variables.values
      || networkChoice != state.networkChoice || !changedLabs.isEmpty || replay !== state.replay
    let built = changedLabs
    let made = ownLabs
    settings = state.settings
    variables = state.variables
    networkChoice = state.networkChoice
    if let known = state.labs { labs = known } else if !built.isEmpty { labs = services.labs() }
    labBuilder = state.labBuilder
    changedLabs = state.changedLabs
    if replay !== state.replay {
      replay = state.replay
      // Of the recording in use now: the live network behind it goes on.
      for key in networks.keys { if case .replay = key.choice { networks[key] = nil } }
    }
    for name in built { await forgetLab(name) }
    await takeBackHosted(state, changed: built, from: made, on: console)
    return isChanged
  }

  /// Has the network that is up be again what the session knows it as; where that is not possible it is taken down.
  ///
  /// - Parameters:
  ///   - changed: the networks that had been changed.
  ///   - made: the networks as they had become.
  private func takeBackHosted(
    _ state: SessionState, changed: Set<String>, from made: LabCatalog?, on console: any Console
  ) async {
    guard let hosted = hostedLab, hosted.identifier == state.hostProcess else { return }
    hosted.isReplaced = state.isHostedReplaced
    let name = hosted.network
    guard changed.contains(name), !hosted.isReplaced else { return }
    let (old, new) = (labs.topology(named: name), made?.topology(named: name))
    if let old, let new, old.hasPlaces(of: new) { return hosted.tell(LabScript.text(of: old)) }
    await takeLabDown()
    tell(
      Diagnostic(
        "network '\(name)' is taken down", why: "what was made of it cannot be taken back while it is up",
        try: "'lab up \(name)'", severity: .note), on: console)
  }
}

extension LabCatalog {
  fileprivate func topology(named name: String) -> Topology? {
    entries.first { $0.topology.name == name }?.topology
  }
}

extension Topology {
  /// Whether a network that is running as another one can go on as this one: with the same nodes and links, and nothing that
  /// time has brought since.
  fileprivate func hasPlaces(of other: Topology) -> Bool {
    nodes.map(\.name) == other.nodes.map(\.name) && links.count == other.links.count
      && schedule.count == other.schedule.count
  }
}
