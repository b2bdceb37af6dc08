#!/usr/bin/env bash
# The long form of tests/resume.rs: runs of `depeche label` that are killed at random moments, a full disk, a folder that
# cannot be written. One line for each; exit status 1 when one of them went wrong.
#
#   tests/soak.sh DEPECHE WORK
#
# KILLS, ARTICLES                      killed runs over so many articles (20 or more), topics only
# ABSTRACT_KILLS, ABSTRACT_ARTICLES    the same with abstracts
# The models must be there (`depeche models fetch`). A full disk needs a small file system, which only root can mount.
set -uo pipefail
depeche=$(realpath "${1:?which program? tests/soak.sh DEPECHE WORK}")
work=${2:?which folder to work in? tests/soak.sh DEPECHE WORK}
kills=${KILLS:-200} articles=${ARTICLES:-2000}
abstract_kills=${ABSTRACT_KILLS:-20} abstract_articles=${ABSTRACT_ARTICLES:-12}
gold=$(realpath "$(dirname "$0")/../corpus/gold")
failed=0
mkdir -p "$work" && cd "$work" || exit 2

# say ok|FAILED|skipped WORDS...
say() { printf '%-8s %s\n' "$1" "${*:2}"; [ "$1" != FAILED ] || failed=1; }

# articles_into FILE NUMBER: texts of the corpus again and again, each with a sentence of its own.
articles_into() {
    python3 - "$1" "$2" "$gold" <<'PY'
import itertools, json, pathlib, sys
path, number, gold = sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3])
lines = [line for name in ("train", "dev") for line in (gold / f"{name}.jsonl").open(encoding="utf-8")]
with open(path, "w", encoding="utf-8") as out:
    for at, line in zip(range(number), itertools.cycle(lines)):
        row = json.loads(line)
        text = f"{row['text'].rstrip()} C'est la dépêche numéro {at}."
        article = {"id": f"s{at:06}", "title": row.get("title"), "date": row.get("date"), "text": text}
        out.write(json.dumps(article, ensure_ascii=False) + "\n")
PY
}

now() { date +%s%N | cut -c1-13; }                  # milliseconds
ids() { sed -E 's/^\{"schema":1,"id":"([^"]*)".*/\1/' "$1"; }

# label INPUT OUTPUT FLAGS...
label() { "$depeche" -q label "$1" -o "$2" "${@:3}"; }

# compare NAME OUTPUT WHOLE KILLS DONE: bytes, ids lost and ids twice.
compare() {
    local lost twice
    lost=$(comm -23 <(ids "$3" | sort -u) <(ids "$2" | sort -u) | wc -l)
    twice=$(ids "$2" | sort | uniq -d | wc -l)
    local line="$1: $4 kills, $5 runs that came to their end, $lost ids lost, $twice twice"
    if cmp -s "$2" "$3" && [ ! -e "$2.journal" ]; then say ok "$line, bytes as of a run that nothing disturbed"
    else say FAILED "$line, other bytes than a run that nothing disturbed ($work/$2, $work/$3)"; fi
}

# killed NAME INPUT KILLS FLAGS...: kills runs until so many were killed; a run that ends is compared and begun anew.
killed() {
    local name=$1 input=$2 wanted=$3; shift 3
    local whole=$name.whole.jsonl out=$name.jsonl count=0 ended=0 began load span
    rm -f "$out" "$out".* "$whole" "$whole".*
    began=$(now)
    label "$input" "$whole" "$@" || { say FAILED "$name: the undisturbed run ended with status $?"; return; }
    span=$(($(now) - began))
    # What a run takes that has nothing to do: loading.
    began=$(now); label "$input" "$whole" "$@"; load=$(($(now) - began))
    # So long that all kills together come to about one run and a half.
    span=$((load + 3 * (span - load) / (wanted < 3 ? 3 : wanted) + 200))
    while [ "$count" -lt "$wanted" ]; do
        # The program itself, not a shell that runs it: that is what is to be killed.
        "$depeche" -q label "$input" -o "$out" "$@" & local run=$!
        local pause=$((RANDOM * 32768 + RANDOM)); pause=$((pause % span))
        sleep "$((pause / 1000)).$(printf %03d $((pause % 1000)))"
        if kill -9 "$run" 2>/dev/null; then count=$((count + 1)); fi
        wait "$run" 2>/dev/null
        if [ $? -eq 0 ]; then
            ended=$((ended + 1))
            cmp -s "$out" "$whole" || { compare "$name" "$out" "$whole" "$count" "$ended"; return; }
            rm -f "$out"
        fi
    done
    label "$input" "$out" "$@" || { say FAILED "$name: the last run ended with status $?"; return; }
    compare "$name" "$out" "$whole" "$count" "$((ended + 1))"
}

