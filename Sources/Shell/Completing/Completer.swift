import Enrichment
import History
import Lexing
import Results
import Simulation

/// Completes lines from what a session knew when it was made: a value, so that the editor's thread need not wait for the session.
package struct Completer: Sendable {
  /// Targets used before, the latest last.
  let targets: [String]
  /// `%last`, `%1`, …
  let results: [String]
  /// Asked for only where one of its words could stand: the networks that ship take milliseconds to read.
  let lab: @Sendable () -> LabWords
  /// The ids of the latest stored results with their `@`; asked for only where one is begun.
  let storedIDs: @Sendable () -> [String]

  package init(
    targets: [String], results: [String], lab: @escaping @Sendable () -> LabWords,
    storedIDs: @escaping @Sendable () -> [String] = { [] }
  ) {
    self.targets = targets
    self.results = results
    self.lab = lab
    self.storedIDs = storedIDs
  }

  /// The words of the lab.
  package struct LabWords: Sendable {
    /// Of its networks.
    let names: [String]
    /// Names that are worth a trace.
    let targets: [String]
    /// The nodes of the network that statements are about.
    let nodes: [String]

    package init(names: [String], targets: [String], nodes: [String] = []) {
      self.names = names
      self.targets = targets
      self.nodes = nodes
    }
  }

  /// What could stand before the cursor.
  ///
  /// - Parameter cursor: in UTF-8 bytes; what is behind it is not looked at.
  package func complete(_ line: String, cursor: Int) -> Completion {
    guard let context = CompletionContext(line.utf8.prefix(cursor)) else { return .none }
    guard !context.isFile else {
      return Completion(start: context.start, candidates: FileCandidates.matching(context.typed))
    }
    guard let name = context.words.first else {
      if let beginnings = context.beginnings { return matching(beginnings.map { .init($0) }, context) }
      let commands = CommandTable.all.map { Completion.Candidate($0.name, note: $0.summary) }
      return matching(commands, context)
    }
    let command: Command
    do throws(Diagnostic) {
      command = try CommandTable.find(name, acceptsPrefixes: true)
    } catch {
      return .none
    }
    return complete(command, context)
  }

  private func complete(_ command: Command, _ context: CompletionContext) -> Completion {
    let words = Array(context.words.dropFirst())
    if !command.takesWordsAsWritten {
      if let option = option(before: words, of: command), let kind = option.kind {
        return matching(candidates(for: kind, after: words, context), context)
      }
      if context.typed.hasPrefix("--"), let equals = context.typed.firstIndex(of: "=") {
        return completeValue(command, context, equals)
      }
      if context.typed.hasPrefix("-") {
        return matching(command.options.map { .init("--\($0.name)", note: $0.help) }, context)
      }
    }
    return completeParameter(command, positional(words, of: command), context)
  }

  /// The option that the last word is, if it waits for a value.
  private func option(before words: [String], of command: Command) -> Option? {
    guard let last = words.last, last.hasPrefix("-"), !last.contains("=") else { return nil }
    let option =
      last.hasPrefix("--")
      ? command.options.first { "--\($0.name)" == last }
      : command.options.first { $0.letter == last.last }
    return option?.kind == nil ? nil : option
  }

  private func completeValue(
    _ command: Command, _ context: CompletionContext, _ equals: String.Index
  ) -> Completion {
    let name = context.typed[..<equals].dropFirst(2)
    guard let kind = command.options.first(where: { $0.name == name })?.kind else { return .none }
    var value = context
    value.typed = String(context.typed[equals...].dropFirst())
    value.start += context.typed.utf8.count - value.typed.utf8.count
    return matching(candidates(for: kind, after: [], value), value)
  }

  /// The words that are no options and no values of options.
  private func positional(_ words: [String], of command: Command) -> [String] {
    guard !command.takesWordsAsWritten else { return words }
    var found: [String] = []
    var skipsNext = false
    for index in words.indices {
      if skipsNext {
        skipsNext = false
      } else if words[index].hasPrefix("-") {
        skipsNext = option(before: Array(words[...index]), of: command) != nil
      } else {
        found.append(words[index])
      }
    }
    return found
  }

  private func completeParameter(
    _ command: Command, _ given: [String], _ context: CompletionContext
  ) -> Completion {
    if command.namesResult, given.last == "as" { return .none }
    var index = 0
    var parameter: Parameter?
    for candidate in command.parameters {
      if candidate.keyword != nil, index < given.count { index += 1 }
      parameter = candidate
      if index >= given.count || candidate.count == .any || candidate.count == .oneOrMore { break }
      index += 1
      parameter = nil
    }
    guard let parameter else { return .none }
    var found: [Completion.Candidate] = []
    if let keyword = parameter.keyword, given.last != keyword {
      found.append(.init(keyword))
    } else {
      found = candidates(for: parameter.kind, after: given, context)
    }
    if command.namesResult, !given.isEmpty, parameter.kind != .whatIfRule || Self.isRuleName(behind: given) {
      found.append(.init("as", note: "give the result a name"))
    }
    var completion = matching(found, context)
    completion.candidates += files(for: parameter.kind, after: given, context)
    return completion
  }

  /// The files that a word may name.
  private func files(
    for kind: ValueKind, after words: [String], _ context: CompletionContext
  ) -> [Completion.Candidate] {
    let isFile: Bool
    switch kind {
    case .file, .resultOrFile, .newFile: isFile = true
    case .lesson: isFile = context.typed.contains("/")
    case .lab: isFile = words.last == "replay"
    case .either(_, let kind): return files(for: kind, after: words, context)
    case .text, .name, .duration, .seconds, .sendWait, .count, .factor, .choice, .target, .address, .interface,
      .nameServers, .stunServers, .originSources, .command, .setting, .settingValue, .labWord, .result, .side,
      .retention, .resultWord, .explained, .timelineFilter, .whatIfRule, .condition:
      isFile = false
    }
    guard isFile else { return [] }
    let found = FileCandidates.matching(context.typed)
    // Of a file that must not be there yet, only the directory can be completed.
    return kind == .newFile ? found.filter { !$0.isFinal } : found
  }

  private func candidates(
    for kind: ValueKind, after words: [String], _ context: CompletionContext
  ) -> [Completion.Candidate] {
    switch kind {
    case .choice(let values): return values.map { .init($0) }
    case .either(let word, let kind): return [.init(word)] + candidates(for: kind, after: words, context)
    case .setting: return Setting.all.map { .init($0.name, note: $0.summary) }
    case .settingValue:
      guard let name = words.last, let setting = Setting.named(name) else { return [] }
      return candidates(for: setting.kind, after: words, context)
    case .command: return CommandTable.all.map { .init($0.name, note: $0.summary) }
    case .lab: return words.last == "lab" ? lab().names.map { .init($0) } : []
    case .lesson:
      return LessonCatalog.names.map { .init($0) } + LessonVerb.allCases.map { .init($0.rawValue, note: $0.summary) }
    case .labWord: return labWords(after: words).map { .init($0) }
    case .result: return resultReferences(context).map { .init($0) }
    case .resultWord:
      let taken = ResultsWords.candidates(after: words, labs: lab().names)
      let references = taken.wantsResults ? resultReferences(context) : []
      let names = taken.wantsTargets ? Array(targets.reversed()) : []
      return (taken.words + references + names).map { .init($0) }
    case .explained:
      if words == ["marker"] { return Explanation.markerWords.map { .init($0) } }
      // A hop is a number; there is nothing to complete.
      guard words.isEmpty else { return [] }
      return (resultReferences(context) + Explanation.signWords).map { .init($0) }
    case .timelineFilter:
      if words.last == "kind" { return TimelineEvent.Kind.allCases.map { .init($0.rawValue) } }
      return words.last == "hop" ? [] : ["hop", "kind"].filter { !words.contains($0) }.map { .init($0) }
    case .whatIfRule:
      guard Self.isRuleName(behind: words) else { return candidates(for: .settingValue, after: words, context) }
      return WhatIfWords.names.filter { !words.contains($0) }.map { .init($0, note: Setting.named($0)?.summary ?? "") }
    case .resultOrFile: return resultReferences(context).map { .init($0) }
    case .target: return usedTargets
    case .side:
      let kinds = words.isEmpty ? RunComparison.Kind.allCases.map { Completion.Candidate($0.rawValue) } : []
      return kinds + resultReferences(context).map { .init($0) } + usedTargets
    case .condition: return conditionWords(after: words, context).map { .init($0) }
    case .originSources: return ["cymru", "mmdb:", "table:"].map { .init($0, isFinal: $0 == "cymru") }
    case .text, .name, .duration, .seconds, .sendWait, .count, .factor, .address, .interface, .file, .newFile,
      .nameServers, .stunServers, .retention:
      return []
    }
  }

  /// Whether `whatif` goes on with a setting and not with a value: behind the result the two take turns.
  private static func isRuleName(behind words: [String]) -> Bool { !words.count.isMultiple(of: 2) }

  /// - Parameter words: those behind `lab`.
  private func labWords(after words: [String]) -> [String] {
    guard let statement = words.first else { return [] }
    switch statement {
    case "show", "up": return words.count == 1 ? lab().names : []
    case "save": return words.count == 2 ? lab().names : []
    case "clock": return words.count == 1 ? Settings.LabClock.allCases.map(\.rawValue) : []
    case "at": return words.count == 2 ? ["fail", "heal"] : words.count == 3 ? ["link"] + lab().nodes : []
    case "fail", "heal", "set": return (words.count == 1 ? ["link"] : []) + lab().nodes
    default: return []
    }
  }

  /// Those used last come first.
  private var usedTargets: [Completion.Candidate] {
    let used = Array(targets.reversed())
    return (used + lab().targets.filter { !used.contains($0) }).map { .init($0) }
  }

  /// Results of this session, and behind an `@` those of the store: a list of both would be long.
  private func resultReferences(_ context: CompletionContext) -> [String] {
    context.typed.hasPrefix("@") ? storedIDs() : results
  }

  private func conditionWords(after words: [String], _ context: CompletionContext) -> [String] {
    switch words.last {
    case "end": return ResultFacts.endings
    case "path": return ConditionParser.pathSubjects
    case "same": return ["as"]
    case "segment": return Segment.allCases.map(\.rawValue)
    case "finding": return ResultFacts.findingWords
    case "marker": return Explanation.markerWords
    case "loss" where words.dropLast(2).last != "hop": return ["hop"]
    default: break
    }
    if words.contains(where: { $0.hasPrefix("loss") }), words.last?.hasSuffix("%") ?? false { return ["confidence"] }
    if words.suffix(2) == ["same", "as"] { return resultReferences(context) }
    if words.dropLast().last == "hop" {
      return words.dropLast(2).last == "loss" ? [] : ConditionParser.hopSubjects
    }
    guard words.isEmpty || words.last == "not" || Self.isResult(words.last) else { return [] }
    return ConditionParser.subjects + (words.isEmpty ? resultReferences(context) : [])
  }

  private static func isResult(_ word: String?) -> Bool {
    word.map { $0.hasPrefix("%") || $0.hasPrefix("@") } ?? false
  }

  private func matching(_ candidates: [Completion.Candidate], _ context: CompletionContext) -> Completion {
    Completion(start: context.start, candidates: candidates.filter { $0.text.hasPrefix(context.typed) })
  }
}

extension Session {
  /// As many ids as a person looks through.
  private static let mostStoredIDs = 50

  /// A completer that knows what the session knows now.
  package var completer: Completer {
    Completer(
      targets: targets.names, results: results.references,
      lab: { [own = ownLabs, shipped = services.labs, subject = labBuilder.subject] in
        let labs = own ?? shipped()
        return Completer.LabWords(
          names: labs.names, targets: labs.targetNames,
          nodes: labs.entries.first { $0.topology.name == subject }?.topology.nodes.map(\.name) ?? [])
      },
      storedIDs: { [path = services.resultsPath] in
        path.map { ResultStore.latestIDs(path: $0, Self.mostStoredIDs).map(\.description) } ?? []
      })
  }
}
