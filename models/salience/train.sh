#!/usr/bin/env bash
# Learns again which sentences are worth telling. Usage: train.sh WORK_FOLDER
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
work="$1"
corpus="$here/../../corpus"
mkdir -p "$work"

[ -x "$work/venv/bin/python" ] || python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
rows() { cargo run --quiet --release --example salience_rows -- "$@"; }
rows "$corpus/adapt/renderings.jsonl" "$corpus/gold/train.jsonl" "$corpus"/adapt/{articles,abstracts}.jsonl > "$work/rows.jsonl"
rows "$corpus/adapt/renderings_dev.jsonl" "$corpus/gold/dev.jsonl" > "$work/dev.jsonl"
"$work/venv/bin/python" "$here/train.py" --rows "$work/rows.jsonl" --dev "$work/dev.jsonl" --output "$here/weights.json"
