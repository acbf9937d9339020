# shellcheck shell=bash
# Rows of bench about the lab, evidence and lessons. Sourced by bench, whose `measure`, `row` and `calculate` they use.
# shellcheck disable=SC2154  # tools, wall, space, engine_cost and release_binary are set by bench

# An hour of 12 hops at one probe a second each, in virtual time, and a network file of 1,000 nodes, read by itself and typed
# into a shell.
row_lab() {
  need_engine_cost
  local script=$tools/thousand.ftr node
  {
    printf 'lab new thousand "A chain"\nlab node home 10.0.0.1\n'
    for ((node = 0; node < 1000; node++)); do echo "lab hop r$node 10.$((1 + node / 250)).$((node % 250)).1"; done
    echo 'use lab thousand'
  } >"$script"
  row 'a virtual hour, 43,200 probes' "$("$engine_cost" hour)" - 2000 ms
  row 'load 1,000 nodes' "$("$engine_cost" nodes)" - 100 ms
  measure 9 : "$release_binary" --version : "$release_binary" "$script"
  row '1,000 nodes, stated in a shell' "$(calculate "${wall[1]} - ${wall[0]}")" - 100 ms
}

# What commands add to a session that has traced: ten of each.
row_evidence() {
  local begin='set lab.clock virtual; enrich off; trace demo.test'
  local ten=''
  for command in 'explain 9' 'timeline %1' 'whatif %1 timeout 20ms'; do
    printf -v ten '; %s' "$command" "$command" "$command" "$command" "$command" "$command" "$command" "$command" "$command" \
      "$command"
    measure 9 : "$release_binary" -c "$begin" : "$release_binary" -c "$begin$ten"
    row "${command%% *}" "$(calculate "(${wall[1]} - ${wall[0]}) / 10")" - 50 ms
  done
}

# From the beginning of a lesson to its second task: a trace and an answer.
row_lesson() {
  local begin='set lab.clock virtual'
  measure 9 : "$release_binary" -c "$begin" : "$release_binary" -c "$begin; lesson 1" \
    : "$release_binary" -c "$begin; lesson 1; trace demo.test; answer 12"
  row 'begin a lesson' "$(calculate "${wall[1]} - ${wall[0]}")" - 50 ms
  row 'a step of a lesson' "$(calculate "${wall[2]} - ${wall[1]}")" - 50 ms
}

# How late answers of a network behind a TUN device are, at 20,000 probes a second, evenly, to a host 10 ms away.
row_tunnel() {
  if ((EUID)); then
    echo "tunnel: skipped, needs root for a network namespace"
    return 0
  fi
  need iproute2
  lab_report=$tools/tunnel.json lab_up "$space" "$release_binary" "$root/scripts/bench.d/tunnel.ftr" --report
  in_namespace=(ip netns exec "$space")
  "${in_namespace[@]}" "$tools/yardstick" 203.0.113.80 1 100000 1000 20000 >/dev/null
  in_namespace=()
  lab_down "$space"
  row 'tunnel, answers late (median)' "$(jq .lateness.p50_us "$tools/tunnel.json")" - 100 us
  row 'tunnel, answers late (99 of 100)' "$(jq .lateness.p99_us "$tools/tunnel.json")" - 100 us
}
