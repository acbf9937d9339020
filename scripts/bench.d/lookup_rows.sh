# shellcheck shell=bash
# Rows of bench about look-ups. Sourced by bench, whose `measure`, `row` and `calculate` they use.
# shellcheck disable=SC2154  # tools, root, space, release_binary and release_flags are set by bench

# Prints a row of a rate, for which more is better, in a second of processor time: WHAT OURS LIMIT.
rate_row() {
  awk -v what="$1" -v ours="$2" -v limit="$3" 'BEGIN {
    printf "%-34s %10.0f %10s %7s %10.0f %-3s %s\n", what, ours, "-", "-", limit, "/s", (ours >= limit ? "ok, at least" : "MISS, at least")
  }'
}

# The median of one of the numbers that each run printed: column NUMBER of the COMMAND-th command.
number_of() { cut -d' ' -f"$2" "$tools/out.$1" | median; }

# Builds the program that looks up without a shell, once.
need_lookup_cost() {
  FTRSH_BENCH=1 as_owner swift build "${release_flags[@]}" --product LookupCost --quiet </dev/null >&2
  lookup_cost=$scratch/release/LookupCost
}

# A table of 500,000 prefixes, a MaxMind database of 100,000 networks, a cache of 70,000 entries.
row_files() {
  need_lookup_cost
  local files=$tools/files
  mkdir "$files"
  "$lookup_cost" table-write "$files"
  measure 3 : "$lookup_cost" table-load "$files" : "$lookup_cost" table "$files" : "$lookup_cost" mmdb "$files" \
    : "$lookup_cost" cache "$files"
  row 'load 500,000 prefixes' "$(number_of 1 1)" - 1000 ms
  row '  of the processor' "$(number_of 1 2)" - 1000 ms
  row 'memory of 500,000 prefixes' "$(number_of 1 3)" - 60 MB
  row '  while they load' "$(number_of 1 4)" - 60 MB
  rate_row 'table look-ups, match only' "$(number_of 2 1)" 500000
  rate_row 'table look-ups' "$(number_of 2 2)" 200000
  rate_row 'mmdb look-ups' "$(number_of 3 1)" 50000
  rate_row 'cache, entries stored' "$(number_of 4 1)" 10000
  rate_row 'cache, names found' "$(number_of 4 2)" 50000
  rate_row 'cache, origins found' "$(number_of 4 3)" 50000
  rm -r "$files"
}

# Names and AS numbers that a dnsmasq on this machine says there are none of: the whole way there and back, by the clock on the wall.
row_names() {
  need dnsmasq-base
  need_lookup_cost
  local port=5399 server
  dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --port=$port --listen-address=127.0.0.1 --bind-interfaces \
    --local=/in-addr.arpa/ --local=/cymru.com/ --dns-forward-max=2000 --pid-file="$tools/dnsmasq.pid" --user=root &
  server=$!
  sleep 1
  measure 3 : "$lookup_cost" server "127.0.0.1:$port"
  kill "$server"
  rate_row 'names asked of dnsmasq' "$(number_of 1 1)" 5000
  rate_row 'AS numbers asked of dnsmasq' "$(number_of 1 2)" 5000
}

# Twelve hops over real packets, the last at 45 ms, names and AS numbers asked anew of a slow name server: the trace before the wait for
# names, and its round-trip times, with enrichment and without, in turn.
row_enrich() {
  ((EUID == 0)) || { echo 'enrich needs root for network namespaces'; return 0; }
  local target=203.0.113.80 script
  lab_up "$space" "$release_binary" "$root/scripts/soak.d/promise.ftr"
  script="set special-addresses lookup; set public-ip 198.18.128.77; set warnings off; set timeout 70ms; set enrich.wait 100ms
    repeat 100 { enrich clear; trace $target --json; trace $target --enrich off --json }"
  ip netns exec "$space" "$release_binary" -c "$script" >"$tools/enrich.json"
  lab_down "$space"
  on='select(.hops | any(.segment != null))' off='select(.hops | all(.segment == null))'
  row 'trace, names on / off' "$(jq "$on.elapsed_ms" "$tools/enrich.json" | median)" \
    "$(jq "$off.elapsed_ms" "$tools/enrich.json" | median)" "$(jq "$on.hops[11].rtt_ms * 1.1 + 2" "$tools/enrich.json" | median)" ms
  row 'RTT shift by names' "$(calculate "1000 * ($(jq "$on.hops[11].rtt_ms" "$tools/enrich.json" | median) - $(jq "$off.hops[11].rtt_ms" \
    "$tools/enrich.json" | median))")" - 20 us
}
