// Theory of operation
//
// A file is opened by the first question about it, on a thread of its own: a large table takes half a second, and a file on a
// network may take any time, which the look-ups' event loop must not. Questions that come meanwhile wait. When the file is
// open, a timer that is armed for a moment in the past brings their answers to the loop's thread. From then on a
// question is answered at once, in microseconds.
//
// Before each answer the file's stamp is compared. A file that was replaced or rewritten is opened anew, in the same way; one
// that could not be used is tried again when it has changed, and not before.

import Enrichment
import Packets
import SystemIO
import Time

/// Answers from files on this machine: MaxMind databases and prefix tables, each opened once.
package final class LocalSources: Sendable {
  /// How large a file that is open is.
  package struct Size: Hashable, Sendable {
    /// As it was named by the question.
    package let path: String
    /// `maxMind` or `table`.
    package let kind: FactSource
    /// Nodes of a database, lines of a table.
    package let entries: Int
    /// In memory; of a database, the file that is mapped.
    package let byteCount: Int
  }

  /// How long an answer holds. To ask again costs microseconds; a trace and its repetition see the same.
  package static let lifetime = Duration.seconds(60)

  private let shelf = LocalShelf()
  private let timer: LoopTimer

  /// - Parameter loop: on whose thread questions that had to wait are answered.
  /// - Throws: `SystemError` when descriptors are used up.
  package init(on loop: EventLoop) throws(SystemError) {
    timer = try loop.makeTimer { [shelf] in shelf.deliver() }
  }

  /// Answers `origin` from a database or a table, or `place`; a question of another kind is the caller's mistake.
  ///
  /// - Parameter completion: called once: before this returns when the file is open, else on the loop's thread.
  package func answer(_ question: Question, _ completion: @escaping @Sendable (Answer) -> Void) {
    guard let file = LocalFile(of: question) else {
      preconditionFailure("Only questions about files on this machine are answered here: \(question)")
    }
    let request = LocalRequest(question: question, completion: completion)
    switch shelf.find(file, for: request) {
    case .open(let open): completion(shelf.answer(question, from: open, file))
    case .waiting: break
    case .load: load(file)
    }
  }

  /// What was wrong with files since the last call; each trouble once.
  package func takeNotes() -> [LookupNote] {
    shelf.takeNotes()
  }

  /// The files that are open, by path.
  package var sizes: [Size] {
    shelf.sizes.sorted { $0.path < $1.path }
  }

  /// Closes the files that are at none of these paths, for instance after the sources were set anew.
  package func keep(only paths: Set<String>) {
    shelf.keep(only: paths)
  }

  private func load(_ file: LocalFile) {
    do throws(SystemError) {
      try Thread("file loader") { [shelf, timer] in
        shelf.place(file.open(), for: file)
        timer.arm(at: .zero)
      }.detach()
    } catch {
      shelf.place(OpenFile(content: .failed(SourceTrouble(error)), stamp: nil), for: file)
      timer.arm(at: .zero)
    }
  }
}
