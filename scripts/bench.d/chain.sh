# shellcheck shell=bash
# A path of real kernel routers: one network namespace a node, joined in a row. Sourced by bench and soak; needs root.
#
#   chain_up PREFIX ROUTERS [LINK MILLISECONDS]
#       Makes namespaces PREFIX0 (the client), PREFIX1 … (the routers), and one for the target. Link LINK, if given, is a
#       wire that takes so long each way, by the program `delay` in the directory $tools.
#   chain_silence PREFIX NODE
#       That router answers no probe from now on.
#   chain_down PREFIX
#       Removes all of it.
#
# Link i joins node i (….i.1) to node i+1 (….i.2) in 198.18.0.0/15, which RFC 2544 gives to benchmarks, and in 2001:db8:18::/48.

# The addresses at which node $1 + 1 is reached.
chain_address() { echo "198.18.$1.2"; }
chain_address6() { echo "2001:db8:18:$1::2"; }
chain_delay_pid=

# Writes settings of one namespace; those that this kernel does not have per namespace are passed over.
chain_set() {
  local namespace=$1
  shift
  # shellcheck disable=SC2016  # the dollars are the inner shell's
  ip netns exec "$namespace" bash -c 'for s; do echo "${s#*=}" > "/proc/sys/net/${s%%=*}" || true; done 2>/dev/null' - "$@"
}

chain_up() {
  local prefix=$1 routers=$2 long=${3--1} delay=${4-0} node link far
  # Without limits: a stock router answers 6 times and then once a second, which would be what is measured.
  local open=(ipv4/ip_forward=1 ipv6/conf/all/forwarding=1 ipv4/icmp_ratelimit=0 ipv6/icmp/ratelimit=0
    ipv4/icmp_msgs_per_sec=1000000 ipv4/icmp_msgs_burst=100000
    ipv6/conf/default/accept_dad=0 ipv6/conf/default/router_solicitations=0)
  for ((node = 0; node <= routers + 1; node++)); do
    ip netns add "$prefix$node"
    chain_set "$prefix$node" "${open[@]}"
    ip -n "$prefix$node" link set lo up
  done
  if ((long >= 0)); then
    exec {chain_wire}< <(exec "${tools:?}/delay" "$prefix$long" right "$prefix$((long + 1))" left "$delay")
    chain_delay_pid=$!
    read -r -u "$chain_wire"
  fi
  for ((link = 0; link <= routers; link++)); do
    ((link == long)) || ip link add right netns "$prefix$link" type veth peer name left netns "$prefix$((link + 1))"
    chain_end "$prefix$link" right "$link" 1
    chain_end "$prefix$((link + 1))" left "$link" 2
  done
  for ((node = 0; node <= routers + 1; node++)); do
    # Everything lies to the right, except the links already passed.
    if ((node <= routers)); then chain_route "$prefix$node" default "$node" 2; fi
    for ((far = 0; far < node - 1; far++)); do chain_route "$prefix$node" "$far" "$((node - 1))" 1; done
  done
}

# Gives a device its addresses: NAMESPACE DEVICE LINK SIDE.
chain_end() {
  ip -n "$1" -batch - <<<"address add 198.18.$3.$4/30 dev $2
address add 2001:db8:18:$3::$4/64 dev $2 nodad
link set $2 up"
}

# Adds a route of both families: NAMESPACE (LINK | default) through LINK SIDE.
chain_route() {
  local v4=198.18.$2.0/30 v6=2001:db8:18:$2::/64
  [[ $2 != default ]] || v4=default v6=default
  ip -n "$1" route add "$v4" via "198.18.$3.$4"
  ip -n "$1" -6 route add "$v6" via "2001:db8:18:$3::$4"
}

# A limit of one answer in 24 days, counted from a minute ago, leaves none to send (net/ipv4/inetpeer.c).
chain_silence() { chain_set "$1$2" ipv4/icmp_ratelimit=2147483647 ipv6/icmp/ratelimit=2147483647; }

chain_down() {
  local namespace
  [[ -z $chain_delay_pid ]] || kill "$chain_delay_pid" || true
  ip netns list | while read -r namespace _; do
    [[ $namespace != "$1"[0-9]* ]] || ip netns delete "$namespace"
  done
}
