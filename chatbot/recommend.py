"""From a profile to a list: the query it stands for, the ranking, and what to say if none is left."""

from dataclasses import dataclass

from chatbot.conversation import Conversation
from chatbot.guesses import guesses_of
from chatbot.profile import EXCLUDES_FROM, SIMILAR, SPECIAL, Limit, Preference, Profile
from retrieval.constraints import TEXT, Constraint
from retrieval.find import Query, Retriever, Wish
from retrieval.item import Item
from retrieval.text import fold

LIKED_WEIGHT = 0.7  # of a liked item as a seed, where one named as an example counts 1


def query_of(conversation: Conversation, retriever: Retriever) -> Query:
    """What to look for. The profile is all there is: what is removed from it is forgotten."""
    profile = conversation.profile
    named = {w.value: w.strength for w in profile.wants if w.facet == SIMILAR}
    said = [
        fold(w.value) if w.facet == TEXT or w.by_hand else w.quote
        for w in profile.wants
        if w.facet != SIMILAR
    ]
    seeds = dict.fromkeys(profile.liked, LIKED_WEIGHT) | named
    return Query(
        text=". ".join(dict.fromkeys(said)),
        wishes=tuple(_wish(w) for w in profile.wants if w.facet not in SPECIAL),
        unwanted=tuple(_wish(a) for a in profile.avoids if a.strength < EXCLUDES_FROM),
        guesses=tuple(
            Wish(g.facet, g.value, g.strength, fold(g.value))
            for g in guesses_of(profile, retriever)
        ),
        seeds={id: weight for id, weight in seeds.items() if id in retriever.catalogue.items},
        constraints=profile.constraints,
        hidden=frozenset(
            [
                *conversation.shown,
                *conversation.hidden,
                *profile.liked,
                *profile.disliked,
                *profile.seen,
                *named,
            ]
        ),
    )


def _wish(preference: Preference) -> Wish:
    group = f"{preference.turn}/{fold(preference.quote)}/{preference.part}"
    return Wish(preference.facet, preference.value, preference.strength, group)


@dataclass(frozen=True)
class Relaxation:
    """What the visitor could give up, in their own words, and how many items would be left."""

    quote: str
    remaining: int


def relaxations(profile: Profile, retriever: Retriever, hidden: frozenset[str]) -> list[Relaxation]:
    """Each promise that could be let go, the most rewarding first; those that free nothing left out."""
    entries: list[Limit | Preference] = [
        *profile.limits,
        *(a for a in profile.avoids if a.strength >= EXCLUDES_FROM),
    ]
    found: dict[str, Relaxation] = {}
    for quote in dict.fromkeys(entry.quote for entry in entries):
        kept = [_constraint(e) for e in entries if e.quote != quote]
        remaining = int(retriever.columns.allowed(kept, hidden).sum())
        if remaining:
            found[quote] = Relaxation(quote, remaining)
    return sorted(found.values(), key=lambda r: -r.remaining)


def _constraint(entry: Limit | Preference) -> Constraint:
    if isinstance(entry, Limit):
        return entry.constraint
    return Constraint(entry.facet, "!=", entry.value, entry.unless)


def fits_wishes(item: Item, query: Query) -> bool:
    """Whether an item meets every wish: of the words that one phrase stands for, at least one."""
    groups: dict[str, bool] = {}
    for wish in query.wishes:
        groups[wish.group] = groups.get(wish.group, False) or item.has(wish.facet, wish.value)
    return all(groups.values())
