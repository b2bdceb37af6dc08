#!/usr/bin/env bash
# Learns the adapter again. Usage: train.sh DEPECHE WORK_FOLDER
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
depeche="$1" work="$2"
mkdir -p "$work"

[ -x "$work/venv/bin/python" ] || python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
"$depeche" --quiet models fetch multilingual-e5-small-q4
files="$("$depeche" models path multilingual-e5-small-q4)"
"$work/venv/bin/python" "$here/train.py" \
    --encoder "$(grep 'e5-small-q4.bin$' <<< "$files")" --tokenizer "$(grep 'tokenizer.json$' <<< "$files")" \
    --data "$here/../../../corpus/adapt" --output "$here"
