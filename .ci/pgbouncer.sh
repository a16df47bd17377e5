#!/usr/bin/env bash
# A pgbouncer in transaction mode before a PostgreSQL that runs, for the tests: the machine's own, or else one unpacked
# from Debian's packages beside postgres.sh's, never installed. Unpacking needs root, and so apt.
#   pgbouncer.sh unpack        makes sure that there is one
#   pgbouncer.sh start <url>   prints the URL of a new one before the server and database of <url>, on a free port
#   pgbouncer.sh stop <url>    stops that one, by the URL that start printed
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
base=${WEFT_PGBOUNCER_BASE:-${TMPDIR:-/tmp}/weft-pgbouncer}
root=$base/root
# Every client may meet any of these: a session that is relied on shows at once.
server_connections=3

own() { PATH=$PATH:/usr/sbin command -v pgbouncer; }

unpack() {
  own >/dev/null || [ -x "$root/usr/sbin/pgbouncer" ] && return
  [ "$(id -u)" = 0 ] || { echo "needs root to unpack one; or install pgbouncer yourself" >&2; return 1; }
  local new=$base/new.$$
  mkdir -p "$new"
  WEFT_UNPACK_TO=$new/root "$here/postgres.sh" unpack pgbouncer
  mv -T "$new/root" "$root" 2>/dev/null || [ -x "$root/usr/sbin/pgbouncer" ]
  rm -rf "$new"
}

start() {
  unpack
  local port folder config
  port=$(node -e 'const s = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
  folder=$base/run-$port
  if own >/dev/null; then config=$folder; else config=/srv/run-$port folder=$root/srv/run-$port; fi
  rm -rf "$folder"
  mkdir -p "$folder"
  node - "$1" "$port" "$config" "$server_connections" >"$folder/pgbouncer.ini" <<'CONFIG'
const [url, port, folder, connections] = process.argv.slice(2);
const { hostname, port: serverPort, pathname, username, password } = new URL(url);
const quoted = (text) => `'${decodeURIComponent(text).replaceAll("'", "''")}'`;
const login = `user=${quoted(username || 'postgres')}${password === '' ? '' : ` password=${quoted(password)}`}`;
process.stdout.write(`[databases]
* = host=${hostname || 'localhost'} port=${serverPort || 5432} ${login}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${connections}
max_client_conn = 500
logfile = ${folder}/pgbouncer.log
pidfile = ${folder}/pgbouncer.pid
`);
CONFIG
  # It refuses to run as root.
  local run=(pgbouncer)
  if own >/dev/null; then
    run=("$(own)")
    if [ "$(id -u)" = 0 ]; then
      chown -R nobody "$folder"
      chmod 755 "$base"
      run+=(-u nobody)
    fi
  else
    chown -R 5432:5432 "$folder"
    run=(chroot --userspec=5432:5432 "$root" /usr/sbin/pgbouncer)
  fi
  "${run[@]}" -q -d "$config/pgbouncer.ini" >/dev/null 2>"$folder/errors" </dev/null || { cat "$folder/errors" "$folder/pgbouncer.log" >&2; return 1; }
  echo "$folder" >"$base/at-$port"
  node -e '
    const [url, port] = process.argv.slice(1);
    const { pathname, username } = new URL(url);
    console.log(`postgresql://${username || "postgres"}@127.0.0.1:${port}${pathname}`)' "$1" "$port"
}

stop() {
  local port folder
  port=${1##*:}
  port=${port%%/*}
  folder=$(cat "$base/at-$port")
  kill -INT "$(cat "$folder/pgbouncer.pid")"
  rm -rf "$folder" "$base/at-$port"
}

case ${1:-} in
  unpack) unpack ;;
  start) start "${2:?the URL of a PostgreSQL}" ;;
  stop) stop "${2:?the URL that start printed}" ;;
  *) echo "usage: $0 unpack | start <url> | stop <url>" >&2; exit 2 ;;
esac
