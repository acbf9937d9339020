// What stands above and below the rows of a trace, in messages, and in the answers of other commands.

extension Sign {
  static let inHeading = [
    Sign(
      "trace to", "the heading of a trace: target, address, and how it was made", words: ["heading"],
      beginnings: ["trace to "],
      "Behind the target stand the last TTL that is tried, the attempts, the timeout and how the probes are sent.",
      "What is as at start is mostly left out; 'show' lists all settings."),
    Sign(
      "max 30 hops", "the last TTL that is tried", words: ["max"], beginnings: ["max "],
      "A path that is longer ends there without its target ('show max-ttl')."),
    Sign(
      "attempts each", "how many probes each TTL is given", words: ["attempts"],
      "More attempts show several paths and tell loss from silence ('show queries')."),
    Sign(
      "ICMP by raw socket", "the protocol of the probes, and the socket or network that carries them",
      words: ["raw socket", "ping socket", "error queue", "method"], beginnings: ["ICMP", "UDP", "TCP"],
      "A raw socket sees every answer with the header that it quotes; a ping socket and an error queue need no privilege.",
      "'show network' says which ways there are here; in the lab its network stands in their place."),
    Sign(
      "bytes", "the size of the probes, headers included", words: ["size"],
      "It stands there when it was set ('show size')."),
    Sign(
      "may be fragmented", "routers may cut the probes into pieces", words: ["fragmented"],
      "The Don't Fragment bit is off ('show dont-fragment'); with it, a link that is too small answers '!F'."),
    Sign(
      "flow 7", "the flow identifier of all probes", words: ["flow identifier"], beginnings: ["flow "],
      "Load balancers keep probes of one flow on one path; another number may take another ('show flow')."),
    Sign(
      "flows vary", "each attempt has a flow of its own", words: ["vary"],
      "Attempts of one TTL may take different paths then, and several responders at it are no change of the path."),
    Sign(
      "engine", "the way of waiting for replies, where it is not 'reactor'", words: EngineName.allCases.map(\.rawValue),
      beginnings: ["engine "],
      "'reactor' judges by the kernel's stamps. The others are those of a study, kept to repeat it; some can miss a reply.",
      "'show engine' lists them."),
    Sign(
      "what if", "no trace, but a recorded one judged by other rules", words: ["whatif"], beginnings: ["what if "],
      "Nothing was sent for it: the packets are those of the original ('help whatif')."),
  ]

  static let inClosing = [
    Sign(
      "reached", "the target answered, at that TTL", beginnings: ["reached in ", "reached;"],
      "The time is the target's least RTT. Nothing behind the target was waited for."),
    Sign(
      "not reached:", "the target did not answer", words: ["exhausted"],
      beginnings: ["not reached:", "no answer from hop", "no answer from any hop"],
      "'no answer from hop 9 on' is where the silence begins; it may be a filter, or a target that does not answer such probes.",
      "'30 hops were not enough' says that the last TTL was answered by a router: 'set max-ttl' higher.",
      "'(gap limit 5)' behind it says that so many silent hops in a row ended the trace ('explain gap limit')."),
    Sign(
      "gap limit", "the result was cut behind so many silent hops", beginnings: ["(gap limit"],
      "Behind the last answer so many TTLs were silent that the rest is not shown ('show gap-limit')."),
    Sign(
      "time was up", "the time for the whole trace ended before its probes had", words: ["overall"],
      beginnings: ["not reached: time was up", "time was up ", "(overall"],
      "Probes that were still waited for count as 'not waited for' ('show overall')."),
    Sign(
      "stopped by you", "Ctrl-C ended the trace", words: ["stopped", "cancelled"], beginnings: ["stopped by you "],
      "What had come by then is kept, and is a result like any other."),
    Sign(
      "failed:", "no probe could be sent", beginnings: ["failed:"],
      "Behind it stands the system call that refused, and why; the message below says what to do."),
    Sign("not ended", "the trace is still going on", words: ["running"], "Its counts are those so far."),
    Sign(
      "probes", "how many were sent, up to the end of the path", words: ["probe", "sent"],
      "What was sent behind the end of the path is left out."),
    Sign(
      "replies", "how many probes were answered in time", words: ["reply"],
      "One a probe: further answers count as duplicates, and what came too late as late."),
    Sign(
      "not waited for", "probes that were open when the trace was ended", words: ["pending"],
      "It was stopped, or its time was up, so nothing is known of them: they are neither answered nor lost."),
    Sign(
      "revised", "a reply in time that was read after its probe had been ended",
      "The arrival decides, not the reading: the probe counts as answered, and the row is corrected."),
    Sign(
      "duplicate", "a further reply to a probe that has one", words: ["duplicates"],
      "The first one counts. Duplicates come from links that repeat packets, or from hosts that answer several times."),
    Sign(
      "sent again", "a probe that was sent again on a socket of its own", words: ["superseded"],
      "An answer came that could have been for several probes; the second probe's outcome counts instead ('explain flow changed')."
    ),
    Sign(
      "dropped by this host's kernel", "arrivals that were not read in time",
      words: ["dropped", "drops", "perhaps lost here"],
      "The socket's buffer was full. Silent hops of such a trace are perhaps lost here; trace again when less is going on."
    ),
    Sign(
      "public address", "the address that others see this host by, and whose it is", words: ["provider", "publicip"],
      beginnings: ["public address "],
      "A STUN server told it, or 'set public-ip' states it; its AS is the provider's, which segments are made from."),
    Sign(
      "destination AS64510", "the AS of the target", beginnings: ["destination AS"],
      "Hops of that AS are of the segment DESTINATION."),
    Sign(
      "evidence:", "what speaks for or against the program itself", words: ["evidence", "lag"],
      beginnings: ["evidence:"],
      "It counts replies behind the timeout, and gives the largest time between a reply's stamp and its reading.",
      "When the lag is small and replies are late all the same, the network was slow, not the program."),
    Sign(
      "rate-limited", "a hop that answers only so often", beginnings: ["rate limited"],
      "It answered its first probes and not the later ones, while hops behind answered those: that is no loss."),
    Sign(
      "several responders", "more than one router answered at one TTL", words: ["responders"],
      "Each has a row, without a number from the second on. Load balancing does that, and so does a path that changed."),
    Sign(
      "waiting for hop", "what a running trace waits for", words: ["waiting"], beginnings: ["waiting for hop"],
      "It stands in the last row, with the time for which the trace has been running."),
    Sign(
      "then:", "traces of the same command that run behind the one in front", beginnings: ["then:"],
      "They run at once, and are shown in the order of their targets."),
  ]

