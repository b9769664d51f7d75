"""Measuring recommendation on samples: the rank of each label among all items of the catalogue.

Twice: `all` counts labels that were already named; `new` drops them and takes named items out of
the ranking, which is the headline. Floors stand in the same table, from the same run, with the
paired difference of `ours` to each.

Every ranking covers the whole catalogue: what it has an order for, as far as that goes, and then the
rest, the most popular first. A label that the catalogue does not have is a miss in every row, and
counted as `unknown_labels`.

What was named comes from the samples' file (gold links), or from our own linker on the raw text. With
the latter, seeds, the scorer's prompt, the echo and what is taken out of the ranking are what our
linker found, and nothing else; which labels are new stays with the file, so that both are counted over
the same labels. A new label that our linker takes for named is out of the ranking: a miss, as it would
be for a visitor.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from finetune import list_quality
from finetune.linking import Linker
from finetune.places import PARTS, Ledger
from finetune.rankings import FLOORS, RULED
from finetune.rankings import Ours as Ours
from finetune.samples import Sample, SamplesError
from finetune.stages import ARMS, RULES, stage_orders, stage_table, stages_absent
from retrieval.encoder import Progress
from retrieval.find import Retriever


@dataclass(frozen=True)
class Evaluation:
    """The figures (JSON, see docs/evaluating.md), and the place of every label in every row."""

    figures: dict[str, Any]
    ledger: Ledger


@dataclass
class _Links:
    """How far two linkers agree, in items of samples."""

    gold: int = 0
    own: int = 0
    both: int = 0
    labels_removed: int = 0

    def add(self, sample: Sample, named: Sequence[str]) -> None:
        gold, own = set(sample.mentioned), set(named)
        self.gold += len(gold)
        self.own += len(own)
        self.both += len(gold & own)
        self.labels_removed += sum(label in own - gold for label in sample.labels)


@dataclass
class _Run:
    """What is collected over the samples."""

    rows: Ledger
    staged: Ledger
    lists: list[list[str]] = field(default_factory=list)
    brought: set[str] = field(default_factory=set)
    links: _Links = field(default_factory=_Links)


def evaluate(
    samples: Sequence[Sample], measured: Ours, progress: Progress | None = None
) -> dict[str, Any]:
    """The figures of `ours` and the floors with gold links; see `measure`."""
    return measure(samples, measured, progress).figures


def measure(
    samples: Sequence[Sample],
    measured: Ours,
    progress: Progress | None = None,
    linker: Linker | None = None,
    stages: bool = False,
) -> Evaluation:
    """Measure `ours` and the floors, with our own links of titles if a linker is given, and every arm
    and stage if asked to. The same samples and models give the same figures.

    Raises SamplesError where no label can be found, because there is none or because none of them is
    in the catalogue.
    """
    retriever = measured.retriever
    _check(samples, retriever)
    row, popularity = retriever.columns.row, retriever.popularity
    run = _Run(Ledger.of(row, popularity), Ledger.of(row, popularity))
    for done, sample in enumerate(samples, 1):
        heard = sample
        if linker is not None:
            heard = sample.model_copy(update={"mentioned": linker(sample)})
            run.links.add(sample, heard.mentioned)
        answer = measured.answer(heard)
        orders = measured.rankings(heard, answer)
        run.rows.add(sample, heard.mentioned, orders, measured.hidden)
        run.lists.append(measured.shown(heard, answer))
        if stages:
            steps = stage_orders(heard, answer, measured)
            run.brought |= {arm for arm in ARMS if steps[f"{arm} alone"]}
            run.staged.add(sample, heard.mentioned, steps, {RULES: measured.rules.hidden})
        if progress:
            progress("evaluating", done, len(samples))
    return Evaluation(_figures(samples, measured, run, linker is not None, stages), run.rows)


def _check(samples: Sequence[Sample], retriever: Retriever) -> None:
    labels = [label for sample in samples for label in sample.labels]
    if not labels:
        raise SamplesError(f"None of the {len(samples)} samples has a label to find.")
    if not any(label in retriever.columns.row for label in labels):
        raise SamplesError(
            f"None of the {len(labels)} labels is an id of the catalogue {retriever.catalogue.name!r} "
            f"({labels[0]!r}, for one); are the samples about another catalogue?"
        )


def _figures(
    samples: Sequence[Sample], measured: Ours, run: _Run, own: bool, stages: bool
) -> dict[str, Any]:
    ledger, links = run.rows, run.links
    lists = _lists(run.lists, measured.retriever)
    absent = measured.absent
    if lists["novelty"] is None:
        absent["novelty"] = "the catalogue does not say how often its items were chosen"
    found: dict[str, Any] = {
        "samples": len(samples),
        "labels": {part: len(ledger.groups(part)) for part in PARTS},
        "unknown_labels": sum(label.label not in ledger.row for label in ledger.labels),
        "linker": {"by": "own", **vars(links)} if own else {"by": "gold"},
        "rows": {name: ledger.table(name) for name in ledger.ranks},
        "differences": {
            name: ledger.ahead("ours", name) for name in FLOORS if name in ledger.ranks
        },
        "lists": lists,
    }
    if RULED in ledger.ranks:
        effect = ledger.ahead(RULED, "ours", ["recall@10"])
        found["owner_rules"] = {"recall@10": {part: effect[part]["recall@10"] for part in effect}}
    if stages:
        found["stages"] = stage_table(run.staged, sorted(run.brought))
        absent = absent | stages_absent(measured, sorted(run.brought))
    return found | {"absent": absent}


def _lists(lists: Sequence[Sequence[str]], retriever: Retriever) -> dict[str, Any]:
    """The quality of the lists that were shown; None for what the catalogue cannot tell."""
    rows = [[retriever.columns.row[id] for id in shown] for shown in lists]
    counts = list_quality.exposures(rows, len(retriever.columns.ids))
    counted = bool(retriever.catalogue.schema.popularity) or retriever.colikes is not None
    novelty = list_quality.novelty(rows, retriever.popularity) if counted else None
    figures = {
        "coverage": list_quality.coverage(counts),
        "entropy": list_quality.entropy(counts),
        "gini": list_quality.gini(counts),
        "simpson": list_quality.simpson(counts),
        "intra_list_distance": list_quality.intra_list_distance(
            [retriever.index.vectors(list(shown)) for shown in lists if shown]
        ),
        "novelty": novelty,
    }
    rounded = {name: None if x is None else round(x, 6) for name, x in figures.items()}
    return {**rounded, "lists": len(lists), "shown": int(counts.sum())}
