#!/usr/bin/env bash
# Compares speeds. Usage: run.sh DEPECHE ENGINE WORK_FOLDER [ARGUMENTS OF bench.py]
# llama.cpp is built here for this processor; without its AMX kernels, which crashed where they were tried.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
depeche="$1" engine="$2" work="$3"
shift 3
mkdir -p "$work"

[ -x "$work/venv/bin/python" ] || python3 -m venv "$work/venv"
CMAKE_ARGS="-DGGML_NATIVE=ON -DGGML_AMX_TILE=OFF -DGGML_AMX_INT8=OFF" \
    "$work/venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
"$depeche" --quiet models fetch
"$work/venv/bin/python" "$here/bench.py" --depeche "$depeche" --engine "$engine" --work "$work" "$@"
