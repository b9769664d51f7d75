"""Votes: one a visitor, no crowd that comes at once, and nothing lost where nobody pushes."""

from finetune.held_out import is_held_out, split
from finetune.samples import Message, Sample
from finetune.votes import weigh


def sample(visitor: str, label: str, dialogue: str = "", mentioned: tuple[str, ...] = ()) -> Sample:
    name = dialogue or visitor
    context = (Message(role="user", text="a lamp"),)
    return Sample(
        id=f"{name}/{label}",
        dialogue=name,
        visitor=visitor,
        context=context,
        mentioned=mentioned,
        labels=(label,),
    )


def test_a_visitor_speaks_for_an_item_once_in_however_many_conversations() -> None:
    samples = [sample("v", "a", f"d{n}") for n in range(9)] + [sample("w", "a"), sample("w", "b")]
    found = weigh(samples, None, 3.0)
    assert found.repeated == 8
    assert sorted(s.dialogue for s in found.samples) == ["d0", "w", "w"]


def test_a_crowd_that_comes_at_once_counts_as_much_as_an_item_does_on_average() -> None:
    known = [sample(f"v{n}", f"i{n % 20}") for n in range(200)]
    crowd = [sample(f"c{n}", "pushed") for n in range(50)]
    expected = {f"i{n}": 0.05 for n in range(20)}
    found = weigh([*known, *crowd], expected, 3.0)
    left = [s for s in found.samples if s.labels == ("pushed",)]
    assert len(left) == 11, "250 votes for 21 items"
    assert found.items == {"pushed": 39}
    assert len(found.samples) == 211, "nobody else lost a word"


def test_who_also_speaks_for_what_others_like_is_heard_first() -> None:
    known = [sample(f"v{n}", f"i{n % 10}") for n in range(60)]
    crowd = [sample(f"c{n}", "pushed") for n in range(40)]
    honest = [sample(f"h{n}", "pushed", mentioned=("i1",)) for n in range(5)]
    found = weigh([*crowd, *known, *honest], {f"i{n}": 0.1 for n in range(10)}, 3.0)
    left = {s.visitor for s in found.samples if s.labels == ("pushed",)}
    assert {f"h{n}" for n in range(5)} <= left
    assert len(left) < 20


def test_naming_an_item_in_the_talk_is_a_vote_too() -> None:
    known = [sample(f"v{n}", f"i{n % 20}") for n in range(200)]
    crowd = [sample(f"c{n}", "i1", mentioned=("pushed",)) for n in range(50)]
    found = weigh([*known, *crowd], {f"i{n}": 0.05 for n in range(20)}, 3.0)
    assert sum("pushed" in s.mentioned for s in found.samples) < 16


def test_held_out_visitors_are_the_same_in_every_run_and_whole() -> None:
    samples = [sample(f"v{n}", "a", f"d{n}-{k}") for n in range(400) for k in range(3)]
    one, two = split(samples, 0.2), split(samples[::-1], 0.2)
    held = {s.visitor for s in one.held}
    assert held == {s.visitor for s in two.held}
    assert not held & {s.visitor for s in one.learned}
    assert 50 < len(held) < 110
    assert not any(is_held_out(s, 0.2) for s in one.learned)
