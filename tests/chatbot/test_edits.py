"""Edits by hand: what flip, weaken, strengthen, confirm, dismiss and undo do, and what they never do."""

from collections.abc import Callable
from dataclasses import replace
from typing import get_args

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import TypeAdapter

from chatbot.conversation import Conversation
from chatbot.edits import ByHand
from chatbot.events import Finished
from chatbot.guesses import guesses_of
from chatbot.parts import Parts
from chatbot.profile import (
    EXCLUDES_FROM,
    SIMILAR,
    Edit,
    EditAction,
    EditedSection,
    Limit,
    Preference,
    Profile,
    ProfileChange,
    Removal,
    apply,
    level,
)
from chatbot.respond import respond
from retrieval.constraints import TEXT, permitted
from retrieval.errors import ProfileError
from tests.conftest import last
from ui.commands import entries

Say = Callable[..., list[Finished]]
FACETS = ("genres", "tags", TEXT, SIMILAR, "title")
VALUES = ("horror", "comedy", "war", "Heat")
LIMITS = (
    Limit("year", ">", 2000, "after 2000", 1),
    Limit("runtime", "<", 120, "under two hours", 2),
)
ADDRESSES = st.tuples(st.sampled_from(FACETS), st.sampled_from(VALUES))
STRENGTHS = st.sampled_from((0.2, 0.4, 0.5, 0.8, 1.0))


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    """Profiles as utterances leave them: no value is wanted and avoided, no item liked and disliked."""
    entries = draw(st.dictionaries(ADDRESSES, st.tuples(st.booleans(), STRENGTHS), max_size=8))
    made = {
        (facet, value, wanted): Preference(
            facet, value, strength, f"{'' if wanted else 'no '}{value}", draw(st.integers(1, 3))
        )
        for (facet, value), (wanted, strength) in entries.items()
    }
    items = draw(st.dictionaries(st.sampled_from("abc"), st.booleans()))
    return Profile(
        wants=tuple(p for (*_, wanted), p in made.items() if wanted),
        avoids=tuple(p for (*_, wanted), p in made.items() if not wanted),
        limits=LIMITS[: draw(st.integers(0, 2))],
        liked=tuple(id for id, liked in items.items() if liked),
        disliked=tuple(id for id, liked in items.items() if not liked),
    )


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    section = draw(st.sampled_from(get_args(EditedSection)))
    action = draw(st.sampled_from(get_args(EditAction)))
    facet, value = draw(ADDRESSES)
    if section in ("liked", "disliked"):
        facet, value = "", draw(st.sampled_from("abc"))
    return Edit(section, facet, value, action)


def bare(profile: Profile) -> Profile:
    """Without provenance and order: what it says, not where that came from."""

    def plain(entries: tuple[Preference, ...]) -> tuple[Preference, ...]:
        found = (replace(p, quote="", label="", by_hand=False, turn=0) for p in entries)
        return tuple(sorted(found, key=lambda p: (p.facet, p.value)))

    return replace(
        profile,
        wants=plain(profile.wants),
        avoids=plain(profile.avoids),
        liked=tuple(sorted(profile.liked)),
        disliked=tuple(sorted(profile.disliked)),
    )


def opposite(edit: Edit) -> Edit:
    other = {"wants": "avoids", "avoids": "wants", "liked": "disliked", "disliked": "liked"}
    return replace(edit, section=other[edit.section])  # type: ignore[arg-type]


@given(profiles(), st.lists(edits(), min_size=1, max_size=6))
def test_undo_takes_back_any_edit_exactly(profile: Profile, done: list[Edit]) -> None:
    conversation = Conversation("c", "films", profile=profile)
    for edit in done:
        after = conversation.changed(ProfileChange(edits=(edit,)))
        if after.profile != conversation.profile:
            assert after.changed(ProfileChange(undo=True)) == conversation
        conversation = after


@given(profiles(), edits())
def test_flipping_twice_changes_nothing_but_provenance(profile: Profile, edit: Edit) -> None:
    edit = replace(edit, action="flip")
    once = apply(profile, ProfileChange(edits=(edit,)))
    twice = apply(once, ProfileChange(edits=(opposite(edit),)))
    if once != profile:
        assert bare(twice) == bare(profile)
        assert bare(once) != bare(profile)
        quotes = sorted(p.quote for p in (*twice.wants, *twice.avoids))
        assert quotes == sorted(p.quote for p in (*profile.wants, *profile.avoids))


