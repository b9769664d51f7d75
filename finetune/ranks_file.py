"""The place of every label in every ranking, for whoever wants to count for themselves.

CSV, a line a label: sample, dialogue, label, new (1 or 0), and for each row of the table its place in
the whole ranking and in the one without named items ("ours all", "ours new"). JSON Lines: the same,
with places by row under "ranks". Empty, or null: the label has no place, because the catalogue does
not have it or because it was taken out; labels that are not new have none among the new. In CSV an id that
a spreadsheet would run as a formula has a ' before it; in JSON Lines it stands as it is.
"""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from finetune.places import NOWHERE, PARTS, Label, Ledger
from retrieval.whole_file import write_whole

ENDINGS = (".csv", ".jsonl", ".csv.gz", ".jsonl.gz")

_FORMULA = frozenset("=+-@＝＋－＠|%")
_CONTROL = frozenset("\t\r\n\0")
_BLANKS = " \u00a0\u3000'\""

Ranks = dict[str, dict[str, int | None]]


def write_ranks(path: Path, ledger: Ledger) -> None:
    """Write the places; the ending of the name says in which form. Raises TastemakerError."""
    csv_asked = path.name.removesuffix(".gz").endswith(".csv")
    text = _csv(ledger) if csv_asked else _json_lines(ledger)
    write_whole(path, text.encode())


def labels_with_ranks(ledger: Ledger) -> Iterator[tuple[Label, Ranks]]:
    """Every label with its places by row and part, None where it has none."""
    new = 0
    for n, label in enumerate(ledger.labels):
        at = {"all": n, "new": new}
        parts = PARTS if label.new else ("all",)
        yield (
            label,
            {
                name: {part: _whole(ranks[part][at[part]]) for part in parts}
                for name, ranks in ledger.ranks.items()
            },
        )
        new += label.new


def _whole(place: float) -> int | None:
    return None if place == NOWHERE else int(place)


def _csv(ledger: Ledger) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    columns = [(name, part) for name in ledger.ranks for part in PARTS]
    heads = (f"{name} {part}" for name, part in columns)
    writer.writerow(map(no_formula, ["sample", "dialogue", "label", "new", *heads]))
    for label, ranks in labels_with_ranks(ledger):
        cells: list[Any] = [ranks[name].get(part) for name, part in columns]
        ids = map(no_formula, (label.sample, label.dialogue, label.label))
        writer.writerow([*ids, int(label.new), *cells])
    return text.getvalue()


def no_formula(text: str) -> str:
    """A text as a cell that no spreadsheet takes for a formula (OWASP, "CSV injection")."""
    return f"'{text}" if text.lstrip(_BLANKS)[:1] in _FORMULA or text[:1] in _CONTROL else text


def _json_lines(ledger: Ledger) -> str:
    lines = ({**vars(label), "ranks": ranks} for label, ranks in labels_with_ranks(ledger))
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
