"""Replies: short sentences around the cards. Every title in them is an item of this catalogue."""

from collections.abc import Sequence

from chatbot.conversation import Conversation, Question
from chatbot.events import Card
from chatbot.lexicon import Lexicon
from chatbot.profile import EXCLUDES_FROM, SIMILAR, SPECIAL, Preference, Profile
from chatbot.relax import Relaxation
from chatbot.understand import Understanding
from retrieval.constraints import TEXT
from retrieval.item import Item
from retrieval.text import fold, listed, singular

_COUNT = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def list_reply(
    cards: Sequence[Card],
    full: int,
    understanding: Understanding,
    conversation: Conversation,
    lexicon: Lexicon,
    left: int,
    length: int,
    exhausted: bool,
) -> str:
    """What is said with a list: what it goes by, how well it fits, and the first of it.

    "Fit" is only said of what was checked, facets and limits; the rest was "looked for".
    """
    checked = _quoted([*_facet_quotes(conversation.profile), *_limit_quotes(conversation.profile)])
    sought = _sought(conversation.profile)
    kept, sparse = promised(conversation.profile, [card.item for card in cards])
    count = _counted(len(cards))
    opening = "Something different, then. " if understanding.did("request-alternative") else ""
    opening += _noted(understanding, lexicon)
    if not checked:
        body = f"{count} {sought}" if sought else f"{count} to begin with"
    elif full == len(cards):
        body = f"{count} that {'fits' if full == 1 else 'fit'} {listed(checked)}"
    elif full:
        body = f"{_counted(full)} {'fits' if full == 1 else 'fit'} {listed(checked)} in full; the rest come close"
    else:
        start = "Nothing fits" if len(checked) == 1 else "Nothing has all of"
        start = "You have been shown all that fit" if exhausted else start
        body = f"{start} {listed(checked)}; these come closest, within every limit you set"
    body += f", {sought}" if sought and checked else ""
    body += f". All keep to {listed(kept)}." if kept else "."
    if sparse:
        body += f" As for {listed(sparse)}, I can only go by tags and descriptions."
    end = " That is all there is within your limits." if left <= len(cards) else ""
    if not end and checked and len(cards) < length:
        end = " Nothing further of the kind is left."
    first = cards[0]
    return f"{opening}{body} I would start with {first.item.label()}. {first.reason}".strip() + end


def promised(profile: Profile, items: Sequence[Item]) -> tuple[list[str], list[str]]:
    """Quotes of what is ruled out: where the catalogue says it of all `items`, and where it may not.

    Tags and words of a description are given where they strike the eye; nobody claims that they are
    complete. People, genres, countries and warnings are.
    """
    excluded = [a for a in profile.avoids if a.strength >= EXCLUDES_FROM]
    by_name: dict[str, list[Preference]] = {}
    for entry in excluded:
        by_name.setdefault(entry.name, []).append(entry)
    sure = [name for name, entries in by_name.items() if _is_complete(entries, items)]
    return _quoted(sure), _quoted([name for name in by_name if name not in sure])


def _is_complete(entries: Sequence[Preference], items: Sequence[Item]) -> bool:
    """Whether the catalogue says of every item what these words rule out: all that they stand for
    is in complete facets, or the very word is one ("horror", the genre)."""
    complete = [e for e in entries if e.facet not in ("tags", TEXT)]
    if any(item.is_silent(e.facet) for item in items for e in complete):
        return False
    literal = (singular(fold(e.value)) in singular(fold(e.quote)) for e in complete)
    return len(complete) == len(entries) or any(literal)


def _counted(n: int) -> str:
    return _COUNT[n] if n < len(_COUNT) else str(n)


def _noted(understanding: Understanding, lexicon: Lexicon) -> str:
    change = understanding.change
    if change.undo:
        return "Then we are back where we were. "
    parts = [
        f"{what} {listed([lexicon.items[i].title for i in ids])}"
        for what, ids in (
            ("you have seen", change.seen),
            ("you liked", change.liked),
            ("not for you:", change.disliked),
        )
        if ids
    ]
    noted = f"Noted: {'; '.join(parts)}. " if parts else ""
    if understanding.unknown:
        noted += f"I do not have {listed(_quoted(understanding.unknown))} here. "
    return noted