@given(profiles(), edits())
def test_an_edit_touches_its_own_entry_and_no_limit_but_its_own(
    profile: Profile, edit: Edit
) -> None:
    after = apply(profile, ProfileChange(edits=(edit,)))
    assert after.limits == profile.limits
    own = Preference(edit.facet, edit.value, 1.0, "", 0).key
    excluded = {a.key for a in profile.avoids if a.strength >= EXCLUDES_FROM}
    still = {a.key for a in after.avoids if a.strength >= EXCLUDES_FROM}
    assert excluded - still <= ({own} if edit.section == "avoids" else set())
    others = [p for p in (*profile.wants, *profile.avoids) if p.key != own]
    assert [p for p in (*after.wants, *after.avoids) if p.key != own] == others
    assert {p.key for p in after.wants}.isdisjoint(p.key for p in after.avoids)


@given(profiles(), edits())
def test_weaker_is_one_step_less_and_stronger_takes_it_back(profile: Profile, edit: Edit) -> None:
    if edit.section not in ("wants", "avoids"):
        return
    section = edit.section
    weaken, strengthen = (replace(edit, action=a) for a in ("weaken", "strengthen"))
    key = Preference(edit.facet, edit.value, 1.0, "", 0).key

    def entry(at: Profile) -> Preference | None:
        return next((p for p in getattr(at, section) if p.key == key), None)

    before = entry(profile)
    less = apply(profile, ProfileChange(edits=(weaken,)))
    after = entry(less)
    if before is None or less == profile:
        assert less == profile
        return
    assert after is not None
    assert after == replace(before, strength=after.strength)
    assert after.strength < before.strength
    assert level(section, after) == level(section, before) - 1
    more = entry(apply(less, ProfileChange(edits=(strengthen,))))
    assert more is not None
    assert level(section, more) == level(section, before)


def test_a_weakened_avoid_counts_against_and_no_longer_excludes(say: Say) -> None:
    profile = say("no horror")[-1].conversation.profile
    assert [c.op for c in profile.constraints] == ["!="] * len(profile.avoids)
    soft = tuple(Edit("avoids", a.facet, a.value, "weaken") for a in profile.avoids)
    after = apply(profile, ProfileChange(edits=soft))
    assert after.constraints == ()
    assert {a.quote for a in after.avoids} == {"no horror"}
    assert all(0 < a.strength < EXCLUDES_FROM for a in after.avoids)


def test_what_is_said_later_beats_what_was_done_by_hand(say: Say, parts: Parts) -> None:
    first = say("a comedy, no horror")[-1].conversation
    flip = ByHand(edits=(Edit("avoids", "genres", "horror", "flip"),))
    change = flip.on(first, parts.retriever, 2)
    flipped = last(respond(first, "(turn round)", parts, change)).conversation
    assert "horror" in {w.value for w in flipped.profile.wants}
    again = say("no horror", start=flipped)[-1].conversation
    assert "horror" not in {w.value for w in again.profile.wants}
    assert "horror" in {a.value for a in again.profile.avoids if a.strength >= EXCLUDES_FROM}


def test_no_card_quotes_words_that_nobody_said(say: Say, parts: Parts) -> None:
    first = say("no horror, under two hours")[-1].conversation
    flips = tuple(Edit("avoids", a.facet, a.value, "flip") for a in first.profile.avoids)
    finished = last(respond(first, "(turned)", parts, ProfileChange(edits=flips)))
    assert finished.cards
    for card in finished.cards:
        assert "no horror" not in card.reason
        assert "Has horror, which you set by hand." in card.reason
    assert "“horror” replaces “no horror” from before" in finished.reply


def test_a_confirmed_guess_is_an_ordinary_wish_that_says_where_it_came_from(
    say: Say, parts: Parts
) -> None:
    before = say("I loved Heat and The Godfather")[-1].conversation
    guess = guesses_of(before.profile, parts.retriever)[0]
    change = ByHand(confirm=((guess.facet, guess.value),)).on(before, parts.retriever, 2)
    finished = last(respond(before, f"(guess confirmed: {guess.value})", parts, change))
    (want,) = finished.conversation.profile.wants
    assert (want.quote, want.turn) == (f"{guess.value}, confirmed by hand", 2)
    assert guess.key not in {g.key for g in finished.guesses}
    assert finished.conversation.changed(ProfileChange(undo=True)).profile == before.profile


