# shellcheck shell=bash
# A network of the lab behind a TUN device in a network namespace of its own, for real sockets and any tool. Sourced;
# needs root.
#
#   lab_up NAMESPACE BINARY NETWORK [OPTION…]
#       Makes the namespace, serves NETWORK (a name, or a network file) in it with OPTIONs of `ftrsh --serve-lab`, gives it the
#       addresses and routes of the network's first node, and its resolver in /etc/netns/NAMESPACE/resolv.conf.
#       What the host reports at its end (--report) goes to the file $lab_report, if that is set.
#   lab_down NAMESPACE
#       Ends the host, and removes all of it; harmless when there is nothing.
#
# Then: ip netns exec NAMESPACE ftrsh trace demo.test, … traceroute -n 203.0.113.80, … dig www.example.test

declare -A lab_hosts=() lab_inputs=()

lab_up() {
  local namespace=$1 binary=$2 network=$3 input output writer reader word='' value device=tun0 nameservers=()
  shift 3
  ip netns add "$namespace"
  ip -n "$namespace" link set lo up
  # The host ends when its standard input does, so it cannot outlive this shell.
  input=$(mktemp -u)
  output=$(mktemp -u)
  mkfifo "$input" "$output"
  ip netns exec "$namespace" "$binary" --serve-lab "$network" "$@" <"$input" >"$output" 2>>"${lab_report:-/dev/stderr}" &
  lab_hosts[$namespace]=$!
  exec {writer}>"$input" {reader}<"$output"
  lab_inputs[$namespace]=$writer
  rm "$input" "$output"
  # It says what it is, and then that it is there.
  while read -r -u "$reader" word value; do
    case $word in
      device) device=$value ;;
      address)
        if [[ $value == *:* ]]; then
          ip -n "$namespace" address add "$value/64" dev "$device" nodad
          ip -n "$namespace" -6 route add default dev "$device"
        else
          ip -n "$namespace" address add "$value/24" dev "$device"
          ip -n "$namespace" route add default dev "$device"
        fi ;;
      resolver) nameservers+=("nameserver $value") ;;
      ready) break ;;
    esac
  done
  exec {reader}<&-
  [[ $word == ready ]] || { echo "the network was not served" >&2; return 1; }
  mkdir -p "/etc/netns/$namespace"
  printf '%s\n' "${nameservers[@]}" >"/etc/netns/$namespace/resolv.conf"
}

lab_down() {
  local namespace=$1 input=${lab_inputs[$1]-}
  [[ -z $input ]] || exec {input}>&-
  [[ -z ${lab_hosts[$namespace]-} ]] || wait "${lab_hosts[$namespace]}" || true
  unset "lab_hosts[$namespace]" "lab_inputs[$namespace]"
  ip netns del "$namespace" 2>/dev/null || true
  rm -rf "/etc/netns/${namespace:?}"
}
