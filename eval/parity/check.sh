#!/usr/bin/env bash
# Makes the parity fixtures again and compares them with those in the repository; then scores a file of ten_lines.py with
# depeche eval and with the reference implementations. Usage: check.sh DEPECHE WORK_FOLDER
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
depeche="$1" work="$2"
mkdir -p "$work"

[ -x "$work/venv/bin/python" ] || python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
python="$work/venv/bin/python"

for fixture in topics text; do
    "$python" "$here/$fixture.py" "$work/$fixture.json"
    cmp "$here/$fixture.json" "$work/$fixture.json"
    echo "same: $fixture.json"
done

gold="$here/../../corpus/gold/dev.jsonl"
"$python" "$here/ten_lines.py" "$gold" > "$work/ten_lines.jsonl"
"$depeche" --quiet eval --predictions "$work/ten_lines.jsonl" --gold "$gold" --report "$work/report"
"$python" "$here/ten_lines_check.py" "$gold" "$work/ten_lines.jsonl" "$work/report/report.json" "$work/ten_lines.expected.json"
for file in ten_lines.jsonl ten_lines.expected.json; do
    cmp "$here/$file" "$work/$file"
    echo "same: $file"
done
