#!/usr/bin/env python3
"""Check an exported event log without the tracker: nothing but this page and Python's standard library.

    python3 verify_log.py LOG [CHECKPOINT …]

LOG is what `tracker log export LOG` wrote: one entry a line, each a JSON object. A CHECKPOINT is "12:" and 64 digits
(hexadecimal), as the tracker publishes it (/checkpoint.txt, /data, the feed, the downloads) or prints it (`tracker
verify --checkpoint`), or a file with such lines. Exit code 0: all is well. 1: something is wrong, and the first entry
that is wrong is named. 2: called wrongly.

How the chain is made. Each entry has a number `id`, counted from 1 without gaps; the content of the change;
`previous_hash`, the hash of the entry before it (64 zeros for the first); and `hash`. To get the hash: take the entry
without `hash` and `personal`; write it as JSON with keys sorted at every level, no spaces, and every character outside
ASCII as \\uXXXX; put the line "tracker event 1" and a line feed in front, 2 where the entry's `format` is 2; take
the SHA-256 of these bytes, as 64 small hexadecimal digits.

Names and e-mail addresses of staff are erased when they ask. So entries of format 2 have a commitment in their place:
HMAC-SHA-256 of the value under 32 random bytes. `personal` has salt and value, or else a later entry says "erased".

Where words were taken down, an entry keeps the hash of what it was. The later entry "took words down" has the hash of
what it is now, in `after` under `entries`: checked here. Who has the words puts them back and gets the first hash.

So whoever changes, removes, inserts or swaps entries has to make every later hash anew, and then they differ from any
checkpoint that somebody kept. What this cannot show: that what was entered was true, or that something never was.
"""

import hashlib
import hmac
import json
import sys
from datetime import datetime, timedelta
from pathlib import Path

GENESIS = "0" * 64
DIGITS = set("0123456789abcdef")
CLOCK_MAY_DIFFER = timedelta(minutes=1)  # people's changes can wait for one another; then the order is the log's
write = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode


class Wrong(Exception):
    """The log is not what it claims to be."""


def read_checkpoints(given):
    """Answer the (number, hash) pairs of a file or of one argument."""
    path = Path(given)
    for text in path.read_text(encoding="ascii").split() if path.is_file() else [given]:
        number, colon, kept = text.partition(":")
        if not colon or not number.isdecimal() or len(kept) != len(GENESIS) or not set(kept) <= DIGITS:
            raise ValueError(f"“{text}” is neither a file nor a checkpoint")
        yield int(number), kept


def read_replaced(lines):
    """Answer, by number, the hashes of what entries are now from which a later one took words; raise Wrong."""
    try:
        later = [json.loads(line) for line in lines if '"action":"took words down"' in line]
        return {int(of): made for it in later for of, made in it["after"]["entries"].items() if int(of) < it["id"]}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Wrong("An entry that says which words were taken down cannot be read.") from None


def verify(lines, checkpoints, replaced):
    """Answer how many entries there are, the last hash, and remarks; raise Wrong."""
    number, head, latest, unsaid = 0, GENESIS, None, {}
    heads = dict.fromkeys((number for number, _ in checkpoints), "") | {0: GENESIS}
    remarks = [f"From {len(replaced)} entries words were taken down; later ones say why."] if replaced else []
    for number, line in enumerate(lines, 1):
        try:
            entry, head, at = check(number, line.rstrip("\n"), head, replaced)
            open_commitments(number, entry, unsaid)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise Wrong(f"Line {number} cannot be read as an entry.") from None
        if number in heads:
            heads[number] = head
        if latest and at < latest - CLOCK_MAY_DIFFER:
            remarks.append(f"Entry {number} is dated before the one ahead of it: the clock had been moved.")
        latest = at
    for named, digits in sorted(checkpoints):
        if not heads[named]:
            raise Wrong(f"Entry {named} is missing, and a checkpoint names it: the end of the log was cut off.")
        if heads[named] != digits:
            raise Wrong(f"Entry {named} is not the one that a checkpoint names: the log was rewritten.")
    if unsaid:
        person = min(unsaid)
        raise Wrong(f"Entry {unsaid[person]} lacks a detail of person {person}, whom no later entry erased.")
    return number, head, remarks


def check(number, line, previous, replaced):
    """Answer an entry, its hash and its moment; raise Wrong unless it is the next of the chain."""
    entry = json.loads(line)
    hashed = {name: entry[name] for name in entry if name not in {"hash", "personal"}}
    form = {None: 1, 2: 2}[entry.get("format")]
    if entry["id"] != number:
        raise Wrong(f"Entry {number} is missing; entry {entry['id']} stands in its place.")
    if write(entry) != line:
        raise Wrong(f"Line {number} is not written as the tracker writes it, so it might be read in two ways.")
    if entry["previous_hash"] != previous:
        raise Wrong(f"Entry {number} does not follow from the entry before it.")
    text = f"tracker event {form}\n{write(hashed)}"
    if hashlib.sha256(text.encode("ascii")).hexdigest() != replaced.get(number, entry["hash"]):
        raise Wrong(f"Entry {number} was changed after it was written.")
    return entry, entry["hash"], datetime.fromisoformat(entry["at"])


def open_commitments(number, entry, unsaid):
    """Note the people of whom a detail is not said; raise Wrong unless what is said is what was committed to."""
    personal, made = entry.get("personal", {}), []
    if "format" in entry and entry["actor_id"] is not None:
        made.append((entry["actor_name"], entry["actor_id"]))
    if "format" in entry and entry["subject"] == "person":
        sides = [entry["before"] or {}, entry["after"] or {}]
        values = [side[name] for side in sides for name in ("name", "email") if name in side]
        made += [(value, entry["subject_id"]) for value in [entry["subject_name"], *values]]
    for commitment, (salt, value) in personal.items():
        found = hmac.new(bytes.fromhex(salt), value.encode(), hashlib.sha256).hexdigest()
        if found != commitment or len(salt) != len(GENESIS) or commitment not in dict(made):
            raise Wrong(f"Entry {number} names a person otherwise than when it was written.")
    for person in (person for commitment, person in made if commitment not in personal):
        unsaid.setdefault(person, number)
    if (entry.get("subject"), entry.get("action")) == ("person", "erased"):
        unsaid.pop(entry["subject_id"], None)


def main(arguments):
    """Check the log that is named first against the checkpoints that are named after it."""
    if not arguments or arguments[0] in {"-h", "--help"}:
        print(__doc__)
        return 0 if arguments else 2
    try:
        checkpoints = [pair for given in arguments[1:] for pair in read_checkpoints(given)]
        with Path(arguments[0]).open(encoding="ascii") as log:
            replaced = read_replaced(log)
            log.seek(0)
            number, head, remarks = verify(log, checkpoints, replaced)
    except Wrong as wrong:
        print(f"WRONG: {wrong}")
        return 1
    except (OSError, ValueError) as error:
        print(f"This cannot be read: {error}", file=sys.stderr)
        return 2
    holds = f"Checkpoints that it holds: {len(checkpoints)}. It ends with:"
    print(*remarks, f"The log is whole: {number} entries. {holds}", f"{number}:{head}", sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
