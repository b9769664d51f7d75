"""What has to hold of every log: nothing unconsented, no visitor and no item too often."""

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings

from chatbot.conversation import REACTIONS
from chatbot.log import ConversationLog
from chatbot.logged import read_log
from chatbot.profile import ProfileChange
from finetune.caps import Capped, bound, cap
from finetune.from_log import Gathered, gather
from finetune.manifest import file_of
from tests.finetune.logs import Teller

IDS = st.sampled_from("abcde")
ACTS = st.lists(st.sampled_from(["inform", "request-more", "request-alternative", "accept", "restart"]), max_size=2)  # fmt: skip
STEP = st.one_of(
    st.tuples(st.just("say"), st.lists(IDS, min_size=1, max_size=5, unique=True), ACTS, st.lists(IDS, max_size=1),
              st.lists(IDS, max_size=1)),
    st.tuples(st.just("react"), IDS, st.sampled_from(REACTIONS)),
    st.tuples(st.just("agree"), st.sampled_from([True, True, True, False])),
)  # fmt: skip
met: Counter[str] = Counter()
TALKS = st.lists(st.lists(STEP, min_size=5, max_size=12), min_size=2, max_size=5)


def tell(home: Path, talks: list[list[Any]]) -> set[str]:
    """Write a log, and give the words that may be learned from. Every reply quotes all before it."""
    log = ConversationLog(home)
    may: set[str] = set()
    for n, steps in enumerate(talks):
        told = Teller.begin(log, f"v{n}")
        said: list[str] = []
        for step in [("agree", True), *steps] if n % 3 else steps:
            match step:
                case ("say", shown, acts, liked, disliked):
                    said.append(f"w{n}x{len(said)}y")
                    change = ProfileChange(
                        liked=tuple(liked), disliked=tuple(disliked), restart="restart" in acts
                    )
                    told.say(said[-1], shown, acts, change, about=[*liked, *disliked], reply=f"You said {' '.join(said)}")  # fmt: skip
                case ("react", id, reaction) if told.conversation.turns:
                    told.react(id, reaction)
                case ("agree", training):
                    told.consent(training)
        may |= {word for word, agreed in zip(said, told.agreed, strict=True) if agreed}
    return may


def made(home: Path, visitor: float = 0.3, item: float = 0.4) -> tuple[Gathered, Capped, bytes]:
    gathered = gather(read_log(home))
    capped = cap(gathered.samples, visitor, item, 7)
    return gathered, capped, file_of(capped.samples, True)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(TALKS)
def many(talks: list[list[Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        may = tell(home, talks)
        gathered, capped, data = made(home)
        met.update(samples=len(gathered.samples), dropped=capped.visitors.total())
        met.update(
            positives_dropped=capped.items.total(), withheld=gathered.lists["without consent"]
        )
        for sample in gathered.samples:
            words = {w for m in sample.context for w in m.text.split() if w.startswith("w")}
            assert words <= may
            assert sample.context[-1].text.endswith(f"x{int(sample.id.split('/')[-1]) - 1}y")
            judged = [j.id for j in (*sample.positives, *sample.negatives)]
            assert len(judged) == len(set(judged))
            assert sample.labels == tuple(p.id for p in sample.positives)
        assert len({s.id for s in gathered.samples}) == len(gathered.samples)
        assert made(home)[2] == data
        of_visitor = Counter(s.visitor for s in capped.samples)
        of_item = Counter(label for s in capped.samples for label in s.labels)
        for counts, share, most in (
            (of_visitor, 0.3, capped.most_of_visitor), (of_item, 0.4, capped.most_of_item),
        ):  # fmt: skip
            assert max(counts.values(), default=0) <= most or not counts
            assert all(n == 1 or n <= share * counts.total() + 1e-9 for n in counts.values())
        lost = len(gathered.samples) - len(capped.samples)
        assert lost == capped.visitors.total() + capped.emptied


def test_no_word_is_learned_from_that_nobody_agreed_to_and_bounds_hold() -> None:
    met.clear()
    many()
    assert met["samples"] > 100, met
    assert min(met["dropped"], met["positives_dropped"], met["withheld"]) >= 3, met


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=60), st.sampled_from([0.005, 0.05, 0.2, 1.0]))  # fmt: skip
def test_a_bound_is_the_largest_that_holds_of_what_is_left(counts: list[int], share: float) -> None:
    most = bound(counts, share)

    def holds(k: int) -> bool:
        return k <= max(1, share * sum(min(n, k) for n in counts) + 1e-9)

    assert most == max(k for k in range(1, max(counts) + 1) if holds(k) or k == 1)
