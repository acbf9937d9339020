# shellcheck shell=bash
# What the scripts share: where the checkout is, what it needs, how it is built. Sourced, never run.
#
# Two rules hold for everything here. Standard input belongs to the program that is started at the end, so nothing here
# reads it. And what is written into the checkout is written as its owner, so that sudo leaves nothing of root's there.

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd -P)
scratch=$root/.build
# shellcheck disable=SC2034  # used by the scripts that source this file
build_flags=(--package-path "$root" --scratch-path "$scratch" --explicit-target-dependency-import-check error)
# The Swift library is linked in: the shell is at its prompt in 6 ms instead of 9, and needs no toolchain to run. By lld,
# since the default linker passes on a warning about a function of Foundation that nothing here calls.
#
# Types are reached through accessors, not by name: finding the type of a container by its name takes a demangler and a
# search through all conformances in the program. A trace of six hops executes 7.5 million instructions instead of 10.7.
release_flags=("${build_flags[@]}" -c release --static-swift-stdlib -Xswiftc -use-ld=lld
  -Xswiftc -Xfrontend -Xswiftc -disable-concrete-type-metadata-mangled-name-accessors)
release_binary=$scratch/release/ftrsh
release_stamp=$scratch/ftrsh.built

# What the program is linked with, by the Debian packages that bring it.
libraries=(pkg-config libedit-dev libc-ares-dev libmaxminddb-dev libsqlite3-dev liburing-dev)

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
fail() { say "$@"; exit 1; }

# Prints the comment block at the top of the script: its help.
script_help() { sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$(readlink -f "$0")"; }

# Runs a command as the owner of the checkout when root is somebody else.
as_owner() {
  local uid gid home
  uid=$(stat -c %u "$root")
  if [[ $EUID -ne 0 || $uid -eq 0 ]]; then
    "$@"
    return
  fi
  gid=$(stat -c %g "$root")
  home=$(getent passwd "$uid" | cut -d: -f6)
  [[ -d $home ]] || home=$scratch
  setpriv --reuid "$uid" --regid "$gid" --clear-groups env HOME="$home" "$@"
}

# Puts `swift` into PATH: sudo's PATH often lacks the toolchain that the owner's login shell has.
need_swift() {
  command -v swift >/dev/null && return
  local swift
  swift=$(as_owner bash -lc 'command -v swift' 2>/dev/null) ||
    fail "cannot find 'swift': install Swift 6.2 or later (https://swift.org/install) and put it into PATH"
  PATH=$PATH:${swift%/*}
}

# Says whether a program is there that may lie where only root looks.
program() { PATH=$PATH:/usr/sbin:/sbin command -v "$1"; }

# Says whether the Debian package is there, by what it is needed for (so that other systems may bring the same).
have() {
  case $1 in
    libedit-dev) pkg-config --exists libedit ;;
    libc-ares-dev) pkg-config --exists libcares ;;
    libmaxminddb-dev) pkg-config --exists libmaxminddb ;;
    libsqlite3-dev) pkg-config --exists sqlite3 ;;
    liburing-dev) pkg-config --exists liburing ;;
    iproute2) command -v ip ;;
    procps) command -v pgrep ;;
    dnsmasq-base) program dnsmasq ;;
    coturn) program turnserver ;;
    nftables) program nft ;;
    tcpdump) program tcpdump ;;
    traceroute) program traceroute ;;
    mtr-tiny) program mtr ;;
    *) command -v "$1" ;;
  esac >/dev/null 2>&1
}

# Installs those of the named Debian packages that are missing: `need libedit-dev jq`.
need() {
  local package missing=() sudo=()
  for package; do have "$package" || missing+=("$package"); done
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || fail "please install what gives ${missing[*]} (Debian's names) and start again"
  if ((EUID)); then
    command -v sudo >/dev/null || fail "please run as root: apt-get install ${missing[*]}"
    sudo=(sudo)
  fi
  say "installing ${missing[*]}"
  local install=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300
    install -y --no-install-recommends "${missing[@]}")
  "${install[@]}" </dev/null >&2 && return
  { "${sudo[@]}" apt-get -q update && "${install[@]}"; } </dev/null >&2 ||
    fail "could not install; please run as root: apt-get install ${missing[*]}"
}

# Says whether the release binary is newer than all it is made of. Change times are compared, which nothing can set
# back; a removed file changes its directory; whatever `find` has to say (a missing file, too) means "not fresh".
release_is_fresh() {
  [[ -x $release_binary && -f $release_stamp &&
    -z $(find "$root"/{Package.swift,Package.resolved,Sources,scripts/common.sh} -newercm "$release_stamp" -print -quit 2>&1) ]]
}

# Builds the release binary if it is not fresh. The stamp is taken before the build, so that an edit during it counts.
build_release() {
  release_is_fresh && return
  (
    flock 9
    release_is_fresh && exit
    [[ $EUID -eq 0 || -w $root ]] || fail "cannot write in $root: build as its owner first"
    need "${libraries[@]}"
    need_swift
    local quiet=()
    [[ -t 2 ]] || quiet=(--quiet)
    say "building ftrsh in $scratch (the first time takes some minutes)"
    as_owner mkdir -p "$scratch"
    as_owner swift package "${build_flags[@]:0:4}" "${quiet[@]}" resolve
    as_owner touch "$release_stamp.new"
    as_owner swift build "${release_flags[@]}" --product ftrsh "${quiet[@]}" || fail "the build failed"
    as_owner mv "$release_stamp.new" "$release_stamp"
  ) 9<"$root/Package.swift" </dev/null >&2
}
