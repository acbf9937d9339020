# shellcheck shell=bash
# Results and SIGKILL. Two shells trace the lab in a loop, storing in one file, and both are killed at a random moment. Whoever
# looks then finds a whole file, and in it every trace whose line was printed. Sourced by soak.
# shellcheck disable=SC2154  # work and release_binary are set by those who source this

# The ids in the whole lines of an output; the last line may have been cut off.
kills_printed() { { grep -h '}$' "$@" || true; } | jq -r .id | sort; }

soak_kills() {
  local times=${1-200} kept=5000 round shell pids wanted lost printed=0 database=$XDG_STATE_HOME/ftrsh/results.db
  need sqlite3
  for ((round = 1; round <= times; round++)); do
    pids=()
    for shell in 1 2; do
      "$release_binary" -c "set results.keep $kept; repeat 5000 { trace demo.test --json }" >"$work/shell$shell" 2>"$work/note$shell" &
      pids+=($!)
    done
    # From before the file is opened up to some dozen traces, and anywhere within one.
    wanted=$((RANDOM % 50))
    : >>"$work/shell1"
    while kill -0 "${pids[0]}" && (($(grep -c '}$' "$work/shell1") < wanted)); do sleep 0.005; done
    sleep "0.$(printf %03d $((RANDOM % 20)))"
    for shell in 1 0; do
      kill -KILL "${pids[shell]}"
      wait "${pids[shell]}" 2>/dev/null || true
    done
    kills_printed "$work"/shell[12] >"$work/printed"
    "$release_binary" -c "results --all limit $kept --json" 2>"$work/note3" | jq -r '.results[].id' | sort >"$work/stored"
    lost=$(comm -23 "$work/printed" "$work/stored" | wc -l)
    ((lost == 0)) || fail "round $round: $lost of $(wc -l <"$work/printed") traces whose line was printed are lost"
    [[ ! -s $work/note1 && ! -s $work/note2 && ! -s $work/note3 ]] || fail "round $round: $(cat "$work"/note[123])"
    if [[ -e $database ]]; then
      [[ $(sqlite3 "$database" 'PRAGMA integrity_check') == ok ]] || fail "round $round: the file is not whole"
      [[ $(sqlite3 "$database" 'SELECT count(*) FROM results LEFT JOIN documents USING (seq) WHERE document IS NULL') == 0 ]] ||
        fail "round $round: a row without its document"
    fi
    printed=$((printed + $(wc -l <"$work/printed")))
  done
  echo "kills: $times times two shells killed after $printed traces: none lost, the file whole each time"
}
