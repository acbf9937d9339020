import Enrichment
import History
import Probing
import Results
import Tracing

extension Setting {
  /// Every setting, in the order in which `show` lists them.
  package static let all: [Setting] = probing + sending + waiting + enriching + session

  private static let probing: [Setting] = [
    .count(
      "first-ttl", \.firstTTL, 1...255, of: "", "the first TTL probed",
      "Raise it to leave out the hops of your own network."),
    .count(
      "max-ttl", \.maxTTL, 1...255, of: "", "the last TTL probed",
      "Paths on the internet are rarely longer than 30 hops."),
    .count(
      "queries", \.queries, 1...TraceRequest.mostQueries, of: "probes", "probes sent to each hop",
      "The attempts at one hop are spaced by attempt-interval."),
    .duration(
      "timeout", \.timeout, .milliseconds(1)...(.seconds(3600)), "how long after its departure a probe's reply counts",
      "A reply that comes later is shown as late, not lost."),
    .duration(
      "overall", \.overall, or: "auto", .milliseconds(1)...(.seconds(36_000)),
      "the longest that a whole trace may take",
      "With auto it is what the other settings need when nothing answers."),
    .count(
      "window", \.window, 1...TraceRequest.mostWindow, of: "probes", "the most probes in flight at once",
      "1 sends one probe at a time, as the first traceroute did."),
    .duration(
      "interval", \.interval, .zero...(.seconds(10)), "the least time between two probes",
      "0 sends all that the window allows at once."),
    .duration(
      "attempt-interval", \.attemptInterval, .zero...(.seconds(60)), "the least time between two probes to one hop",
      "It holds for the first \(TraceRequest.burstAttempts) attempts; after them it is at least 1s, because a stock "
        + "Linux router answers 6 probes in a burst and then one a second."),
    .count(
      "gap-limit", \.gapLimit, or: "off", 1...255, of: "hops", "after how many silent hops the path is cut",
      "Counted behind the last hop that answered."),
    .factor(
      "patience", \.patience, or: "off", 1...1000, of: "times the largest round-trip time",
      "how long silent hops are waited for once the target has answered",
      "At least 100ms and at most the timeout; off waits for the whole timeout."),
  ]

  private static let sending: [Setting] = [
    .choice(
      "protocol", \.protocolName, among: ProbeProtocolName.allCases, "the protocol of the probes",
      "With auto it is the best that this process may use; 'show network' tells which."),
    .choice(
      "socket", \.socket, among: [.raw, .ping, .errqueue], "the kind of socket that probes leave by",
      "raw needs CAP_NET_RAW, ping a group inside net.ipv4.ping_group_range, errqueue (UDP) no privilege."),
    .choice(
      "family", \.family, "the family of addresses that a name is looked up in",
      "With auto it is the first address that the name has."),
    .count(
      "port", \.port, 1...65535, of: "", "the destination port of UDP probes",
      "33434 begins the range that hosts leave closed for traceroute."),
    .text(
      "source", \.source, .address, "the source address of the probes", "With auto it is the one that routing chooses."),
    .text(
      "interface", \.interface, .interface, "the network interface that probes leave by",
      "With auto it is the one that routing chooses."),
    .duration(
      "late.keep", \.lateKeep, .zero...(.seconds(60)), "how long a late reply can still be told from a foreign one",
      "Counted from the end of its probe."),
  ]

  private static let waiting: [Setting] = [
    .choice(
      "engine", \.engine, "how replies are waited for",
      "reactor is ours and the best; the others are the approaches of the study of the original, kept to be compared."),
    .count(
      "engine.threads", \.engineThreads, or: "auto", 1...EngineSettings.mostThreads, of: "threads",
      "the pool that blocking and tuned wait on", "With auto 512 for blocking and 128 for tuned, as in the study."),
    .count(
      "engine.limit", \.engineLimit, or: "off", 1...EngineSettings.mostThreads, of: "probes",
      "the most probes that blocking waits for at once",
      "The limiter that the original built and took out again: 20 serialised its probes."),
    .choice(
      "engine.stamps", \.engineStamps, among: StampSource.allCases, "who judges whether a reply was in time",
      "kernel is when it arrived, program when the engine got round to it. With auto kernel for reactor alone."),
    .choice(
      "engine.shared-pool", \.engineSharedPool, among: Settings.Switch.allCases,
      "whether a look-up holds a thread of the engine until it is answered",
      "With auto on for blocking and tuned, as in the original."),
    .choice(
      "engine.await-names", \.engineAwaitNames, among: Settings.Switch.allCases,
      "whether a reply counts only when its names are in", "With auto on for blocking and tuned, as in the original."),
  ]

