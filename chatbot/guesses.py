"""Implied preferences: what the liked items have in common beyond chance. Guesses, never more.

Nothing here is stored: guesses are made anew from the profile and the catalogue, so a like that is
taken back takes its guesses with it. They never exclude, and never count as a wish that was stated.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import log

from chatbot.profile import CONFIRMED, PLAIN, Preference, Profile, ProfileChange
from retrieval.find import Retriever
from retrieval.item import WARNING_FACETS
from retrieval.text import fold

LEAST_LIKED = 2
"""Liked items that must share a value, more than there are disliked ones that carry it."""
SIGNIFICANT = 3.84
"""Least log-likelihood ratio: chi-squared with one degree of freedom, 5 in 100 by chance."""
MOST_GUESSES = 5
STRONGEST = 0.2
"""Strength that no guess reaches; a wish in passing has 0.4, a plain one 0.8. What it is worth is
measured in NOTES.md."""


@dataclass(frozen=True)
class Guess:
    """A facet value that a visitor may like. Strength in (0, 0.2); `likes` are the ids it rests on."""

    facet: str
    value: str
    strength: float
    likes: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str]:
        """What a dismissal remembers of it."""
        return (self.facet, fold(self.value))


def guesses_of(profile: Profile, retriever: Retriever) -> tuple[Guess, ...]:
    """At most five guesses, the least likely to be chance first.

    A value counts that more liked items carry than its share of the catalogue explains, by the
    log-likelihood ratio of Dunning 1993 ("Accurate methods for the statistics of surprise and
    coincidence"), which unlike lift is not taken in by two of two. Each disliked item with the value
    takes one like away. Left out: what was stated, what was turned down, warnings, and what no item
    carries that may still be shown, so no guess is ever against a limit.
    """
    if len(profile.liked) < LEAST_LIKED:
        return ()
    found = sorted(_candidates(profile, retriever), key=lambda pair: (-pair[0], pair[1].value))
    if not found:
        return ()
    known = {id for ids in (profile.liked, profile.disliked, profile.seen) for id in ids}
    open_ = retriever.columns.allowed(profile.constraints, known)
    by_value: dict[str, Guess] = {}
    for _, guess in found:
        if len(by_value) == MOST_GUESSES:
            break
        if open_[retriever.columns.carrying(guess.facet, guess.value)].any():
            by_value.setdefault(fold(guess.value), guess)
    return tuple(by_value.values())


def confirmed(guess: Guess, turn: int) -> ProfileChange:
    """The change that makes an ordinary wish of a guess; its quote says that no words stand behind it."""
    wish = Preference(
        guess.facet, guess.value, PLAIN, f"{guess.value}{CONFIRMED}", turn, guess.value, by_hand=True
    )  # fmt: skip
    return ProfileChange(wants=(wish,))


def _candidates(profile: Profile, retriever: Retriever) -> Iterator[tuple[float, Guess]]:
    items, columns = retriever.catalogue.items, retriever.columns
    said = {fold(p.value) for p in (*profile.wants, *profile.avoids)}
    limited = {limit.facet for limit in profile.limits}
    facets = [
        f for f in retriever.catalogue.schema.facets if f not in WARNING_FACETS and f not in limited
    ]
    liked = [items[id] for id in profile.liked if id in items]
    disliked = [items[id] for id in profile.disliked if id in items]
    for facet in facets:
        carriers: dict[str, list[str]] = {}
        for item in liked:
            for value in item.folded(facet):
                carriers.setdefault(value, []).append(item.id)
        against = [item.folded(facet) for item in disliked]
        for value, ids in carriers.items():
            count = len(ids) - sum(value in values for values in against)
            if count < LEAST_LIKED or value in said or (facet, value) in profile.dismissed:
                continue
            share = len(columns.carrying(facet, value)) / len(columns.ids)
            surprise = log_likelihood_ratio(count, len(liked), share)
            if surprise >= SIGNIFICANT:
                sure = (count + share) / (len(liked) + 1)
                strength = round(STRONGEST * sure, 3)
                yield surprise, Guess(facet, columns.spelling[facet, value], strength, tuple(ids))


def log_likelihood_ratio(count: int, of: int, share: float) -> float:
    """Twice the log of how much better `count` in `of` fits its own rate than `share`; 0 if not more.

    `sure` above is the mean of the Beta posterior whose prior, worth one item, is that same share.
    """
    if share >= 1 or count <= of * share:
        return 0.0
    inside = count * log(count / (of * share))
    outside = (of - count) * log((of - count) / (of * (1 - share))) if count < of else 0.0
    return 2 * (inside + outside)
