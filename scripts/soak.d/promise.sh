# shellcheck shell=bash
# The promise of FINDINGS: whatever becomes of look-ups, a reply that arrives in time counts, and no probe waits. Sourced by
# soak. Twelve hops over real sockets, the last at 45 ms, a timeout of 70 ms; names and AS numbers asked anew for each trace.
#
#   slow      the name server answers after 20 to 150 ms, 5 % of questions are lost, 5 % fail
#   silent    it never answers
#   refuse    it refuses every question
#   busy      as slow, while two endless loops take what processor they can get
#
# Traces with enrichment on and off take turns, so that their round-trip times can be compared.
# shellcheck disable=SC2154  # root, work, scratch, release_binary, release_flags and space are set by those who source this
# shellcheck source=scripts/soak.d/lab-namespace.sh
source "$root/scripts/soak.d/lab-namespace.sh"

promise_target=203.0.113.80

# Writes the network of a variant to standard output.
promise_network() {
  case $1 in
    silent | refuse) sed "s/^\(lab resolver [^ ]* [^ ]*\) .*/\1 $1/" "$root/scripts/soak.d/promise.ftr" ;;
    *) cat "$root/scripts/soak.d/promise.ftr" ;;
  esac
}

# What a run came to, out of its JSON lines: complete traces, hops in them with another round-trip time than the network has,
# median time of the traces with enrichment and the limit for it, the difference in round-trip times, and what the reader did.
promise_summary() {
  jq -rs --argjson path '[0.5,4,5,7,8,9,11,31,41,43,44,45]' '
    def median: sort | if length == 0 then 0 else .[length / 2 | floor] end;
    map(. + {on: (.hops | any(.segment != null))}) as $all
    | [$all[] | select(.on)] as $on | [$all[] | select(.on | not)] as $off
    | def complete: [.[] | select(.reached and ([.hops[].rtt_ms] | length == 12 and all(. != null)))] | length;
      def rtts: [.[].hops[11].rtt_ms | select(. != null)];
      def wrong: [.[].hops | to_entries[] | select(.value.rtt_ms != null)
        | select(.value.rtt_ms < $path[.key] or .value.rtt_ms > $path[.key] + 5)] | length;
      [($on | complete), ($on | length), ($off | complete), ($off | length), ($on | wrong),
       ([$on[].elapsed_ms] | median), (($on | rtts | median) * 1.1 + 2),
       (($on | rtts | median) - ($off | rtts | median)) * 1000,
       ([$on[].evidence.lag_max_ms] | max), ([$on[].counts.revised] | add),
       ([$on[].hops[].hostname | select(. != null)] | length)] | @tsv' "$1"
}

promise_run() {
  local variant=$1 times=$2 namespace=$space loops=() script
  promise_network "$variant" >"$work/promise.ftr"
  lab_report=$work/$variant.report lab_up "$namespace" "$release_binary" "$work/promise.ftr" --report
  if [[ $variant == busy ]]; then
    while ((${#loops[@]} < 2)); do (while :; do :; done) & loops+=($!); done
  fi
  script="set special-addresses lookup; set public-ip 198.18.128.77; set warnings off; set timeout 70ms; set enrich.wait 100ms
    repeat $times { enrich clear; trace $promise_target --json; trace $promise_target --enrich off --json }"
  ip netns exec "$namespace" "$release_binary" -c "$script" >"$work/$variant.json"
  ((!${#loops[@]})) || kill "${loops[@]}"
  lab_down "$namespace"
  read -r complete all complete_off all_off wrong elapsed limit shift lag revised names < <(promise_summary "$work/$variant.json")
  late=$(jq -r '"\(.lateness.p50_us)/\(.lateness.p999_us)"' "$work/$variant.report")
  printf '%-8s %6d of %-6d %6d of %-6d %5d %8.1f %7.1f %8.1f %8.1f %7d %7d  %s\n' "$variant" "$complete" "$all" "$complete_off" \
    "$all_off" "$wrong" "$elapsed" "$limit" "$shift" "$lag" "$revised" "$names" "$late"
  ((complete == times && all == times && complete_off == times)) || failed=1
}

soak_promise() {
  local times=${1-1000} variant failed=0 complete all complete_off all_off wrong elapsed limit shift lag revised names late
  ((EUID == 0)) || fail "promise needs root for network namespaces and a TUN device"
  need iproute2
  printf '%-8s %-16s %-16s %-5s %8s %7s %8s %8s %7s %7s  %s\n' names complete 'complete, off' wrong elapsed 'at most' 'shift us' \
    'lag ms' revised known 'network late us, p50/p99.9'
  for variant in slow silent refuse busy; do promise_run "$variant" "$times"; done
  promise_red
  ((!failed)) || fail "not every trace was complete"
}

# The same path with a reader that stops for 30 ms when the last reply is due: by the kernel's stamps nothing is lost, by the
# program's the reply is.
promise_red() {
  local namespace=$space kernel program traces=20
  FTRSH_BENCH=1 as_owner swift build "${release_flags[@]}" --product EngineCost --quiet </dev/null >&2
  promise_network slow >"$work/promise.ftr"
  lab_report=$work/red.report lab_up "$namespace" "$release_binary" "$work/promise.ftr" --report
  kernel=$(ip netns exec "$namespace" "$scratch/release/EngineCost" stalled "$promise_target" 12 $traces kernel)
  program=$(ip netns exec "$namespace" "$scratch/release/EngineCost" stalled "$promise_target" 12 $traces program)
  lab_down "$namespace"
  echo "reader stopped for 30 ms: judged by the kernel's stamps $kernel of $traces complete, by the program's $program"
  [[ $kernel == "$traces" && $program == 0 ]] || failed=1
}
