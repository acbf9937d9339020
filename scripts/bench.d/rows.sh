# shellcheck shell=bash
# The rows of bench, one function each. Sourced by bench, whose `measure`, `row` and `calculate` they use.
# shellcheck disable=SC2154  # wall, cpu and memory are set by `measure`

row_start() {
  local limit
  measure 100 : /bin/true : "$release_binary" --version : "@> " "$release_binary"
  limit=$(calculate "3 * ${wall[0]} + 10")
  row 'ftrsh --version / true' "${wall[1]}" "${wall[0]}" "$limit" ms
  row 'start to prompt / true' "${wall[2]}" "${wall[0]}" "$limit" ms
  row 'memory at the prompt' "${memory[2]}" - 20 MB
}

# Makes the short chain once, and enters it: real routers, microseconds apart. Returns 1, and says so, without root.
need_chain() {
  if ((EUID)); then
    echo "${FUNCNAME[1]#row_}: skipped, needs root for network namespaces"
    return 1
  fi
  need iproute2 traceroute
  in_namespace=(ip netns exec "${chain}0")
  [[ ! -e /run/netns/${chain}0 ]] || return 0
  chain_up "$chain" "$routers"
  # Neighbours are found, and IPv6 is ready, before anything is measured.
  "${in_namespace[@]}" traceroute -n -q 1 -I "$target" >/dev/null
  "${in_namespace[@]}" traceroute -n -q 1 -I "$(chain_address6 "$routers")" >/dev/null
}

row_trace() {
  need_chain || return 0
  local family address elapsed
  for family in IPv4 IPv6; do
    address=$target
    [[ $family == IPv4 ]] || address=$(chain_address6 "$routers")
    # The whole command prints text, as the traceroute beside it does; elapsed_ms is read from JSON.
    measure 50 : traceroute -n -q 1 -N 30 -I "$address" : "$release_binary" trace "$address" --enrich off \
      : "$release_binary" --version : "$release_binary" trace "$address" --enrich off --json
    elapsed=$(jq .elapsed_ms "$tools/out.4" | median)
    row "trace, elapsed / traceroute, $family" "$elapsed" "${wall[0]}" "${wall[0]}" ms
    row "trace, command / traceroute, $family" "${wall[1]}" "${wall[0]}" "$(calculate "${wall[0]} + ${wall[2]}")" ms
  done
  in_namespace=()
}

# A wire of 15 ms each way behind the first router, and a silent third router.
row_silent() {
  need_chain || return 0
  local elapsed slowest
  chain_up "$long" "$routers" 1 15
  chain_silence "$long" 3
  in_namespace=(ip netns exec "${long}0")
  "${in_namespace[@]}" traceroute -n -q 1 -I "$target" >/dev/null
  measure 20 : "$release_binary" trace "$target" --enrich off --json
  elapsed=$(jq .elapsed_ms "$tools/out.1" | median)
  slowest=$(jq '[.hops[].rtt_ms | numbers] | max' "$tools/out.1" | median)
  row 'silent hop, elapsed / slowest RTT' "$elapsed" "$slowest" "$(calculate "4 * $slowest")" ms
  in_namespace=()
}

# From the byte ^C to the prompt, in a trace of the lab's that waits for its silent hops; with the live block of a
# terminal.
row_interrupt() {
  local runs=50 line='set timeout 1h; set patience off; trace hole.demo.test' middle longest
  read -r middle longest < <(TERM=xterm "$tools/interrupt" $runs '> ' "$line" 'waiting for hops' "$release_binary")
  row 'Ctrl-C to prompt' "$middle" - 100 ms
  row "Ctrl-C to prompt, longest of $runs" "$longest" - 100 ms
}

# Builds the program that runs the engine without a shell, once.
need_engine_cost() {
  FTRSH_BENCH=1 as_owner swift build "${release_flags[@]}" --product EngineCost --quiet </dev/null >&2
  engine_cost=$scratch/release/EngineCost
}

# To the same hops, with stamps of both directions: ten traces of 36 probes at a time.
row_cpu() {
  need_chain || return 0
  need_engine_cost
  local ours theirs
  measure 9 : "$tools/yardstick" "$target" "$hops" 5400 360 : "$engine_cost" live "$target" "$hops" 900 10
  theirs=$(grep -ho 'cpu_us=[0-9.]*' "$tools/out.1" | cut -d= -f2 | median)
  ours=$(median <"$tools/out.2")
  row 'CPU a probe / C loop' "$ours" "$theirs" "$(calculate "1.3 * $theirs")" us
  in_namespace=()
}

# One probe a hop, all at once, as a trace does it; the yardstick is kernel stamp to kernel stamp.
row_rtt() {
  need_chain || return 0
  local ours theirs
  measure 100 : "$tools/yardstick" "$target" "$hops" 1 "$hops" : "$release_binary" trace "$target" --enrich off --json
  theirs=$(grep -ho '^hop=.*rtt_us=[0-9.]*' "$tools/out.1" | sed 's/.*=//' | median)
  ours=$(jq '.hops[].rtt_ms | numbers * 1000' "$tools/out.2" | median)
  row 'RTT / kernel to kernel' "$ours" "$theirs" "$(calculate "$theirs + 10")" us
  in_namespace=()
}

row_probe() {
  need_engine_cost
  row 'a probe in user space' "$("$engine_cost" probe)" - 100 ns
}

row_simulation() {
  need_engine_cost
  row '30 simulated hops' "$("$engine_cost" lab)" - 1000 us
}

row_script() {
  local script=$tools/lines.ftr line
  { echo 'enrich off'; for ((line = 0; line < 10000; line++)); do echo 'set timeout 70ms'; done; } >"$script"
  measure 7 : "$release_binary" "$script"
  row '10,000 script lines' "${wall[0]}" - 500 ms
}
