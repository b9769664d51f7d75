"""From a profile to a list: the query it stands for, who fits it, and whether the list will do."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from chatbot.conversation import Conversation
from chatbot.guesses import guesses_of
from chatbot.polarity import HEDGED
from chatbot.profile import (
    CONTEXT,
    EXCLUDES_FROM,
    FADED,
    SIMILAR,
    SPECIAL,
    Limit,
    Preference,
    Profile,
    ProfileChange,
    Removal,
)
from chatbot.relax import Relaxation, relaxations
from chatbot.voice import ENGLISH, Voice
from chatbot.words import pattern
from chatbot.words.spellings import other_spelling
from retrieval.constraints import TEXT, permitted
from retrieval.find import Candidate, Query, Retriever, Wish
from retrieval.item import Item
from retrieval.rank import Ranked
from retrieval.text import fold

LIKED_WEIGHT = 0.7  # of a liked item as a seed, where one named as an example counts 1


def query_of(
    conversation: Conversation,
    retriever: Retriever,
    withheld: frozenset[str] = frozenset(),
    again: Collection[str] = (),
) -> Query:
    """What to look for. The profile is all there is: what is removed from it is forgotten.

    `withheld` are the ids that the owner does not show; `again` were shown, and may be once more.
    """
    profile = conversation.profile
    named = {w.value: w.strength for w in profile.wants if w.facet == SIMILAR}
    said = [
        _sought_as(w, profile, retriever)
        for w in [w for w in profile.wants if not w.is_faded] or profile.wants
        if w.facet != SIMILAR
    ]
    seeds = dict.fromkeys(profile.liked, LIKED_WEIGHT) | named
    return Query(
        text=". ".join(filter(None, dict.fromkeys(said))),
        wishes=tuple(wish_of(w) for w in profile.wants if w.facet not in SPECIAL),
        unwanted=tuple(wish_of(a) for a in profile.avoids if a.strength < EXCLUDES_FROM),
        guesses=tuple(
            Wish(g.facet, g.value, g.strength, fold(g.value))
            for g in guesses_of(profile, retriever)
        ),
        seeds={id: weight for id, weight in seeds.items() if id in retriever.catalogue.items},
        against=frozenset(profile.disliked),
        constraints=needed(profile, retriever).constraints,
        hidden=frozenset(
            [
                *(id for id in conversation.shown if id not in again),
                *conversation.hidden,
                *profile.liked,
                *profile.disliked,
                *profile.seen,
                *named,
                *withheld,
            ]
        ),
        moment=conversation.moment,
    )


def _sought_as(want: Preference, profile: Profile, retriever: Retriever) -> str:
    """The words that a wish is searched by. Company and occasion are none ("for a long train ride" is
    no wish for trains), but for what says in a shop what a thing is for ("for the gym")."""
    if want.facet == CONTEXT:
        used = pattern("talk", "context.use").search(want.quote)
        return want.quote if used and retriever.kinds.facets else ""
    occasions = {w.quote for w in profile.wants if w.facet == CONTEXT}
    if want.facet == TEXT or want.by_hand or want.quote in occasions:
        value = fold(want.value)
        return f"{value} {other_spelling(value)}".strip()
    return want.quote


def shown_that_fit(query: Query, conversation: Conversation, retriever: Retriever) -> list[str]:
    """What items that were shown already, and are within every limit, are called."""
    items = (retriever.catalogue.items[id] for id in conversation.shown)
    return [item.label() for item in items if permitted(item, query.constraints)]


def known_that_fit(query: Query, retriever: Retriever, withheld: frozenset[str]) -> list[str]:
    """What items are called that may not come again and fit every wish, but for those that the owner
    withholds."""
    items = retriever.catalogue.items
    known = (items[id] for id in sorted(query.hidden - withheld) if id in items)
    fit = (i for i in known if permitted(i, query.constraints) and fits_wishes(i, query))
    return [item.label() for item in fit]


def wish_of(preference: Preference) -> Wish:
    """What a preference of the profile asks of the search."""
    group = f"{preference.turn}/{fold(preference.quote)}/{preference.part}"
    return Wish(preference.facet, preference.value, preference.strength, group)


def offers(
    conversation: Conversation,
    retriever: Retriever,
    voice: Voice = ENGLISH,
    withheld: frozenset[str] = frozenset(),
) -> list[Relaxation]:
    """What giving way would free where nothing may be shown; see `relaxations`."""
    hidden = query_of(conversation, retriever, withheld).hidden
    turn = len(conversation.turns) + 1
    profile = needed(conversation.profile, retriever)
    found = relaxations(profile, retriever.columns, hidden, turn, voice)
    wants = {w.key for w in conversation.profile.wants}
    return [replace(r, change=_of_wants(r.change, wants, profile)) for r in found]


def needed(profile: Profile, retriever: Retriever) -> Profile:
    """A profile that also promises what nothing else can stand in for: the kind of thing that is
    wished for (who asks for a laptop is shown nothing else), and, where the limits leave nothing
    that meets any of the wishes, at least one of them. Wishes of one turn are alternatives."""
    groups: dict[int, list[Preference]] = {}
    stated = [w for w in profile.wants if w.strength > HEDGED and w.facet not in SPECIAL]
    for want in stated:
        if retriever.kinds.is_kind(want.facet, str(want.value)):
            groups.setdefault(want.turn, []).append(want)
    if not groups and stated and _out_of_reach(stated, profile, retriever):
        groups = {stated[-1].turn: stated}
    limits = [
        Limit(
            first.facet, "=", first.value, first.quote, turn,
            unless=tuple((w.facet, w.value) for w in others),
        )
        for turn, (first, *others) in groups.items()
    ]  # fmt: skip
    return replace(profile, limits=(*profile.limits, *limits)) if limits else profile


def _out_of_reach(wants: Sequence[Preference], profile: Profile, retriever: Retriever) -> bool:
    """Whether something in the catalogue meets one of the wishes, but nothing that may be shown."""
    columns = retriever.columns
    rows = [columns.carrying(w.facet, str(w.value)) for w in wants]
    if not profile.constraints or not any(len(r) for r in rows):
        return False
    allowed = columns.allowed(profile.constraints, ())
    return not any(allowed[r].any() for r in rows)


def _of_wants(
    change: ProfileChange, wants: Collection[tuple[str, str]], profile: Profile
) -> ProfileChange:
    """A change that gives a kind up, said of the wishes that it stands for."""
    removals: list[Removal] = []
    for removal in change.removals:
        same = [
            x for x in profile.limits
            if removal.section == "limits" and (x.facet, x.value) == (removal.facet, removal.value)
        ]  # fmt: skip
        keys = [(x.facet, x.value) for x in same] + [u for x in same for u in x.unless]
        given_up = [Removal("wants", f, v) for f, v in keys if (f, fold(str(v))) in wants]
        removals += given_up or [removal]
    return replace(change, removals=tuple(removals))


def _asked_for(query: Query) -> Sequence[Wish]:
    """The wishes of the request that is being answered; all, where nothing newer is wished for."""
    return [w for w in query.wishes if w.strength > FADED] or query.wishes


def fits_wishes(item: Item, query: Query) -> bool:
    """Whether an item meets every wish: of the words that one phrase stands for, at least one."""
    groups: dict[str, bool] = {}
    for wish in _asked_for(query):
        groups[wish.group] = groups.get(wish.group, False) or item.has(wish.facet, wish.value)
    return all(groups.values())


def returning(
    ids: Sequence[str], allowed: NDArray[np.bool_], retriever: Retriever
) -> tuple[list[Item], NDArray[np.bool_]]:
    """Of a list that was shown before, what may be shown still, and a mask of these rows; where nothing
    may, all that are `allowed`."""
    row, items = retriever.columns.row, retriever.catalogue.items
    again = [id for id in ids if id in row and allowed[row[id]]]
    if not again:
        return [], allowed
    only = np.zeros_like(allowed)
    only[[row[id] for id in again]] = True
    return [items[id] for id in again], only


def as_they_stood(items: Sequence[Item], ranked: Sequence[Ranked]) -> list[Ranked]:
    """A list in the order that it was shown in; what no arm finds any more is in it with no score."""
    found = {r.candidate.item.id: r for r in ranked}
    return [found.get(item.id) or Ranked(Candidate(item, 0.0, 0.0), 0.0, {}) for item in items]


STANDS_OUT = 0.1
"""How far, in score, the last of a list must be ahead of the first that is not on it."""
BELIEVED = 100
"""Candidates that one of is taken to be wanted, where nothing says which of them fit."""


def fitting(query: Query, allowed: NDArray[np.bool_], retriever: Retriever) -> NDArray[np.bool_]:
    """A mask over rows: of the `allowed`, those that meet every wish, as `fits_wishes` has it."""
    groups: dict[str, NDArray[np.bool_]] = {}
    for wish in _asked_for(query):
        met = groups.setdefault(wish.group, np.zeros(len(allowed), dtype=np.bool_))
        met[retriever.columns.carrying(wish.facet, wish.value)] = True
    for met in groups.values():
        allowed = allowed & met
    return allowed


def current_candidates(
    query: Query, allowed: NDArray[np.bool_], ranked: Sequence[Ranked], retriever: Retriever
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Who could still be shown and fits, as a mask, and how probable each is to be wanted: all that fit
    every wish alike; where none does, or nothing but likeness is to go by, the best candidates alike."""
    left = fitting(query, allowed, retriever)
    left = left if left.any() else allowed
    believed = left
    if query.seeds or (query.text and not query.wishes):
        believed = np.zeros(len(left), dtype=np.bool_)
        rows = (retriever.columns.row[r.candidate.item.id] for r in ranked)
        believed[list(islice((row for row in rows if left[row]), BELIEVED))] = True
        believed = believed if believed.any() else left
    return left, believed / max(int(believed.sum()), 1)


def is_good(
    query: Query, allowed: NDArray[np.bool_], ranked: Sequence[Ranked], n: int, retriever: Retriever
) -> bool:
    """Whether a list of `n` will do without a question: everything that fits every wish is on it or on
    the next, or enough fit and the best of the ranking stand out from the rest."""
    if not (query.wishes or query.seeds or query.text):
        return False
    fit = int(fitting(query, allowed, retriever).sum()) if query.wishes else int(allowed.sum())
    if query.wishes and fit <= 2 * n:
        return True  # "more" shows the rest, in one turn like an answer
    if len(ranked) <= n:
        return True
    return fit >= n and ranked[n - 1].score - ranked[n].score >= STANDS_OUT
