#!/usr/bin/env bash
# The main job, as a PACS sees it: pushes radiographs to a daemon with storescu, receives the reports with storescp,
# prints them, validates them, and compares them with `glenoid classify` on the same files.
#   usage: demo.sh PROGRAM [FOLDER-OF-DICOM-FILES]
# Exit 0 only if every report came, is valid, and says what `classify` says.
set -euo pipefail
program=$(realpath "${1:?usage: demo.sh PROGRAM [FOLDER-OF-DICOM-FILES]}")
here=$(cd "$(dirname "$0")" && pwd)
top=$(realpath "$here/../..")
if [ -n "${2:-}" ]; then
  mapfile -t radiographs < <(find "$(realpath "$2")" -type f | sort)
else
  radiographs=("$top/Tests/Fixtures/phantom.dcm")
fi
[ ${#radiographs[@]} -gt 0 ] || { echo "demo: no files in ${2:-}" >&2; exit 1; }

work=$(mktemp -d "${TMPDIR:-/tmp}/glenoid-demo.XXXXXX")
daemon= pacs=
finish() {
  status=$?
  for pid in $daemon $pacs; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  if [ $status -eq 0 ]; then rm -rf "$work"; else echo "demo: FAILED; what there is lies in $work" >&2; fi
  exit $status
}
trap finish EXIT
fail() { echo "demo: $*" >&2; [ -f "$work/daemon.log" ] && tail -20 "$work/daemon.log" >&2; exit 1; }
say() { printf '\n== %s\n' "$*"; }
free_port() {
  local port
  for port in $(shuf -i 20000-45000 -n 50); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

port=$(free_port); pacs_port=$(free_port)
mkdir "$work/reports"
cat > "$work/glenoid.yaml" <<YAML
dicom: {aeTitle: GLENOID, bind: 127.0.0.1, port: $port}
spool: {folder: $work/spool, reserve: 100MB}
queue: {url: "sqlite://$work/queue.sqlite"}
study: {settle: 1s}
models:
  - bundle: $top/conf/models/shoulder-implant
    destinations: [pacs]
destinations:
  pacs: {aeTitle: PACS, host: 127.0.0.1, port: $pacs_port}
YAML

say "A PACS (storescp) on port $pacs_port, and the daemon on port $port"
storescp --fork -od "$work/reports" "$pacs_port" > "$work/pacs.log" 2>&1 & pacs=$!
"$program" serve --config "$work/glenoid.yaml" > "$work/daemon.log" 2>&1 & daemon=$!
for _ in $(seq 150); do
  echoscu -aec GLENOID 127.0.0.1 "$port" > /dev/null 2>&1 && break
  kill -0 $daemon 2>/dev/null || fail "the daemon ended by itself"
  sleep 0.1
done
echoscu -aec GLENOID 127.0.0.1 "$port" || fail "the daemon does not answer"

say "storescu pushes ${#radiographs[@]} file(s)"
# storescu proposes uncompressed transfer syntaxes unless told which compressed one the file has.
for file in "${radiographs[@]}"; do
  proposal=()
  case $(dcmdump +P TransferSyntaxUID "$file" 2>/dev/null) in
    *JPEGBaseline*) proposal=(-xy) ;; *JPEGExtended*) proposal=(-xx) ;; *JPEGLossless*) proposal=(-xs) ;;
    *JPEGLSLossless*) proposal=(-xt) ;; *JPEGLSLossy*) proposal=(-xu) ;; *RLELossless*) proposal=(-xr) ;;
    *JPEG2000LosslessOnly*) proposal=(-xv) ;; *JPEG2000*) proposal=(-xw) ;;
  esac
  storescu -aec GLENOID "${proposal[@]}" 127.0.0.1 "$port" "$file" || fail "storescu could not push $file"
done

say "Waiting for the reports"
settled() { [ "$("$program" status --config "$work/glenoid.yaml" --json | jq '.unfinished')" = 0 ]; }
for _ in $(seq 600); do settled && break; sleep 0.2; done
settled || fail "the work did not end"
mapfile -t reports < <(find "$work/reports" -type f | sort)
[ ${#reports[@]} -gt 0 ] || { "$program" queue list --config "$work/glenoid.yaml" >&2; fail "no report came back"; }

"$program" classify --model "$top/conf/models/shoulder-implant" --json "${radiographs[@]}" > "$work/classified.json" ||
  echo "demo: classify refused some of the files" >&2
for report in "${reports[@]}"; do
  say "$(basename "$report")"
  "$program" report show "$report"
  dciodvfy "$report" > "$work/dciodvfy.log" 2>&1 || true
  if grep -q '^Error' "$work/dciodvfy.log"; then cat "$work/dciodvfy.log" >&2; fail "the report is not valid"; fi
  dsrdump "$report" > "$work/dsrdump.log" 2>&1 || { cat "$work/dsrdump.log" >&2; fail "dsrdump cannot read the report"; }
  "$program" report show --json "$report" >> "$work/reported.json"
done

# A report gives percent, rounded; what is compared is every probability of every image, whatever the classes are called.
say "Comparing with 'glenoid classify' on the same files"
jq -s -e --slurpfile classified "$work/classified.json" '
  def same($a; $b): ($a | length) == ($b | length) and all(range($a | length); ($a[.] - $b[.] | fabs) < 0.06);
  [.[].groups[] | [.probabilities[]] | sort] as $reported |
  [$classified[0][] | select(.probabilities | length > 0) | [.probabilities[] * 100] | sort] as $expected |
  ($reported | length) == ($expected | length) and ($reported | length) > 0 and
  all($expected[]; . as $e | any($reported[]; same(.; $e)))
' "$work/reported.json" > /dev/null || { jq . "$work/classified.json" "$work/reported.json" >&2; fail "report and classify differ"; }
echo "the same probabilities for ${#radiographs[@]} file(s)"
say "Done: ${#radiographs[@]} radiograph(s) pushed, ${#reports[@]} valid report(s) back."
