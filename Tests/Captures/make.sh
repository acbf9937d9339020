#!/usr/bin/env bash
# Makes the captures beside it: other programs' traces through three kernel routers, as tcpdump saw them at their start.
# Needs root, iproute2, and Debian's traceroute, mtr-tiny, scamper and tcpdump. It was run on Debian 12 (traceroute 2.1.2,
# mtr 0.95, scamper 20211212, tcpdump 4.99.3); made anew, the files differ in times, ports and identifiers.
#
#   source 192.0.2.2 -- 192.0.2.1 r1 198.51.100.1 -- 198.51.100.2 r2 198.51.100.9 -- 198.51.100.10 r3 203.0.113.1
#     -- 203.0.113.9 target                                                   (IPv6: 2001:db8:1:: to 2001:db8:4::, alike)
set -euo pipefail
cd "$(dirname "$0")"
prefix=capture$$
nodes=(source r1 r2 r3 target)

cleanup() { for node in "${nodes[@]}"; do ip netns del "$prefix$node" 2>/dev/null || true; done; }
trap cleanup EXIT

in_node() { local node=$1; shift; ip netns exec "$prefix$node" "$@"; }

# link NODE IPV4/LEN IPV6/LEN NODE IPV4/LEN IPV6/LEN
link() {
  ip link add "to$4" netns "$prefix$1" type veth peer name "to$1" netns "$prefix$4"
  ip -n "$prefix$1" address add "$2" dev "to$4"; ip -n "$prefix$1" address add "$3" dev "to$4" nodad
  ip -n "$prefix$4" address add "$5" dev "to$1"; ip -n "$prefix$4" address add "$6" dev "to$1" nodad
  ip -n "$prefix$1" link set "to$4" up; ip -n "$prefix$4" link set "to$1" up
}

for node in "${nodes[@]}"; do
  ip netns add "$prefix$node"
  ip -n "$prefix$node" link set lo up
  in_node "$node" sysctl -q net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
    net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
done
link source 192.0.2.2/24 2001:db8:1::2/64 r1 192.0.2.1/24 2001:db8:1::1/64
link r1 198.51.100.1/30 2001:db8:2::1/64 r2 198.51.100.2/30 2001:db8:2::2/64
link r2 198.51.100.9/30 2001:db8:3::9/64 r3 198.51.100.10/30 2001:db8:3::10/64
link r3 203.0.113.1/24 2001:db8:4::1/64 target 203.0.113.9/24 2001:db8:4::9/64
route() { ip -n "$prefix$1" route add "$2" via "$3"; }
route source default 192.0.2.1; ip -n "${prefix}source" -6 route add default via 2001:db8:1::1
route r1 203.0.113.0/24 198.51.100.2; ip -n "${prefix}r1" -6 route add 2001:db8:4::/64 via 2001:db8:2::2
route r2 203.0.113.0/24 198.51.100.10; ip -n "${prefix}r2" -6 route add 2001:db8:4::/64 via 2001:db8:3::10
route r2 192.0.2.0/24 198.51.100.1; ip -n "${prefix}r2" -6 route add 2001:db8:1::/64 via 2001:db8:2::1
route r3 192.0.2.0/24 198.51.100.9; ip -n "${prefix}r3" -6 route add 2001:db8:1::/64 via 2001:db8:3::9
route target default 203.0.113.1; ip -n "${prefix}target" -6 route add default via 2001:db8:4::1
# The first packets of a path wait for neighbours to be found: they are not captured.
in_node source traceroute -n 203.0.113.9 >/dev/null
in_node source traceroute -n 2001:db8:4::9 >/dev/null

# capture FILE DEVICE COMMAND…
capture() {
  local file=$1 device=$2 watcher
  shift 2
  ip netns exec "${prefix}source" tcpdump -i "$device" --immediate-mode -U -w "$file" 'icmp or udp or tcp or (ip6 and (icmp6[0] < 133 or udp or tcp))' \
    2>"$file.log" &
  watcher=$!
  until grep -qs "listening on" "$file.log"; do sleep 0.05; done
  in_node source "$@" >/dev/null
  sleep 0.3
  kill "$watcher"
  wait "$watcher" || true
  rm "$file.log"
}

capture traceroute-udp.pcap tor1 traceroute -n -q 2 203.0.113.9
capture traceroute-icmp6.pcap any traceroute -n -I -q 1 2001:db8:4::9
capture traceroute-tcp.pcap tor1 traceroute -n -T -p 80 -q 1 203.0.113.9
capture traceroute-udp6.pcap tor1 traceroute -n -q 1 2001:db8:4::9
capture mtr-icmp.pcap tor1 mtr -n -r -c 2 203.0.113.9
capture mtr-udp6.pcap tor1 mtr -n -r -c 1 -u 2001:db8:4::9
capture mtr-tcp.pcap tor1 mtr -n -r -c 1 -T 203.0.113.9
capture scamper-udp-paris.pcap tor1 scamper -I 'trace -P udp-paris -q 1 203.0.113.9'
capture scamper-icmp-paris.pcap any scamper -I 'trace -P icmp-paris -q 1 203.0.113.9'
capture scamper-tcp6.pcap tor1 scamper -I 'trace -P tcp -d 80 -q 1 2001:db8:4::9'