# full NAME WHOLE KIBIBYTES: a disk of that size, then one that is large enough.
full() {
    local name=$1 whole=$2 size=$3 disk status lines
    disk=$(mktemp -d disk.XXXXXX)
    if ! mount -t tmpfs -o "size=${size}k" depeche-soak "$disk" 2>/dev/null; then
        rmdir "$disk"; say skipped "$name: only root can mount a small file system"; return
    fi
    label topics.input.jsonl "$disk/out.jsonl" --only topics 2>"$name.stderr"; status=$?
    # Every line of the journal that is left is whole.
    [ -e "$disk/out.jsonl.journal" ] || : >"$disk/out.jsonl.journal"
    lines=$(wc -l <"$disk/out.jsonl.journal"); tail -c 1 "$disk/out.jsonl.journal" | grep -q . && lines=torn
    mount -o remount,size=$((size * 8))k "$disk"
    local again
    again=$(label topics.input.jsonl "$disk/out.jsonl" --only topics >/dev/null 2>&1; echo $?)
    local line="$name: status $status, $((lines - 1)) records safe, status $again with more room"
    if [ "$status" = 2 ] && [ "$again" = 0 ] && [ "$lines" != torn ] && cmp -s "$disk/out.jsonl" "$whole" \
        && grep -q "cannot write $disk/out.jsonl" "$name.stderr"; then say ok "$line"
    else say FAILED "$line: $(cat "$name.stderr")"; fi
    umount "$disk" && rmdir "$disk"
}

read_only() {
    local folder=closed status
    rm -rf "$folder" && mkdir "$folder" && chmod 555 "$folder"
    local mounted=
    if touch "$folder/probe" 2>/dev/null; then
        # Root may write there; not on a file system that is read-only.
        rm -f "$folder/probe"
        mount -t tmpfs -o ro depeche-soak "$folder" 2>/dev/null && mounted=yes
        if [ -z "$mounted" ]; then say skipped "read-only folder: this user may write anywhere"; return; fi
    fi
    label topics.input.jsonl "$folder/out.jsonl" --only topics 2>read-only.stderr; status=$?
    [ -z "$mounted" ] || umount "$folder"
    chmod 755 "$folder"
    if [ "$status" = 2 ] && grep -q "cannot write $folder/out.jsonl" read-only.stderr; then say ok "read-only folder: refused"
    else say FAILED "read-only folder: status $status: $(cat read-only.stderr)"; fi
}

articles_into topics.input.jsonl "$articles"
killed topics topics.input.jsonl "$kills" --only topics
if [ -s topics.whole.jsonl ]; then
    size=$(($(wc -c <topics.whole.jsonl) / 1024))
    full full-disk topics.whole.jsonl $((size / 2 + 8))
    # Room for the journal, not for the output beside it.
    full full-at-the-end topics.whole.jsonl $((size * 8 / 5 + 8))
fi
read_only
if [ "$abstract_kills" -gt 0 ]; then
    articles_into abstracts.input.jsonl "$abstract_articles"
    killed abstracts abstracts.input.jsonl "$abstract_kills"
fi
exit "$failed"
