"""Simulated talk: it gives no title away, is the same for the same seed, goes on where it was stopped, and
teaches what it is made of."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chatbot.lexicon import Lexicon
from chatbot.parts import Parts
from finetune.arms import fitted_blend
from finetune.asked import Listener
from finetune.folds import FOLDS
from finetune.pairs import lessons_of
from finetune.samples import Sample
from finetune.secret import Secret, folded_words
from finetune.simulated import PLAN, SAMPLES, UNFINISHED, Plan, simulated
from finetune.talks import Simulation
from finetune.tastes import Manner, Tastes, places
from retrieval.errors import TastemakerError
from retrieval.find import Query
from retrieval.learned import UNTAUGHT, Learned
from retrieval.text import singular
from tests.conftest import make_retriever

KINDS = ("drama", "comedy", "horror", "western")
WORDS = ("amber", "birch", "cedar", "dusk", "ember", "frost", "grove", "hazel", "iris", "jade")
ROWS: list[dict[str, Any]] = [
    {"id": f"i{n}", "title": f"{word} tale {n}", "genres": [KINDS[n % 4]], "popularity": 40 - n % 7}
    for n, word in enumerate(WORDS * 8)
]
MANNER = Manner()


def simulation(parts: Parts, seed: int = 0) -> Simulation:
    return Simulation(parts.retriever, parts.lexicon, MANNER, seed)


def test_no_title_is_told_before_it_is_suggested(parts: Parts) -> None:
    titles = [item.title for item in parts.lexicon.items.values()]
    made = simulation(parts)
    suggested = 0
    for n in range(150):
        for sample in made.talk(n):
            for label in sample.labels:
                assert label not in sample.mentioned
                secret = Secret(parts.lexicon.items[label], titles)
                words: set[str] = set()
                for message in sample.context:
                    assert not secret.is_told_by(message.text, words), (label, sample.context)
                    words |= {singular(w) for w in folded_words(message.text)}
                suggested += 1
    assert suggested > 300


def test_titles_that_tell_each_other_are_not_suggested_together(tmp_path: Path) -> None:
    rows = [{"id": f"i{n}", "title": f"Dune {'again ' * n}", "genres": ["sand"]} for n in range(12)]
    retriever = make_retriever(tmp_path, rows)
    made = Simulation(retriever, Lexicon(retriever.catalogue), MANNER, 0)
    samples = [s for n in range(30) for s in made.talk(n)]
    assert samples
    for sample in samples:  # a longer title would tell a shorter one
        assert len(sample.labels) == 1
        assert all(int(id[1:]) < int(sample.labels[0][1:]) for id in sample.mentioned)


def test_what_is_named_is_told_by_name_and_is_listed(parts: Parts) -> None:
    made = simulation(parts)
    samples = [s for n in range(60) for s in made.talk(n)]
    named = [s for s in samples if s.mentioned]
    assert len(named) > 60
    for sample in named:
        said = " ".join(m.text for m in sample.context)
        assert all(parts.lexicon.items[id].title in said for id in sample.mentioned)
    assert {m.role for s in samples for m in s.context} == {"user", "assistant"}
    assert all(s.context[-1].role == "user" for s in samples)


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(
    parts: Parts, tmp_path: Path
) -> None:
    def made(name: str, seed: int) -> bytes:
        plan = Plan("films", "hash", 20, seed, MANNER)
        simulated(tmp_path / name, plan, simulation(parts, seed).talk)
        assert sorted(p.name for p in (tmp_path / name).iterdir()) == [PLAN, SAMPLES]
        return (tmp_path / name / SAMPLES).read_bytes()

    assert made("one", 0) == made("two", 0) != made("three", 1)


def test_a_run_that_was_killed_goes_on_and_ends_with_the_same_bytes(
    parts: Parts, tmp_path: Path
) -> None:
    class Killed(Exception):
        pass

    made, talked = simulation(parts), []

    def talk(n: int) -> list[Sample]:
        talked.append(n)
        if len(talked) == 8:
            raise Killed
        return made.talk(n)

    plan = Plan("films", "hash", 20, 0, MANNER)
    whole = simulated(tmp_path / "whole", plan, made.talk)
    killed = tmp_path / "killed"
    with pytest.raises(Killed):
        simulated(killed, plan, talk)
    with (killed / UNFINISHED).open("ab") as file:
        file.write(b'[{"id": "half a li')  # what a killed process leaves of the line it was at
    assert simulated(killed, plan, talk) == whole
    assert talked == [*range(8), *range(7, 20)]
    assert (killed / SAMPLES).read_bytes() == (tmp_path / "whole" / SAMPLES).read_bytes()
    assert simulated(killed, plan, talk) == whole  # read, not made again
    assert len(talked) == 21
    with pytest.raises(TastemakerError, match=r"another plan \(seed\)"):
        simulated(killed, Plan("films", "hash", 20, 1, MANNER), talk)


def test_a_catalogue_with_nothing_to_suggest_is_refused(tmp_path: Path) -> None:
    retriever = make_retriever(tmp_path / "c", [{"id": "it", "title": "You"}])
    made = Simulation(retriever, Lexicon(retriever.catalogue), MANNER, 0)
    with pytest.raises(TastemakerError, match="too few items"):
        simulated(tmp_path / "out", Plan("c", "", 3, 0, MANNER), lambda n: made.talk(n)[:0])


def test_weights_fitted_on_simulated_talk_put_the_kind_that_is_meant_first(tmp_path: Path) -> None:
    """Items differ in nothing but their kind, so kind is all that there is to learn."""
    retriever = make_retriever(tmp_path, ROWS)
    lexicon = Lexicon(retriever.catalogue)
    manner = Manner(popularity=0.0, stray=0.05, ways=(0.0, 1.0, 0.0))
    made = Simulation(retriever, lexicon, manner, 0)
    samples = [s for n in range(120) for s in made.talk(n)]
    blend = fitted_blend(samples, retriever, Listener(lexicon), [UNTAUGHT] * FOLDS, "simulated")
    assert blend.weights["alike"] > 0
    assert blend.weights["wished"] > 0
    retriever.learned = Learned(blend=blend)
    for n in range(8):
        best = retriever.find(Query(seeds={f"i{n}": 1.0}))[:10]
        assert {c.item.fields["genres"][0] for c in best} == {KINDS[n % 4]}


def test_simulated_samples_are_lessons_for_the_encoder_too(tmp_path: Path) -> None:
    retriever = make_retriever(tmp_path, ROWS)
    made = Simulation(retriever, Lexicon(retriever.catalogue), MANNER, 0)
    samples = [s for n in range(80) for s in made.talk(n)]
    lessons = lessons_of(samples, retriever, 1, 0)
    assert len(lessons.learned) > 8 * len(lessons.held) / 2 > 0


def test_the_more_popular_comes_to_mind_more_often_only_where_choices_are_counted(
    tmp_path: Path,
) -> None:
    counted = Tastes(make_retriever(tmp_path / "counted", ROWS), MANNER)
    uncounted = [{k: v for k, v in row.items() if k != "popularity"} for row in ROWS]
    plain = Tastes(make_retriever(tmp_path / "plain", uncounted), MANNER)
    assert counted.known[0] / counted.known[6] == pytest.approx((41 / 35) ** 0.5)
    assert np.ptp(plain.known) == 0


def test_places_count_who_is_ahead_and_half_of_the_equals() -> None:
    assert places(np.array([3.0, 1.0, 1.0, 2.0])).tolist() == [0.0, 2.5, 2.5, 1.0]


def test_a_hidden_item_is_not_talked_about(parts: Parts) -> None:
    hidden = set(list(parts.lexicon.items)[:250])
    made = Simulation(parts.retriever, parts.lexicon, MANNER, 0, hidden)
    said = [s for n in range(30) for s in made.talk(n)]
    assert said
    assert not hidden & {id for s in said for id in (*s.labels, *s.mentioned)}