  private static let enriching: [Setting] = [
    .choice(
      "enrich", \.enrichment, "whether addresses are annotated at all",
      "on brings back the kinds that were on when it was switched off; 'help enrich' says what each kind asks of whom."),
    .choice(
      "enrich.names", \.names, "names by reverse DNS", "Asks the name servers of this machine, or those of dns.server."),
    .choice("enrich.as", \.autonomousSystems, "origin AS numbers", "Asks the sources of as.source."),
    .choice(
      "enrich.segments", \.segments, "LAN, ISP, TRANSIT and DESTINATION",
      "Asks nothing itself: it compares the AS of each hop with those of the provider and of the target."),
    .choice("enrich.geo", \.places, "city and country", "Asks the database of geo.database, and nobody else."),
    .choice(
      "enrich.isp", \.provider, "the public address, and so the provider",
      "Asks a server of stun.server, once a session, unless public-ip states the address."),
    .duration(
      "enrich.wait", \.enrichWait, .zero...(.seconds(60)), "how long a row may wait for what is known of its addresses",
      "Counted from its reply. What comes later stands in the closing list, and in JSON if the trace still runs."),
    .text(
      "dns.server", \.nameServers, .nameServers, "the name servers that are asked",
      "With auto they are those of /etc/resolv.conf."),
    .duration(
      "dns.timeout", \.nameTimeout, .milliseconds(10)...(.seconds(60)), "how long a name server is waited for at first",
      "Each further try waits twice as long."),
    .count(
      "dns.tries", \.nameTries, 1...10, of: "", "how often each name server is tried",
      "Names of a dead server are not waited for by any trace."),
    .count(
      "dns.window", \.nameWindow, 1...1024, of: "questions", "the most questions to name servers in flight at once",
      "Further ones wait."),
    .originSources(
      "as.source", \.originSources, "where AS numbers come from",
      "Asked in order until one knows: cymru is Team Cymru over DNS, mmdb a GeoLite2-ASN database, table a file of iptoasn "
        + "or pfx2as."),
    .text(
      "geo.database", \.placeDatabase, .file, or: "off", "the database of cities and countries",
      "A file in MaxMind's format, for instance GeoLite2-City.mmdb."),
    .text(
      "stun.server", \.stunServers, .stunServers, "the servers that tell the public address",
      "With auto they are \(LookupSettings.usualSTUNServers.joined(separator: " and "))."),
    .text(
      "public-ip", \.publicAddress, .address, "this host's public address", "With auto a STUN server is asked for it."),
    .choice(
      "special-addresses", \.specialAddresses, "what becomes of documentation and benchmark addresses",
      "label names their range; lookup looks them up as ordinary ones, for labs built of namespaces."),
    .choice(
      "warnings", \.warnings, "whether settings that do not go together are told",
      "Errors are told in any case; so are the mark in a heading and the evidence below a trace, which are facts."),
    .duration(
      "warn.timeout", \.warnTimeout, .zero...(.seconds(3600)), "below which timeout enrichment is warned of",
      "100ms is what the study of the original recommends; 0 never warns."),
  ]

  private static let session: [Setting] = [
    .retention(
      "results.keep", \.retention, "how many results outlive the session, or for how long",
      "Older ones make way when a new one is stored; off stores none. In ftrshrc it holds for every session."),
    .choice(
      "record", \.record, "whether every probe and reply of a trace is kept with its bytes",
      "timeline, whatif, replay and explain read them; off keeps none and costs nothing."),
    .choice(
      "format", \.format, "how results are shown",
      "json is one document for each command that has an answer, on one line of standard output."),
    .choice(
      "on-error", \.onError, among: Settings.OnError.allCases, "whether the rest of a script runs when a command fails",
      "With auto a script stops, and a line at the prompt goes on."),
    .choice(
      "lab.clock", \.labClock, "whether time in the lab passes or is computed",
      "With virtual a lab trace is over at once, and sleep costs no time."),
    .count(
      "lab.seed", \.labSeed, 0...Int(Int32.max), of: "", "where the lab's random numbers begin",
      "The same seed gives the same delays and losses."),
    .choice(
      "edit-mode", \.editMode, "the keys of the line editor", "As set -o emacs or vi in other shells."),
  ]
}
