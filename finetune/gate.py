"""The gate: what a release is measured by before visitors get it, against what is live.

Both rank the same held-out conversations, which neither has learned from. A release passes that is better
with the interval above zero, worse in no slice by more than a bound, shows no item more than so many
times as often (or as rarely), and keeps every promise to simulated visitors with limits. Each check is a row
with its figure and its bound; what there is too little of to judge is said, and does not fail.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chatbot.language import language_of
from chatbot.parts import Parts
from finetune.metrics import bootstrap, gains, summarise
from finetune.places import Ledger
from finetune.rankings import ours_of
from finetune.samples import Message, Sample
from finetune.seeking import seek
from finetune.settings import ReleaseSettings
from retrieval.encoder import Progress

HEAD = 0.2
"""The share of a catalogue that is not its tail: the most popular fifth."""
PROBES = 40
"""The words of the catalogue that most items carry, each asked for once."""
FEW = 2
"""Lists that an item may stand in before it counts as shown at all, however few lists there are."""


@dataclass(frozen=True)
class Check:
    """One row of the gate. `passed` is None where there is too little to judge by."""

    name: str
    told: str
    figure: float | None
    bound: float | None
    passed: bool | None


@dataclass(frozen=True)
class Measured:
    """All that was measured of a release."""

    checks: list[Check]
    figures: dict[str, Any]

    @property
    def passed(self) -> bool:
        """Whether nothing failed."""
        return all(check.passed is not False for check in self.checks)


@dataclass(frozen=True)
class _Lists:
    """The lists that both sides show, as ids, and the places that both give to what was taken."""

    ledger: Ledger
    held: dict[str, list[list[str]]]
    probes: dict[str, list[list[str]]]


def measure(
    held: Sequence[Sample],
    learned: Sequence[Sample],
    new: Parts,
    live: Parts,
    settings: ReleaseSettings,
    progress: Progress | None = None,
) -> Measured:
    """Measure `new` against `live` on held-out samples; `learned` are those that `new` learned from."""
    held = [s for s in held if any(label in new.lexicon.items for label in s.labels)]
    lists = _rank_both(held, new, live, progress)
    checks, figures = better(lists.ledger, held, settings)
    if lists.ledger.labels:
        checks += slices(lists.ledger, held, learned, new, settings)
    for name, shown in (("held-out conversations", lists.held), ("probes", lists.probes)):
        if shown["new"]:
            checks.append(exposure(name, shown["live"], shown["new"], new, settings))
    checks.append(promises(new, settings, progress))
    return Measured(checks, figures)


def _rank_both(
    held: Sequence[Sample], new: Parts, live: Parts, progress: Progress | None
) -> _Lists:
    sides = {"live": ours_of(live), "new": ours_of(new)}
    retriever = new.retriever
    found = _Lists(
        Ledger.of(retriever.columns.row, retriever.popularity),
        {side: [] for side in sides},
        {side: [] for side in sides},
    )
    asked = probes(new)
    for done, sample in enumerate([*held, *asked], 1):
        answers = {side: ours.answer(sample) for side, ours in sides.items()}
        into = found.held if done <= len(held) else found.probes
        for side, ours in sides.items():
            into[side].append(ours.shown(sample, answers[side]))
        if done <= len(held):
            orders = {s: [r.candidate.item.id for r in a.ranked] for s, a in answers.items()}
            found.ledger.add(sample, sample.mentioned, orders, {})
        if progress:
            progress("comparing with what is live", done, len(held) + len(asked))
    return found


def probes(parts: Parts) -> list[Sample]:
    """What anybody may ask: anything at all, and each of the words that most items carry."""
    columns, schema = parts.retriever.columns, parts.lexicon.schema
    counts: Counter[str] = Counter()
    for facet in schema.named("facet"):
        for value, rows in columns.vocabulary(facet).items():
            counts[value] = max(counts[value], len(rows))
    common = sorted(counts, key=lambda value: (-counts[value], value))[:PROBES]
    said = ["surprise me", *(f"something {value}" for value in common)]
    return [
        Sample(
            id=f"probe {n}",
            context=(Message(role="user", text=text),),
            mentioned=(),
            labels=(),
        )
        for n, text in enumerate(said)
    ]


def better(
    ledger: Ledger, held: Sequence[Sample], settings: ReleaseSettings
) -> tuple[list[Check], dict[str, Any]]:
    """Whether "new" ranks what was taken higher than "live", by the interval, and the figures of both."""
    groups, dialogues = ledger.groups("new"), len({s.group for s in held})
    enough = Check(
        "enough held-out conversations",
        f"{dialogues} with something taken, at least {settings.least_dialogues}",
        dialogues,
        settings.least_dialogues,
        dialogues >= settings.least_dialogues,
    )
    if not groups:
        return [enough], {}
    name = settings.measure
    figures = {
        side: {k: asdict(v) for k, v in summarise(ledger.ranks[side]["new"], groups).items()}
        for side in ("live", "new")
    }
    gain = bootstrap(_gain(ledger, name), groups)
    told = f"{name} {figures['live'][name]['value']:.4f} -> {figures['new'][name]['value']:.4f}, {_interval(gain.value, gain.low, gain.high)}"
    better = Check("better than what is live", f"{told}, the interval above 0", gain.value, 0.0, gain.low > 0)  # fmt: skip
    return [enough, better], {**figures, "gain": asdict(gain)}


def _gain(ledger: Ledger, measure: str) -> NDArray[np.float64]:
    new, live = (gains(np.asarray(ledger.ranks[side]["new"])) for side in ("new", "live"))
    return new[measure] - live[measure]


def _interval(value: float, low: float, high: float) -> str:
    return f"{value:+.4f} [{low:+.4f}, {high:+.4f}]"


def slices(
    ledger: Ledger,
    held: Sequence[Sample],
    learned: Sequence[Sample],
    new: Parts,
    settings: ReleaseSettings,
) -> list[Check]:
    """Whether some part of what was taken is ranked lower than before."""
    labels = [label for label in ledger.labels if label.new]
    sample = {s.id: s for s in held}
    known = {label for s in learned for label in s.labels}
    order = np.argsort(-new.retriever.popularity, kind="stable")
    ids = new.retriever.columns.ids
    head = {ids[row] for row in order[: int(HEAD * len(ids))]}
    of = {
        "tail of popularity": [label.label not in head for label in labels],
        "cold items": [label.label not in known for label in labels],
    }
    for scene in sorted({s.scene for s in held}):
        title = f"scene {scene}" if scene else "scene: one catalogue"
        of[title] = [sample[label.sample].scene == scene for label in labels]
    spoken = {s.id: _language(s) for s in held}
    for language in sorted(set(spoken.values())):
        of[f"language {language}"] = [spoken[label.sample] == language for label in labels]
    gain, found = _gain(ledger, settings.measure), []
    for name, which in of.items():
        groups = [label.dialogue for label, is_in in zip(labels, which, strict=True) if is_in]
        found.append(_slice(name, gain[np.array(which, dtype=np.bool_)], groups, settings))
    return found


def _slice(
    name: str, gain: NDArray[np.float64], groups: Sequence[str], settings: ReleaseSettings
) -> Check:
    dialogues = len(set(groups))
    if dialogues < settings.least_dialogues:
        told = f"{dialogues} conversations, too few to judge"
        return Check(name, told, None, -settings.slice_bound, None)
    change = bootstrap(gain, groups)
    told = f"{_interval(change.value, change.low, change.high)}, at least -{settings.slice_bound}"
    return Check(name, told, change.value, -settings.slice_bound, change.value >= -settings.slice_bound)  # fmt: skip


def _language(sample: Sample) -> str:
    said = [m.text for m in sample.context if m.role == "user"]
    return language_of(said[-1] if said else "") or "other"


def exposure(
    where: str,
    live: Sequence[Sequence[str]],
    new: Sequence[Sequence[str]],
    parts: Parts,
    settings: ReleaseSettings,
) -> Check:
    """The item whose share of the lists changed by most, up or down; rare items by what is above the
    floor."""
    counts = [Counter(id for shown in side for id in shown) for side in (live, new)]
    floor = max(settings.exposure_floor * len(new), FEW)
    changes = {
        id: max(counts[1][id], floor) / max(counts[0][id], floor)
        for id in counts[0].keys() | counts[1].keys()
    }
    if not changes:
        return Check(f"exposure, {where}", "nothing was shown", None, settings.exposure_times, None)  # fmt: skip
    worst = max(sorted(changes), key=lambda id: max(changes[id], 1 / changes[id]))
    times = max(changes[worst], 1 / changes[worst])
    told = (
        f"{parts.lexicon.items[worst].label()} in {counts[0][worst]} -> {counts[1][worst]} of {len(new)} lists "
        f"({times:.1f} times, counted from {floor:.1f} up), at most {settings.exposure_times:g} times"
    )
    return Check(f"exposure, {where}", told, round(times, 3), settings.exposure_times, times <= settings.exposure_times)  # fmt: skip


def promises(parts: Parts, settings: ReleaseSettings, progress: Progress | None = None) -> Check:
    """Whether simulated visitors are shown anything that they ruled out, or twice."""
    shown = broken = 0
    for n in range(settings.seekers):
        talk = seek(parts, "full", n)
        shown += talk.shown
        broken += talk.against_profile + talk.repeated
        if progress:
            progress("promises to simulated visitors", n + 1, settings.seekers)
    kept = 1 - broken / max(shown, 1)
    told = (
        f"{kept:.3f} of {shown} items shown to {settings.seekers} simulated visitors, all of them"
    )
    return Check("promises kept", told, kept, 1.0, broken == 0 and shown > 0)


def table(checks: Sequence[Check]) -> str:
    """The gate for a terminal, a row a check."""
    signs = {True: "pass", False: "FAIL", None: "-"}
    wide = max(len(check.name) for check in checks)
    return "\n".join(f"{signs[c.passed]:<5} {c.name:<{wide}}  {c.told}" for c in checks)
