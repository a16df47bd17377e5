#!/usr/bin/env bash
# A PostgreSQL 17 with pgvector for the tests, on a Debian machine where none is installed: unpacked from Debian's
# packages into a folder of its own, never installed. Needs root, for chroot.
#   postgres.sh start        prints the URL of a new, empty server on a free port
#   postgres.sh unpack <package…>  other packages of the same Debian, into the folder WEFT_UNPACK_TO
#   postgres.sh stop <url>   stops that server and removes its data
# WEFT_POSTGRES_BASE is where the unpacked packages are kept between runs; DEBIAN_MIRROR overrides apt's own.
set -euo pipefail

base=${WEFT_POSTGRES_BASE:-${TMPDIR:-/tmp}/weft-postgres-17}
root=$base/root
bin=/usr/lib/postgresql/17/bin

inside() { chroot --userspec=5432:5432 "$root" "$@"; }

free_port() {
  node -e 'const s = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}

# Debian's packages of the names given, with what they need, in $base/root. apt works on lists and a package state of its own here, so that the machine's are left alone.
unpack() {
  local new=$base/new.$$ target=${WEFT_UNPACK_TO:-$root} mirror
  mkdir -p "$new"/apt/{state/lists/partial,cache/archives/partial,etc/apt.conf.d,etc/preferences.d} "$new/root"
  : >"$new/apt/status"
  mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' | grep -v -- -security | sort -u | head -n 1)}
  [ -n "$mirror" ] || { echo "apt knows no mirror: set DEBIAN_MIRROR, or run apt-get update first" >&2; return 1; }
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$new/apt/etc/sources.list"
  local apt=(apt-get -q -o "Dir::Etc=$new/apt/etc" -o "Dir::Etc::sourcelist=$new/apt/etc/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State=$new/apt/state" -o "Dir::State::status=$new/apt/status" -o "Dir::Cache=$new/apt/cache"
    -o APT::Sandbox::User=root -o APT::Install-Recommends=false -o Acquire::Languages=none -o Acquire::Retries=3)
  "${apt[@]}" update >/dev/null
  "${apt[@]}" -y --download-only install "$@" base-files dash coreutils >/dev/null
  local deb
  for deb in "$new"/apt/cache/archives/*.deb; do
    # jit is off and no procedure is written in Perl: two thirds of the download's size that nobody loads
    case $deb in */libllvm* | */perl* | */libperl*) continue ;; esac
    dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$new/root"
  done
  printf 'root:x:0:0::/:/bin/sh\npostgres:x:5432:5432::/tmp:/bin/sh\n' >"$new/root/etc/passwd"
  printf 'root:x:0:\npostgres:x:5432:\n' >"$new/root/etc/group"
  [ -e "$new/root/usr/bin/sh" ] || ln -s dash "$new/root/usr/bin/sh"
  mkdir -p "$new/root/dev" "$new/root/tmp" "$new/root/srv"
  [ -e "$new/root/dev/null" ] || mknod -m 666 "$new/root/dev/null" c 1 3
  [ -e "$new/root/dev/urandom" ] || mknod -m 666 "$new/root/dev/urandom" c 1 9
  chmod 1777 "$new/root/tmp"
  # Another run may have been quicker: the first one in place is used by both.
  mv -T "$new/root" "$target" 2>/dev/null || [ -d "$target" ]
  rm -rf "$new"
}

start() {
  [ "$(id -u)" = 0 ] || { echo "needs root; or set DATABASE_URL to a PostgreSQL of your own" >&2; return 1; }
  [ -x "$root$bin/postgres" ] || unpack postgresql-17 postgresql-17-pgvector
  local port data
  port=$(free_port)
  data=/srv/weft-$port
  rm -rf "${root:?}$data"
  mkdir -p "$root$data"
  chown 5432:5432 "$root$data"
  {
    inside "$bin/initdb" -D "$data" -U postgres --auth=trust -E UTF8 --locale=C.UTF-8 -N
    # fsync and what else guards against the machine's crash are off: that is nothing these tests are about, and it takes
    # a third of their time
    inside "$bin/pg_ctl" -D "$data" -w -l "$data/server.log" start -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' \
      -c dynamic_shared_memory_type=mmap -c jit=off -c fsync=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c max_connections=200"
  } >"$root$data.log" 2>&1 || { cat "$root$data.log" >&2; return 1; }
  echo "postgresql://postgres@127.0.0.1:$port/postgres"
}

stop() {
  local port=${1##*:}
  port=${port%%/*}
  inside "$bin/pg_ctl" -D "/srv/weft-$port" -m immediate -w stop >/dev/null
  rm -rf "${root:?}/srv/weft-$port" "${root:?}/srv/weft-$port.log"
}

case ${1:-} in
  start) start ;;
  unpack) unpack "${@:2}" ;;
  stop) stop "${2:?the URL that start printed}" ;;
  *) echo "usage: $0 start | stop <url>" >&2; exit 2 ;;
esac
