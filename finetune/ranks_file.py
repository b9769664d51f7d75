"""The place of every label in every ranking, for whoever wants to count for themselves.

CSV, a line a label: sample, dialogue, label, new (1 or 0), and for each row of the table its place in
the whole ranking and in the one without named items ("ours all", "ours new"). JSON Lines: the same,
with places by row under "ranks". Empty, or null: the label has no place, because the catalogue does
not have it or because it was taken out; labels that are not new have none among the new.
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
    writer = csv.writer(text, lineterminator="\n")
    columns = [(name, part) for name in ledger.ranks for part in PARTS]
    writer.writerow(
        ["sample", "dialogue", "label", "new", *(f"{name} {part}" for name, part in columns)]
    )
    for label, ranks in labels_with_ranks(ledger):
        cells: list[Any] = [ranks[name].get(part) for name, part in columns]
        writer.writerow([label.sample, label.dialogue, label.label, int(label.new), *cells])
    return text.getvalue()


def _json_lines(ledger: Ledger) -> str:
    lines = ({**vars(label), "ranks": ranks} for label, ranks in labels_with_ranks(ledger))
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
