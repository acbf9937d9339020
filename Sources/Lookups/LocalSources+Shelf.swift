import Enrichment
import SystemIO

/// A question and who wants the answer.
struct LocalRequest: Sendable {
  let question: Question
  let completion: @Sendable (Answer) -> Void
}

/// The files of `LocalSources`, as its callers and its loading threads share them.
final class LocalShelf: Sendable {
  /// What to do about a question.
  enum Finding {
    case open(OpenFile)
    /// It was put with others that wait for the file.
    case waiting
    /// It waits, and the caller is to open the file.
    case load
  }

  private enum Slot: Sendable {
    case loading([LocalRequest])
    case open(OpenFile)
  }

  private struct State: Sendable {
    var slots: [LocalFile: Slot] = [:]
    /// Requests whose file is open, with it, to be answered on the loop's thread.
    var ready: [(LocalRequest, LocalFile, OpenFile)] = []
    var notes: [LookupNote] = []
    var told: Set<LookupNote> = []
  }

  /// More files than anybody has; before another is opened all are closed, and those in use are opened again.
  private static let mostFiles = 16
  /// More questions than a session has in flight; further ones fail.
  private static let mostWaiting = 4_096
  /// More notes than anybody reads; further ones are not told.
  private static let mostNotes = 64

  private static let changed = SourceTrouble(
    "it changed while it was opened", try: "write new files beside it and rename them")

  private let state = Locked(State())

  func find(_ file: LocalFile, for request: LocalRequest) -> Finding {
    // Outside the lock, since a file on a network may be slow to look at.
    let stamp = file.stamp
    return state.withLock { state in
      switch state.slots[file] {
      case .loading(let waiting):
        guard waiting.count < Self.mostWaiting else {
          let trouble = SourceTrouble("more than \(Self.mostWaiting) questions wait for it", try: "a faster disk")
          return .open(OpenFile(content: .failed(trouble), stamp: stamp))
        }
        state.slots[file] = .loading(waiting + [request])
        return .waiting
      case .open(let open) where open.stamp == stamp:
        return .open(open)
      case .open, nil:
        if state.slots[file] == nil, state.slots.count >= Self.mostFiles {
          state.slots = state.slots.filter { if case .loading = $0.value { true } else { false } }
        }
        state.slots[file] = .loading([request])
        return .load
      }
    }
  }

  /// Puts a file that has been opened in its place; `deliver` then answers who waits for it.
  func place(_ open: OpenFile, for file: LocalFile) {
    state.withLock { state in
      if case .loading(let waiting) = state.slots[file] { state.ready += waiting.map { ($0, file, open) } }
      state.slots[file] = .open(open)
    }
    for note in open.notes(path: file.path) { tell(note) }
  }

  /// Answers those who waited; on the loop's thread.
  func deliver() {
    let ready = state.withLock { state in
      defer { state.ready = [] }
      return state.ready
    }
    for (request, file, open) in ready {
      // What has been rewritten meanwhile must not be read where it is mapped.
      let current = file.stamp == open.stamp ? open : OpenFile(content: .failed(Self.changed), stamp: nil)
      request.completion(answer(request.question, from: current, file))
    }
  }

  func answer(_ question: Question, from open: OpenFile, _ file: LocalFile) -> Answer {
    do throws(SourceTrouble) {
      let content = try open.content(for: question) ?? .absent
      return Answer(content, from: file.source, lifetime: LocalSources.lifetime)
    } catch {
      tell(LookupNote("'\(file.path)' is not used", reason: error.why, advice: error.remedy))
      let failure = LookupFailure(.unusable, "'\(file.path)' is not used: \(error.why)")
      return Answer(.failed(failure), from: file.source, lifetime: Lifetime.ofFailure)
    }
  }

  func takeNotes() -> [LookupNote] {
    state.withLock { state in
      defer { state.notes = [] }
      return state.notes
    }
  }

  var sizes: [LocalSources.Size] {
    state.withLock { state in
      state.slots.compactMap { file, slot in
        guard case .open(let open) = slot, let size = open.size else { return nil }
        return LocalSources.Size(
          path: file.path, kind: file.source, entries: size.entries, byteCount: size.byteCount)
      }
    }
  }

  func keep(only paths: Set<String>) {
    state.withLock { state in
      state.slots = state.slots.filter { file, slot in
        if case .loading = slot { true } else { paths.contains(file.path) }
      }
    }
  }

  private func tell(_ note: LookupNote) {
    state.withLock { state in
      guard state.told.count < Self.mostNotes, state.told.insert(note).inserted else { return }
      state.notes.append(note)
    }
  }
}
