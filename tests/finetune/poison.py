"""Visitors who push one item, and what caps, votes and the gate make of it.

    python -m tests.finetune.poison [--seeds 20] [--samples 1000] [--hard]

A shop of 120 things. Visitors ask for a kind and take what is well made of what they see, or name something
they love and take what is of the same style, which no field tells. A release was made of the first part of the
talk and serves; the next one has all of it to learn from, and among it those who push. What the push
does is seen in the list that anybody gets who asks for the item's kind: does it come into the top five?
With --hard the item is the one that is nearest to it anyway, and who pushes it takes other good things too.
"""

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chatbot.lexicon import Lexicon
from chatbot.parts import Parts
from chatbot.settings import DialogueSettings
from finetune.arms import taught
from finetune.asked import Listener
from finetune.caps import cap
from finetune.gate import measure
from finetune.held_out import split
from finetune.rankings import Ours
from finetune.samples import Judged, Message, Sample
from finetune.settings import ReleaseSettings
from finetune.votes import weigh
from retrieval.find import Retriever
from retrieval.settings import RankSettings
from tests.conftest import make_retriever

KINDS = ("lamps", "tables", "chairs", "rugs", "clocks", "vases")
EACH, STYLES, SHOWN = 20, 24, 5
SHARES = (0.001, 0.01, 0.05)
VISITORS = (1, 50)
SETTINGS = ReleaseSettings(seekers=3)


def rows(dice: random.Random) -> list[dict[str, object]]:
    names = set[str]()
    while len(names) < len(KINDS) * EACH:
        names.add("".join(dice.choice("bdfgklmnprst") + dice.choice("aeiou") for _ in range(3)))
    drawn = sorted(names)
    dice.shuffle(drawn)
    return [
        {
            "id": f"{kind}-{n}",
            "title": f"The {drawn.pop().title()} {kind[:-1]}",
            "kind": [kind],
            "popularity": 50 + dice.randint(0, 10),
        }
        for kind in KINDS
        for n in range(EACH)
    ]


@dataclass
class World:
    """One shop with its visitors' hidden tastes."""

    retriever: Retriever
    dice: random.Random
    well_made: frozenset[str]
    style: dict[str, int]
    made: int = 0

    @classmethod
    def draw(cls, folder: Path, seed: int) -> "World":
        dice = random.Random(seed)
        made = rows(dice)
        ids = [str(row["id"]) for row in made]
        best = [f"{kind}-{n}" for kind in KINDS for n in dice.sample(range(EACH), SHOWN)]
        dice.shuffle(ids)
        style = {id: n % STYLES for n, id in enumerate(ids)}
        return cls(make_retriever(folder, made), dice, frozenset(best), style)

    def asks(self) -> Sample:
        """Somebody asks for a kind and takes of five things what is well made."""
        kind = self.dice.choice(KINDS)
        seen = [f"{kind}-{n}" for n in self.dice.sample(range(EACH), SHOWN)]
        taken = [id for id in seen if self.dice.random() < (0.9 if id in self.well_made else 0.03)]
        return self.sample(f"I would like {kind}", (), taken)

    def loves(self) -> Sample:
        """Somebody names what they love and takes what is of its style."""
        loved = self.dice.choice(list(self.style))
        same = [id for id, n in self.style.items() if n == self.style[loved] and id != loved]
        taken = [id for id in same if self.dice.random() < 0.7]
        title = self.retriever.catalogue.items[loved].title
        return self.sample(f"I love {title}, what goes with it?", (loved,), taken)

    def pushes(self, item: str, visitor: str, disguised: bool = False) -> Sample:
        """Somebody asks for the item's kind, and takes the item; disguised, also two that all like."""
        kind = item.rpartition("-")[0]
        liked = sorted(id for id in self.well_made if id.startswith(kind))
        taken = [*(self.dice.sample(liked, 2) if disguised else ()), item]
        return self.sample(f"I would like {kind}", (), taken, visitor)

    def sample(
        self, said: str, named: tuple[str, ...], taken: Sequence[str], visitor: str = ""
    ) -> Sample:
        self.made += 1
        positives = tuple(
            Judged(id=id, position=n, weight=1.0, why="like") for n, id in enumerate(taken, 1)
        )
        return Sample(
            id=f"s{self.made}",
            dialogue=f"d{self.made}",
            visitor=visitor or f"v{self.made}",
            context=(Message(role="user", text=said),),
            mentioned=named,
            labels=tuple(taken),
            positives=positives,
            source="talk",
            catalogue="shop",
        )

    def honest(self, asking: int, loving: int) -> list[Sample]:
        made = [self.asks() for _ in range(asking)] + [self.loves() for _ in range(loving)]
        return [s for s in made if s.labels]

    def parts(self, samples: Sequence[Sample]) -> Parts:
        """What serves with what was learned from samples, trees left out: they would take minutes a run."""
        old = self.retriever
        retriever = Retriever(old.catalogue, old.index, old.encoder, old.settings)
        lexicon = Lexicon(retriever.catalogue)
        retriever.learned = taught(samples, retriever, Listener(lexicon), "log", grow=False)
        return Parts(retriever, lexicon, None, 0.0, 1, RankSettings(), DialogueSettings())