  static let inMessages = [
    Sign(
      "warning:", "what was asked is done, but settings, files or networks do not go together; what follows says which",
      words: ["warning", "warn"], beginnings: ["warning:"],
      "'first-ttl' beyond 'max-ttl': nothing would be probed.",
      "'overall' below what the other settings need: a trace may end before its probes have.",
      "A timeout below warn.timeout with enrichment on: it says what that means for the engine in use. With 'reactor' a "
        + "look-up cannot cost a reply, since the kernel's stamp decides: only replies slower than the timeout are late.",
      "With another engine, or with engine.stamps or engine.await-names changed, hops may be missed.",
      "'engine.limit' or 'engine.threads' with an engine that has no use for it: it has no effect.",
      "A line of a recording that cannot be read is left out; a network that 'lab down' could not end may still be there.",
      "'set warnings off' ends those about settings."),
    Sign(
      "note:", "worth knowing; nothing is wrong", words: ["note"], beginnings: ["note:"],
      "Below a trace it is what is only known when the trace has ended: a hop that limits how often it answers, replies that "
        + "this host's kernel dropped, or why segments tell less than they could.",
      "Below a comparison it is what cannot be told, and what it would take.",
      "Elsewhere it is what the shell could not do beside what was asked, such as to keep a result or to record it, or what it "
        + "did beside it, such as to take back what a failed script had set."),
  ]

  static let inComparisons = [
    Sign(
      "!", "in a comparison: the two sides differ beyond chance", words: ["significant"],
      "It stands behind a shift of the RTT or behind two losses, after a correction for the number of hops that were tested."
    ),
    Sign(
      "?", "in a comparison: a hop of which one side tells nothing", words: ["question mark"],
      "It was silent on one side, or is a silent hop just before the target on one path only, so nothing is claimed of it."
    ),
    Sign(
      "+", "in a comparison: a hop of the second path only", words: ["plus"],
      "Together with a '-' at the same TTL it has replaced that one. In an explanation '+' stands before what speaks for a cause."
    ),
    Sign(
      "-", "in a comparison: a hop of the first path only", words: ["minus"],
      "Together with a '+' at the same TTL that one has replaced it. In an explanation '-' stands before what speaks against a "
        + "cause, and in a table it is a value that there is not."),
    Sign(
      "verdict:", "a comparison in one phrase", words: ["verdict"], beginnings: ["verdict:"],
      "What is claimed is beyond chance; each claim has a sentence below, and notes say what could not be told."),
    Sign(
      "shift", "the difference of a hop's RTT between two sides, with its interval at 95 %",
      words: ["shift in ms, 95 %"],
      beginnings: ["RTT shift"],
      "It is the second side's median less the first side's; a '!' marks one that is beyond chance."),
    Sign(
      "lost", "the share of probes without a reply in time, with its interval", words: ["loss"], beginnings: ["lost "],
      "The interval in brackets holds the true share with 95 % confidence (Wilson); a '!' marks two that differ beyond chance."
    ),
    Sign(
      "differs:", "what other rules would have changed", words: ["differs", "nothing differs"],
      "Each line has what was on the left of the arrow, and what would have been on its right ('help whatif')."),
    Sign(
      "cannot be told:", "what the packets of a trace do not say about other rules", words: ["untold"],
      "What was never sent, or not listened for so long, has left nothing to judge ('help whatif')."),
  ]

  static let inTimelines = [
    Sign(
      "●", "in a timeline: a probe's reply arrived in time", words: ["answered"],
      "In the picture each probe has a row, with time to the right."),
    Sign(
      "○", "in a timeline: another answer, or one that came after the probe had been ended", words: ["circle"],
      "It is a late reply, a revised one or a duplicate: the lines above the picture say which."),
    Sign(
      "×", "in a timeline: a probe's time was over, or it was given up", words: ["cross"],
      "The lines above the picture say which: 'timeout' or 'gave-up'."),
    Sign(
      "│", "in a timeline: a probe left this host", words: ["bar"],
      "The line behind it ('─') is the time for which the probe was waited for."),
    Sign(
      "─", "in a timeline: a probe is waited for", words: ["dash"],
      "It runs from the departure to the first thing that came of the probe."),
  ]
}
