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
}

extension Session {
  /// What it is now. Networks built from now on are told from those that are.
  func beginChange() -> SessionState {
    let state = SessionState(
      settings: settings, variables: variables, networkChoice: networkChoice, labs: ownLabs, labBuilder: labBuilder,
      changedLabs: changedLabs)
    changedLabs = []
    return state
  }

  /// Keeps what has changed since.
  func keepChange(since state: SessionState) {
    changedLabs.formUnion(state.changedLabs)
  }

  /// Goes back to what was; results stay, because they are what was seen.
  ///
  /// - Returns: whether anything had changed.
  func takeBackChange(since state: SessionState) async -> Bool {
    let isChanged =
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
    return isChanged
  }
}