def none_left(relaxed: Sequence[Relaxation], shown_all: int) -> str:
    """When nothing may be shown: which promises empty the list, and what giving way would free."""
    if shown_all:
        things = "the only one" if shown_all == 1 else f"all {shown_all}"
        start = f"You have been shown, or know, {things} that fit everything you said."
    else:
        start = "Nothing in the catalogue fits everything you said, and I will not break a limit."
    if not relaxed:
        return (
            f"{start} Letting go of limits would not free anything; “start over” clears everything."
        )
    single = list(dict.fromkeys(r.quotes for r in relaxed))
    names = _quoted([q for quotes in single for q in quotes])
    if len(single[0]) > 1:
        why = f" No single one of them does it: {listed(_quoted(single[0]))} would have to go together."
        why = (
            why
            if len(single) == 1
            else " No single one of them does it; it takes several together."
        )
    elif shown_all:
        why = ""
    elif len(single) == 1:
        why = f" It is {names[0]} that empties the list."
    else:
        why = f" Any one of {listed(names, 'or')} empties it."
    end = "Shall I do that?" if len(relaxed) == 1 else "Nothing changes unless you say which."
    return f"{start}{why} {' '.join(map(_offer, relaxed))} {end}"


def _offer(offer: Relaxation) -> str:
    count = f"there {'is' if offer.remaining == 1 else 'are'} {offer.remaining}"
    if offer.nearest:
        return (
            f"The nearest to “{offer.quotes[0]}” is {offer.nearest}: with “{offer.answer}” {count}."
        )
    return f"Without {listed(_quoted(offer.quotes))} {count}."


def question_text(question: Question) -> str:
    """A question with its answers and how many items each would leave."""
    options = listed([f"{o.value} ({o.remaining})" for o in question.options], "or")
    return f"{question.text} For example {options}. Or say “just show me”."


def small_talk(understanding: Understanding, lexicon: Lexicon, scene: str) -> str:
    """A civil word for what asks for no list."""
    if understanding.foreign:
        return (
            "I can only read English so far, and would rather not guess at what you will and will not have. "
            "Could you say it in English? (Je lis l’anglais; ich lese Englisch; leo inglés; 我目前只懂英语。)"
        )
    if understanding.did("restart"):
        return "All forgotten. What do you feel like?"
    if understanding.did("bye"):
        return "Goodbye, and enjoy it."
    if understanding.did("inquire-system"):
        return (
            f"I am Tastemaker, a program that recommends from this site's own catalogue ({scene}). Tell me what you "
            "feel like, what you will not have, or something you loved; ask “why?” or say “start over”."
        )
    if understanding.did("accept"):
        titles = [lexicon.items[id].title for id in understanding.about]
        what = titles[0] if len(titles) == 1 else "it"
        return f"Good choice. Enjoy {what}! Say “more” if you would like others."
    if understanding.did("thank"):
        return "You are welcome. Say “more” for others, or tell me something new."
    if understanding.unclear:
        return f"Which one do you mean by “{understanding.unclear}”? Say its number or its title."
    if understanding.did("undo"):
        return "There is nothing to take back yet."
    if understanding.did("greet", "affirm", "deny"):
        return "What do you feel like? A mood, a genre, a person or a title you loved is enough."
    return (
        "I did not get that. Try “something like Alien, but funny”, “no horror”, "
        "“under two hours”, or “surprise me”."
        if scene == "films"
        else "I did not get that. Tell me what you feel like, or say “surprise me”."
    )


def _facet_quotes(profile: Profile) -> list[str]:
    return [w.name for w in profile.wants if w.facet not in SPECIAL]


def _limit_quotes(profile: Profile) -> list[str]:
    return [limit.quote for limit in profile.limits if limit.whole]


def _sought(profile: Profile) -> str:
    """What was looked for by likeness, which cannot be said to fit."""
    like = [w.label for w in profile.wants if w.facet == SIMILAR]
    text = _quoted([w.quote for w in profile.wants if w.facet == TEXT])
    parts = [f"in the direction of {listed(like)}"] if like else []
    parts += ["close to what you liked"] if profile.liked and not like else []
    parts += [f"looked for with {listed(text)} in mind"] if text else []
    return " and ".join(parts)


def _quoted(quotes: Sequence[str]) -> list[str]:
    return [f"“{q}”" for q in dict.fromkeys(quotes)]
