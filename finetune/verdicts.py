"""What a visitor thought of the items of a list: from buttons, from words, and from what was passed over.

An item has the verdict of the latest thing that was said or done about it: a film that is bought and
later disliked is a negative. What nobody said a word about is a negative only where it was probably
looked at (Joachims, Granka, Pan, Hembrooke and Gay 2005, "Accurately Interpreting Clickthrough Data as
Implicit Feedback": those above the last positive, and the one right below a positive), or where
others were asked for instead of the list.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chatbot.logged import LoggedConversation, LoggedItem, LoggedTurn, Opinions
from retrieval.signals import EVENTS

WORTH: Mapping[str, float] = {
    **{kind: EVENTS[kind] for kind in ("like", "convert", "save", "click", "dislike", "hide")},
    "accept": 1.0,
}
"""What each reaction says of liking, the estimates of docs/interactions.md; the sign is what makes
it positive or negative. "I'll take it" counts like a purchase."""
SETTLED = frozenset({"accept", "thank", "bye", "affirm"})
"""The acts of an utterance that takes what it names, and asks for nothing: "not the second, I'll take the
third" names both, so that only the plain way of saying it counts."""
ASKS_FOR_OTHERS = frozenset({"request-more", "request-alternative"})


@dataclass(frozen=True)
class Event:
    """Something said or done about an item after turn `turn`: a reaction, "accept", or "retract" for
    an opinion that was taken back."""

    turn: int
    item: str
    kind: str


@dataclass(frozen=True)
class Verdict:
    """What came of an item: above 0 a positive of that weight, below 0 a negative, 0 neither."""

    item: LoggedItem
    worth: float
    why: str


def events(conversation: LoggedConversation) -> list[Event]:
    """All that was said and done about items, in order, as far as it was agreed to.

    Opinions in words, and those changed by hand on the profile, are read off what each turn made of
    the profile. One said in turn n is about what was shown up to turn n-1.
    """
    found: list[Event] = []
    now = Opinions()
    for turn in conversation.turns:
        changed = _changes(now, turn.opinions, turn.number - 1, turn.restart)
        accepted = turn.named if "accept" in turn.acts and SETTLED.issuperset(turn.acts) else ()
        if turn.consent:
            found += changed
            told = {event.item for event in changed}
            found += [Event(turn.number - 1, i, "accept") for i in accepted if i not in told]
        now = turn.opinions
        for reaction in conversation.reactions:
            if reaction.turn == turn.number:
                now = _after(now, reaction.item, reaction.reaction)
                if reaction.consent:
                    found.append(Event(turn.number, reaction.item, reaction.reaction))
    last = conversation.turns[-1] if conversation.turns else None
    if last is not None and last.consent and not conversation.source:
        found += _changes(now, conversation.opinions, last.number, False)
    return found


def _changes(before: Opinions, after: Opinions, turn: int, restart: bool) -> Iterator[Event]:
    kinds = (("like", "liked"), ("dislike", "disliked"), ("seen", "seen"))
    if not restart:
        gone = (before.liked | before.disliked) - (after.liked | after.disliked)
        yield from (Event(turn, item, "retract") for item in sorted(gone))
    for kind, part in kinds:
        fresh = getattr(after, part) - getattr(before, part)
        yield from (Event(turn, item, kind) for item in sorted(fresh))


def _after(opinions: Opinions, item: str, reaction: str) -> Opinions:
    one = frozenset({item})
    liked, disliked, seen = opinions.liked, opinions.disliked, opinions.seen
    if reaction in ("like", "dislike"):
        liked, disliked = liked - one, disliked - one
    return Opinions(
        liked | one if reaction == "like" else liked,
        disliked | one if reaction == "dislike" else disliked,
        seen | one if reaction == "seen" else seen,
    )


def told(item: LoggedItem, about: Iterable[Event]) -> Verdict | None:
    """What was said or done about one item comes to; None where nothing was."""
    kinds: list[str] = []
    heard = False
    for event in about:
        heard = True
        if event.kind == "retract":
            kinds = [kind for kind in kinds if kind not in ("like", "dislike")]
        elif event.kind in WORTH:
            kinds.append(event.kind)
    if not kinds:
        return Verdict(item, 0.0, "neither") if heard else None
    good = WORTH[kinds[-1]] > 0
    latest: list[str] = []
    for kind in reversed(kinds):
        if (WORTH[kind] > 0) != good:
            break
        latest.append(kind)
    best = max(latest, key=lambda kind: (abs(WORTH[kind]), kind))
    return Verdict(item, WORTH[best], best)


def verdicts(
    shown: Sequence[LoggedItem], about: Mapping[str, Sequence[Event]], after: Sequence[LoggedTurn]
) -> list[Verdict]:
    """What came of each item of a list, in its order. `about` are the events that belong to it, by
    item, `after` the turns from it to the next list, that one included."""
    found = {item.id: told(item, about.get(item.id, ())) for item in shown}
    liked = [n for n, item in enumerate(shown) if (v := found[item.id]) and v.worth > 0]
    asked = any(turn.consent and ASKS_FOR_OTHERS.intersection(turn.acts) for turn in after)
    spoken_of = {item for turn in after for item in turn.named if turn.consent}
    result = []
    for n, item in enumerate(shown):
        verdict = found[item.id]
        if verdict is None and item.id not in spoken_of:
            if liked and n < liked[-1]:
                verdict = Verdict(item, -1.0, "skipped_above")
            elif n - 1 in liked:
                verdict = Verdict(item, -1.0, "skipped_beside")
            elif asked:
                verdict = Verdict(item, -1.0, "passed_over")
        result.append(verdict or Verdict(item, 0.0, "neither"))
    return result
