#!/usr/bin/env bash
# Learns an abstracts' adapter again. Usage: train.sh MODEL OUTPUT DEPECHE WORK_FOLDER
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
model="$1" output="$2" depeche="$3" work="$4"
corpus="$here/../../../corpus"
mkdir -p "$work"

[ -x "$work/venv/bin/python" ] || python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
"$depeche" --quiet models fetch "$model"
pairs() { cargo run --quiet --release --example abstract_pairs -- "$model" "$@"; }
pairs "$corpus/adapt/renderings.jsonl" "$corpus/gold/train.jsonl" "$corpus"/adapt/{articles,abstracts}.jsonl > "$work/pairs.jsonl"
pairs "$corpus"/adapt/{renderings_single,sentences}.jsonl >> "$work/pairs.jsonl"
pairs "$corpus/adapt/renderings_dev.jsonl" "$corpus/gold/dev.jsonl" > "$work/dev.jsonl"
"$work/venv/bin/python" "$here/train.py" --name "$model" --model "$("$depeche" models path "$model" | grep 'gguf$')" \
    --pairs "$work/pairs.jsonl" --dev "$work/dev.jsonl" --work "$work" --output "$here/$output"
