"""What gives way to what: found, said once, in the visitor's own words, and true."""

from collections.abc import Callable

import hypothesis.strategies as st
import pytest
from hypothesis import given

from chatbot.conversation import Conversation
from chatbot.events import Finished, Understood
from chatbot.parts import Parts
from chatbot.profile import Edit, Preference, Profile, ProfileChange, Removal, apply
from chatbot.profile_text import resolved_text
from chatbot.resolved import resolved
from chatbot.respond import respond
from tests.conftest import last

Say = Callable[..., list[Finished]]


@pytest.mark.parametrize(
    ("before", "then", "said"),
    [
        ("no thrillers", "thrillers please", "“thrillers” replaces “no thrillers” from before."),
        ("thrillers please", "no thrillers", "“no thrillers” replaces “thrillers” from before."),
        ("no horror", "a horror film", "“horror” replaces “no horror” from before."),
        ("a romcom", "no romance", "“no romance” replaces part of “romcom” from before."),
        ("after 2000", "after 1990", "“after 1990” replaces “after 2000” from before."),
        ("from the 80s", "from the 70s", "“from the 70s” replaces “from the 80s” from before."),
        ("from the 80s", "before 1985", "“before 1985” replaces part of “from the 80s” from before."),
        ("a comedy, after 2000", "any year is fine", "The limit “after 2000” is lifted."),
        ("no horror", "actually horror is fine", "“no horror” taken off your profile."),
        ("I loved Heat", "I hated Heat", "Heat counts as not liked now, where you liked it before."),
        ("I hated Heat", "I loved Heat", "Heat counts as liked now, where you did not like it before."),
    ],
)  # fmt: skip
def test_the_reply_says_what_gave_way_once(say: Say, before: str, then: str, said: str) -> None:
    _, second, third = say(before, then, "more")
    assert second.reply.startswith(said)
    assert second.reply.count(said) == 1
    assert said not in third.reply


@pytest.mark.parametrize(
    ("before", "then"),
    [
        ("a comedy", "no horror"),
        ("after 2000", "after 2000"),
        ("after 2000", "before 2010"),
        ("no horror", "no horror"),
        ("no horror, a comedy", "start over"),
        ("no horror, a comedy", "undo"),
        ("I loved Heat", "I have seen Heat"),
        ("a comedy", "any year is fine"),
    ],
)
def test_nothing_is_announced_where_nothing_gave_way(say: Say, before: str, then: str) -> None:
    reply = say(before, then)[-1].reply
    assert not any(word in reply for word in ("replaces", "lifted", "taken off", "counts"))


def test_what_was_ruled_out_only_as_containing_a_value_comes_back_with_it(say: Say) -> None:
    """ "No horror" also kept out the tag "folk horror"; after "a horror film" the reply went on to
    speak of “no horror”, which nobody meant any longer."""
    _, finished = say("no horror", "a horror film")
    assert finished.conversation.profile.avoids == ()
    assert finished.reply.count("no horror") == 1


def test_what_is_left_of_a_phrase_is_no_longer_called_by_all_of_it(say: Say) -> None:
    wants = say("a romcom", "no romance")[-1].conversation.profile.wants
    assert [w.name for w in wants] == ["comedy"]


def test_the_rest_of_a_phrase_is_taken_off_under_its_own_name(say: Say) -> None:
    """ "No war" rules out many tags; of those left after one was taken off, each is its own whole."""
    first = say("no war")[-1].conversation.profile
    one, two = first.avoids[:2]
    drop = [ProfileChange(removals=(Removal("avoids", p.facet, p.value),)) for p in (one, two)]
    second = apply(first, drop[0])
    third = apply(second, drop[1])
    assert resolved_text(resolved(first, second, drop[0]), {}) == (
        "Part of “no war” taken off your profile."
    )
    assert resolved_text(resolved(second, third, drop[1]), {}) == (
        f"“no {two.value}” taken off your profile."
    )


def test_the_event_carries_what_gave_way_for_a_page_to_show(say: Say, parts: Parts) -> None:
    before = say("no thrillers")[-1].conversation
    understood = next(
        e for e in respond(before, "thrillers please", parts) if isinstance(e, Understood)
    )
    assert [(r.kind, r.old, r.new) for r in understood.resolved] == [
        ("replaced", "no thrillers", "thrillers")
    ]


def test_weaker_and_stronger_are_said_in_words(say: Say, parts: Parts) -> None:
    conversation = say("a comedy, no horror")[-1].conversation
    said = []
    for section, value, action in (
        ("avoids", "horror", "weaken"),
        ("avoids", "horror", "weaken"),
        ("avoids", "horror", "strengthen"),
        ("avoids", "horror", "strengthen"),
        ("wants", "comedy", "weaken"),
        ("wants", "comedy", "strengthen"),
        ("wants", "comedy", "strengthen"),
    ):
        entries = getattr(conversation.profile, section)
        edits = tuple(
            Edit(section, p.facet, p.value, action)  # type: ignore[arg-type]
            for p in entries
            if section == "avoids" or p.value == value
        )
        finished = last(respond(conversation, "(by hand)", parts, ProfileChange(edits=edits)))
        said.append(finished.reply.partition(".")[0])
        conversation = finished.conversation
    assert said == [
        "“no horror”: fewer of these from now on, no longer none",
        "“no horror”: slightly fewer of these from now on",
        "“no horror”: fewer of these from now on",
        "“no horror”: none of these from now on",
        "“comedy” counts a little from now on",
        "“comedy” counts as a plain wish from now on",
        "“comedy” counts very much from now on",
    ]


WISHES = st.lists(
    st.builds(
        Preference,
        st.just("genres"),
        st.sampled_from(("horror", "comedy", "war")),
        st.sampled_from((0.4, 0.8, 1.0)),
        st.sampled_from(("one", "other")),
        st.just(2),
    ),
    max_size=3,
).map(tuple)


@given(WISHES, WISHES, WISHES, WISHES)
def test_every_wish_that_is_overruled_is_named_and_none_that_stands_whole(
    wants: tuple[Preference, ...],
    avoids: tuple[Preference, ...],
    later: tuple[Preference, ...],
    ruled_out: tuple[Preference, ...],
) -> None:
    before = apply(Profile(), ProfileChange(wants=wants, avoids=avoids))
    change = ProfileChange(wants=later, avoids=ruled_out)
    after = apply(before, change)
    found = resolved(before, after, change)
    lost = {p for p in before.wants if p.key in {a.key for a in after.avoids}}
    lost |= {p for p in before.avoids if p.key not in {a.key for a in after.avoids}}
    assert {r.old for r in found} == {p.name for p in lost}
    assert bool(resolved_text(found, {})) == bool(lost)


def test_a_first_utterance_contradicts_nothing(say: Say) -> None:
    finished = say("a comedy, no horror, after 2000")[-1]
    assert resolved(Profile(), finished.conversation.profile, ProfileChange()) == []
    assert Conversation("c", "films").profile == Profile()
