import Glibc
import Results
import Simulation

/// What a script may change of a session, but for its results: what `source` takes back when the script fails.
struct SessionState {
  var settings: Settings
  var variables: Variables
  var networkChoice: NetworkChoice
  /// nil when they had not been asked for.
  var labs: LabCatalog?
  var labBuilder: LabBuilder
  /// The lab networks that had been built or changed.
  var changedLabs: Set<String>
  /// The recording that stands for the network, if one does.
  var replay: ReplayNetwork?
  /// The path of what was being recorded into.
  var recording: String?
  /// The process that served the network that was up.
  var hostedLab: pid_t?
  /// The unseen session of the lesson that was going on.
  var lesson: Session?
}

extension Session {
  /// What it is now. Networks built from now on are told from those that are.
  func beginChange() -> SessionState {
    let state = SessionState(
      settings: settings, variables: variables, networkChoice: networkChoice, labs: ownLabs, labBuilder: labBuilder,
      changedLabs: changedLabs, replay: replay, recording: recording?.path, hostedLab: hostedLab?.identifier,
      lesson: play?.key)
    changedLabs = []
    return state
  }

  /// Keeps what has changed since.
  func keepChange(since state: SessionState) {
    changedLabs.formUnion(state.changedLabs)
  }

  /// Leaves a lesson that was begun since.
  func leaveLesson(begunSince state: SessionState) async {
    if let key = play?.key, key !== state.lesson { await leaveLesson() }
  }

  /// Goes back to what was; results stay, because they are what was seen. So does the file of a recording that was begun since,
  /// which ends; a network that was brought up since goes down.
  ///
  /// - Returns: whether anything had changed.
  func takeBackChange(since state: SessionState) async -> Bool {
    var isChanged =
      settings != state.settings || variables.values != state.variables.values
      || networkChoice != state.networkChoice || !changedLabs.isEmpty
    let built = changedLabs
    settings = state.settings
    variables = state.variables
    networkChoice = state.networkChoice
    if let known = state.labs { labs = known } else if !built.isEmpty { labs = services.labs() }
    labBuilder = state.labBuilder
    changedLabs = state.changedLabs
    for name in built { await forgetLab(name) }
    replay = state.replay
    if let path = recording?.path, path != state.recording {
      finishRecording()
      isChanged = true
    }
    if let hosted = hostedLab, hosted.identifier != state.hostedLab {
      await takeLabDown()
      isChanged = true
    } else if let hosted = hostedLab, built.contains(hosted.network), !hosted.isReplaced {
      let network = labs.entries.first { $0.topology.name == hosted.network }
      if let topology = network?.topology { hosted.tell(LabScript.text(of: topology)) }
    }
    return isChanged
  }
}
