# shellcheck shell=bash
# The study of FINDINGS on this machine: every way of waiting for replies, by what it finds and what it takes. Sourced by bench.
# Its tables are ftrsh's own; those on real packets need root.
# shellcheck disable=SC2154  # release_binary, root and space are set by bench

row_engines() {
  local runs=${BENCH_ENGINE_RUNS-20} network
  echo
  "$release_binary" -c "set warnings off; compare engines demo.test -n $runs --timeout 70ms --enrich on --findings"
  if ((EUID)); then
    echo "engines on real packets: skipped, needs root for a network namespace and a TUN device"
    return 0
  fi
  need iproute2
  for network in soak.d/promise.ftr bench.d/silent.ftr; do
    echo
    lab_up "$space" "$release_binary" "$root/scripts/$network"
    # Names and AS numbers are asked of the lab's name server, which takes 20 to 150 ms.
    ip netns exec "$space" "$release_binary" -c "set warnings off; set special-addresses lookup; set public-ip 198.18.128.77
      compare engines 203.0.113.80 -n $runs --timeout 70ms --enrich on --causes --findings --pause 0"
    lab_down "$space"
  done
}
