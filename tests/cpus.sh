#!/usr/bin/env bash
# No illegal instruction on lesser processors: the tests of the rooms that choose instructions at run time under QEMU's
# emulation of a processor with AVX2 and of one with neither AVX nor FMA, and the program on one article on the first.
#
#   tests/cpus.sh DEPECHE WORK
set -euo pipefail
depeche=$(realpath "${1:?which program? tests/cpus.sh DEPECHE WORK}")
work=${2:?which folder to work in? tests/cpus.sh DEPECHE WORK}
mkdir -p "$work"

if ! command -v qemu-x86_64 > /dev/null; then
    apt-get update --quiet && apt-get install --quiet --yes qemu-user
fi
tests=$(cargo test --release --locked --lib --no-run --message-format=json |
    python3 -c 'import json, sys; print([m["executable"] for m in map(json.loads, sys.stdin) if m.get("executable")][-1])')
echo '{"id": "one", "text": "La marine vietnamienne reçoit un sous-marin russe."}' > "$work/one.jsonl"

# emulate CPU COMMAND...
emulate() {
    local cpu="$1"
    shift
    qemu-x86_64 -cpu "$cpu" "$@" 2> "$work/$cpu.log" || { cat "$work/$cpu.log"; exit 1; }
}

for cpu in Haswell Nehalem; do
    echo "== $cpu"
    emulate "$cpu" "$tests" kernels:: encoder::norm encoder::activation encoder::attention encoder::checkpoint \
        generator::attend generator::rope generator::sampling
done
# Some minutes: float arithmetic is emulated in software.
emulate Haswell "$depeche" label "$work/one.jsonl" --only topics -o "$work/one.out.jsonl" --overwrite
python3 - "$work/one.out.jsonl" <<'PY'
import json, sys
record = json.loads(open(sys.argv[1], encoding="utf-8").readline())
given = [topic["id"] for topic in record["topics"] if topic["decision"]]
print(record["provenance"]["kernels"], given)
assert "defence" in given and record["provenance"]["kernels"] == "avx2"
PY