def test_a_dismissed_guess_stays_away_until_it_is_undone(say: Say, parts: Parts) -> None:
    before = say("I loved Heat and The Godfather")[-1].conversation
    guess = guesses_of(before.profile, parts.retriever)[0]
    change = ByHand(dismiss=((guess.facet, guess.value.upper()),)).on(before, parts.retriever, 2)
    after = before.changed(change)
    assert guess.key not in {g.key for g in guesses_of(after.profile, parts.retriever)}
    back = after.changed(ProfileChange(undo=True))
    assert guess.key in {g.key for g in guesses_of(back.profile, parts.retriever)}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (ByHand(edits=(Edit("wants", "genres", "western", "flip"),)), "no 'western' among the wants"),
        (ByHand(edits=(Edit("wants", SIMILAR, "alien-1979", "flip"),)), "no opposite"),
        (ByHand(edits=(Edit("avoids", "genres", "horror", "strengthen"),)), "the most"),
        (ByHand(edits=(Edit("liked", "", "heat-1995", "weaken"),)), "flipped, nothing else"),
        (ByHand(edits=(Edit("disliked", "", "heat-1995", "flip"),)), "among the disliked"),
        (ByHand(confirm=(("genres", "western"),)), "no guess 'western'"),
        (ByHand(dismiss=(("genres", "western"),)), "no guess 'western'"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_by_hand_is_refused_in_a_sentence(
    say: Say, parts: Parts, asked: ByHand, said: str
) -> None:
    conversation = say("something like Alien, no horror, I loved Heat")[-1].conversation
    with pytest.raises(ProfileError, match=said):
        asked.on(conversation, parts.retriever, 2)


def test_several_edits_at_once_are_one_step_for_undo(say: Say, parts: Parts) -> None:
    before = say("a comedy, no horror, under two hours")[-1].conversation
    horror = next(a for a in before.profile.avoids if a.value == "horror")
    asked = ByHand(
        removals=(Removal("limits", "runtime", op="<"),),
        edits=(
            Edit("avoids", horror.facet, "horror", "weaken"),
            Edit("avoids", horror.facet, "horror", "weaken"),
            Edit("wants", "genres", "comedy", "strengthen"),
        ),
    )
    after = before.changed(asked.on(before, parts.retriever, 1))
    assert not after.profile.limits
    assert [a.strength for a in after.profile.avoids if a.key == horror.key] == [0.2]
    assert after.changed(ProfileChange(undo=True)) == before


SAID = (
    "a comedy",
    "no horror",
    "something scary",
    "under two hours",
    "I loved Heat",
    "more",
    "no war",
    "horror films",
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.one_of(st.sampled_from(SAID), st.integers(0, 99)), min_size=2, max_size=7))
def test_whatever_is_said_and_clicked_the_profile_is_obeyed(
    parts: Parts, steps: list[str | int]
) -> None:
    """A number is a click: that button of all that the page has, counted round."""
    conversation = Conversation("c", "films")
    for step in steps:
        said, change = (step, None) if isinstance(step, str) else clicked(conversation, parts, step)
        before = conversation.shown
        finished = last(respond(conversation, said, parts, change))
        conversation = finished.conversation
        for card in finished.cards:
            assert permitted(card.item, conversation.profile.constraints)
            assert card.item.id not in before
        stated = {w.key for w in conversation.profile.wants}
        assert stated.isdisjoint(g.key for g in finished.guesses)
        assert stated.isdisjoint(a.key for a in conversation.profile.avoids)


def clicked(
    conversation: Conversation, parts: Parts, number: int
) -> tuple[str, ProfileChange | None]:
    found = entries(
        conversation.profile, guesses_of(conversation.profile, parts.retriever), parts.lexicon
    )
    buttons = [button for entry in found for button in entry.commands.values()]
    if not buttons:
        return "hello", None
    said, change = buttons[number % len(buttons)]
    if isinstance(change, ByHand):
        change = change.on(conversation, parts.retriever, len(conversation.turns) + 1)
    return said, change


def test_a_conversation_kept_before_there_were_edits_can_still_be_read(say: Say) -> None:
    adapter = TypeAdapter(Conversation)
    conversation = say("a comedy, no horror")[-1].conversation
    kept = adapter.dump_python(conversation, mode="json")
    for profile in (kept["profile"], *kept["past"]):
        del profile["dismissed"]
        for entry in (*profile["wants"], *profile["avoids"]):
            del entry["by_hand"]
    assert adapter.validate_python(kept) == conversation
