import Lexing

// Theory of operation
//
// A lesson is a script in the shell's own language with a few more words. Its statements are items, which are gone through in
// order: texts are shown, settings and networks are made in the student's session, values are found; a task stops it until the
// student has solved it. A task says what is asked and holds what belongs to it: right answers, checks of what was done, wrong
// answers with what is wrong about them, hints, and a model (`do`), which is what a student might type.
//
//     lesson stars 'What a star means' minutes 8
//     use lab demo
//     key { trace demo.test as key }              # in a session that nobody sees, in virtual time
//     find quiet first hop silent of %key         # a value, so that the text need not know it
//     say 'A star is a probe without an answer in time.'
//     task 'Trace demo.test. Which hop is silent?' {
//       do { trace demo.test }
//       check trace demo.test reached             # some result since the task began
//       answer $quiet
//       wrong answer 9 'Hop 9 answers; it is only far away.'
//       hint 'A silent hop has a star and no address.'
//     }
//
// What differs from student to student comes from the seed: `pick NAME WORD…` takes one of the words, with which the lesson
// changes its network ('lab set $mute silent'), and the lab draws its jitter and losses with it. A word in quotes may be
// several: `pick link 'core edge' 'edge exchange'`, and 'lab link $link' has two. Names set by `pick` and `find` are used as
// `$NAME` everywhere behind them.

/// A lesson as read from its file.
package struct Lesson: Sendable {
  /// The most items, and tasks among them, of a lesson: it has ten.
  static let mostItems = 500

  /// One word, by which it is started.
  package let name: String
  package let title: String
  /// About so long it takes.
  package let minutes: Int
  package let items: [Item]
  /// For places in messages.
  let source: SourceText

  package var tasks: [Task] {
    items.compactMap { if case .task(let task) = $0 { task } else { nil } }
  }

  /// What a statement of a lesson is.
  package enum Item: Sendable {
    /// Paragraphs.
    case say([Word])
    /// A command for the student's session.
    case run(Statement)
    /// Commands for a session that nobody sees.
    case key(Block)
    case find(Find)
    case pick(name: Word, words: [Word])
    case task(Task)
  }

  /// `find NAME …`: gives a name to what a result shows.
  package struct Find: Sendable {
    let name: String
    let words: [Word]
    let range: SourceRange
  }

  /// What a student is asked.
  package struct Task: Sendable {
    let question: [Word]
    /// What may be typed behind `answer`; each is right.
    var answers: [Answer] = []
    /// All of them must hold.
    var checks: [Check] = []
    var wrongs: [Wrong] = []
    var hints: [Word] = []
    /// Worked out whenever something is judged.
    var finds: [Find] = []
    /// What a student might type before the answer.
    var model: Block?
    /// Of the statement's words.
    let range: SourceRange
  }

  /// Something that is right, or wrong, to answer.
  package struct Answer: Sendable {
    let words: [Word]
    /// In per cent, for numbers and durations; nil wants the very value.
    let tolerance: Double?
    let range: SourceRange
  }

  /// What must have been done since the task began.
  package enum Check: Sendable {
    /// A result, of that target if there is one, of which that holds if there is something.
    case result(target: Word?, condition: [Word], range: SourceRange)
    /// A setting has a value.
    case setting(name: Word, value: Word, range: SourceRange)
    /// A command was used, and did not fail, with these words among its own, in this order; of options behind them, with each.
    case command([Word], range: SourceRange)
  }

  /// What is wrong, and why.
  package struct Wrong: Sendable {
    enum Subject: Sendable {
      case answer(Answer)
      /// A result since the task began of which that holds.
      case condition([Word], range: SourceRange)
      /// Whatever else is answered.
      case other
    }

    let subject: Subject
    let why: Word
  }
}