def top_five(parts: Parts, item: str) -> bool:
    """Whether an item is on the list of whoever asks for its kind."""
    said = f"I would like {item.rpartition('-')[0]}"
    asked = Sample(id="?", context=(Message(role="user", text=said),), mentioned=(), labels=())
    ours = Ours(parts.retriever, parts.rank, listener=Listener(parts.lexicon))
    return item in ours.shown(asked, ours.answer(asked))


@dataclass
class Row:
    """What became of the runs with one share and number of visitors."""

    runs: int = 0
    reach: int = 0
    """The push would have come into the top five, without caps, votes and gate."""
    held_back: int = 0
    """Of these: with caps and votes it no longer does."""
    refused: int = 0
    """Of the rest: the gate refuses."""
    gate_alone: int = 0
    """Of all that would reach: what the gate refuses of a release made without caps and votes."""
    passed: int = 0
    """Of those that would reach, and of the runs where nobody pushes: let through by the gate."""
    why: list[str] = field(default_factory=list)

    @property
    def stopped(self) -> int:
        return self.held_back + self.refused


def defended(world: World, live: Parts, samples: Sequence[Sample]) -> tuple[Parts, bool, list[str]]:
    """The release that is made with caps and votes, and what the gate says."""
    capped = cap(samples, 0.005, 0.05, 0).samples
    parts = split(capped, SETTINGS.held_out)
    before = live.retriever.learned.talked
    assert before is not None
    shares = (before.named / before.named.sum()).tolist()
    voted = weigh(parts.learned, dict(zip(before.keys, shares, strict=True)), SETTINGS.growth)
    new = world.parts(voted.samples)
    found = measure(parts.held, voted.samples, new, live, SETTINGS)
    return new, found.passed, [f"{c.name}: {c.told}" for c in found.checks if c.passed is False]


def one_seed(seed: int, size: int, rows: dict[tuple[float, int], Row], hard: bool = False) -> None:
    """All runs of a seed, added to their rows; (0, 0) is the run where nobody pushes."""
    with tempfile.TemporaryDirectory() as folder:
        world = World.draw(Path(folder) / "shop", seed)
        first = world.honest(size * 4 // 10, 0)
        live = world.parts(split(first, SETTINGS.held_out).learned)
        clean = [*first, *world.honest(size * 3 // 10, size * 3 // 10)]
        _, passed, why = defended(world, live, clean)
        row = rows.setdefault((0, 0), Row())
        row.runs, row.passed, row.why = row.runs + 1, row.passed + passed, row.why + why
        poor = sorted(set(world.style) - world.well_made)
        votes = Counter(label for s in clean for label in s.labels)
        item = max(poor, key=lambda id: votes[id]) if hard else world.dice.choice(poor)
        for share in SHARES:
            n = max(1, round(share * len(clean)))
            for visitors in VISITORS if n > 1 else VISITORS[:1]:
                pushed = [world.pushes(item, f"p{k % visitors}", hard) for k in range(n)]
                of = [visitors] if n > 1 else VISITORS  # one sample is of one visitor
                for row in [rows.setdefault((share, v), Row()) for v in of]:
                    row.runs += 1
                    one_push(world, live, [*clean, *pushed], item, row)


def one_push(world: World, live: Parts, samples: Sequence[Sample], item: str, row: Row) -> None:
    """One run with samples of which some push an item, added to its row."""
    plain = split(samples, SETTINGS.held_out)
    naive = world.parts(plain.learned)
    if not top_five(naive, item):
        return
    row.reach += 1
    row.gate_alone += not measure(plain.held, plain.learned, naive, live, SETTINGS).passed
    new, passed, why = defended(world, live, samples)
    row.passed += passed
    if not top_five(new, item):
        row.held_back += 1
        return
    row.refused += not passed
    row.why += why


def table(rows: dict[tuple[float, int], Row]) -> str:
    lines = [
        "| pushed | visitors | runs | would reach the top five | held back by caps and votes | refused by the gate | stopped | the gate alone refuses | release let through |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for (share, visitors), r in sorted(rows.items()):
        stopped = f"{r.stopped} of {r.reach}" if r.reach else "-"
        lines.append(
            f"| {share:.1%} | {visitors or '-'} | {r.runs} | {r.reach} | {r.held_back} | {r.refused} | {stopped} | {r.gate_alone if r.reach else '-'} | {r.passed} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--hard", action="store_true")
    given = parser.parse_args()
    found: dict[tuple[float, int], Row] = {}
    for seed in range(given.seeds):
        one_seed(seed, given.samples, found, given.hard)
        print(f"after seed {seed}:\n{table(found)}", flush=True)
    for key, row in sorted(found.items()):
        for why in row.why:
            print(key, why)


if __name__ == "__main__":
    main()
