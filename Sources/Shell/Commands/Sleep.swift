extension Command {
  /// `sleep DURATION`
  static let sleep = Command(
    name: "sleep", topic: .scripts, summary: "wait",
    discussion: ["In a lab whose clock is virtual (see 'show lab.clock') it takes no time."],
    parameters: [
      Parameter("DURATION", .duration(.zero...(.seconds(36_000_000))), help: "how long")
    ],
    examples: [Example("sleep 50ms", "wait for a twentieth of a second")],
    action: { call, session async throws(ShellError) in
      try await session.sleep(for: call.duration("DURATION") ?? .zero)
    })
}
