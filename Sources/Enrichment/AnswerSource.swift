import Time

/// How questions are to be looked up, apart from what one command wants.
package struct LookupSettings: Hashable, Sendable {
  /// `ADDRESS[:PORT],…`; nil takes the machine's name servers.
  package var nameServers: String?
  /// How long one server is waited for at the first try.
  package var nameTimeout: Duration
  /// How often each server is tried.
  package var nameTries: Int
  /// The most questions to name servers in flight at once.
  package var nameWindow: Int
  /// `HOST[:PORT]` of STUN servers, asked in order.
  package var stunServers: [String]

  package init(
    nameServers: String? = nil, nameTimeout: Duration = .seconds(2), nameTries: Int = 2, nameWindow: Int = 64,
    stunServers: [String] = Self.usualSTUNServers
  ) {
    self.nameServers = nameServers
    self.nameTimeout = nameTimeout
    self.nameTries = nameTries
    self.nameWindow = nameWindow
    self.stunServers = stunServers
  }

  /// Public servers of two operators, so that one that is down costs no answer.
  package static let usualSTUNServers = ["stun.l.google.com:19302", "stun.cloudflare.com:3478"]
}

/// What one source of answers says of itself for `show enrich`.
package struct SourceReport: Hashable, Sendable {
  /// As in messages: "name servers", "cache".
  package let name: String
  /// What it is and holds: "127.0.0.1:53; 12 asked, 3 failed".
  package let state: String

  package init(name: String, state: String) {
    self.name = name
    self.state = state
  }
}

/// Finds answers, in real time.
///
/// A source is used from one thread only, the one of its `Annotator`, and never blocks it.
package protocol AnswerSource: AnyObject {
  /// Says where answers and notes go; called once, before anything is asked. `answer` may be called while `ask` runs.
  func attach(
    answer: @escaping @Sendable (Question, Answer) -> Void, note: @escaping @Sendable (LookupNote) -> Void)

  /// Looks for an answer. Each question is answered once, also when the source is closed or fails.
  func ask(_ question: Question, at now: Instant)

  /// Takes an answer that it gave, to keep it for later sessions if it is worth it.
  func keep(_ answer: Answer, to question: Question)

  /// When it wants `tick`; nil when descriptors and timers of its own will tell.
  var nextTime: Instant? { get }

  /// Time has passed.
  func tick(at now: Instant)

  /// A turn of the loop is over: the moment to write what has gathered.
  func settle()

  func configure(_ settings: LookupSettings)

  /// Forgets every answer that it keeps.
  func clear()

  func report() -> [SourceReport]

  /// Answers what is open, and closes every descriptor.
  func close()
}

/// Finds answers in virtual time: a value that is asked and stepped.
package protocol RehearsedAnswers: Sendable {
  mutating func configure(_ settings: LookupSettings)

  mutating func ask(_ question: Question, at now: Instant)

  /// When the next answer is there; nil when none is on its way.
  var nextTime: Instant? { get }

  /// Takes the answers that are there by `now`, in the order of their times.
  mutating func take(by now: Instant) -> [(Question, Answer)]
}
