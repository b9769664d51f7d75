"""What is said of items: seen, loved, hated, asked about, wanted the like of."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from chatbot.acts import Act, ActName
from chatbot.opinions import TASTE, Opinion, opinion, remark, verdict
from chatbot.polarity import Stance
from chatbot.profile import SIMILAR, Preference
from chatbot.reading import Missed, Reading
from chatbot.sequels import begun_alike
from chatbot.twins import take_instead
from chatbot.words import cues, pattern
from chatbot.words.filler import function_words
from retrieval.constraints import titled
from retrieval.text import HAN, Token, joined

ASKING: frozenset[ActName] = frozenset({"inquire-item", "compare", "request-explanation"})
"""Acts that ask something of items."""
_ACT_OF: dict[Opinion, ActName] = {"seen": "seen", "liked": "like", "disliked": "dislike"}
ONE_OR_TWO = 2
MOST_ALIKE = 3  # items that "along those lines" takes to go by
MISSED: dict[str, Missed] = {
    "described": "feature", "ordinal": "place", "number": "place", "bare": "place"
}  # fmt: skip
"""Why words of these kinds can point at nothing."""
SHORT_CLAUSE = 4  # words; one that only judges
_STOPS = re.compile(r"[!?;\n。！？；]|\.(?!\d)")
_CLAUSE = re.compile(r"[^,，]+[,，]?")


@dataclass(frozen=True)
class Named:
    """Items that a name or a reference stands for, at tokens `first` to `last`."""

    first: int
    last: int
    items: tuple[str, ...]
    quote: str
    pointed: bool = False
    pronoun: bool = False
    dated: bool = False
    kind: str = ""
    """Of a reference: how it points; see `chatbot.references`."""


def read_items(
    reading: Reading,
    named: Sequence[Named],
    asking: bool,
    missing: set[int],
    stance: Sequence[Stance],
) -> None:
    """Titles and references: what is said of them."""
    words = reading.words
    inside = missing | {i for n in named if not n.pronoun for i in range(n.first, n.last + 1)}
    last: tuple[Opinion, ...] = ("named",)
    for name in named:
        apart = name.kind == "rest" and HAN.search(name.quote)  # 除了第一部其他的都看过
        others = set() if apart else inside
        before, after = _around(reading, name.first, name.last, others)
        said = opinion(before, after, reading.language)
        if said == ("named",) and _is_same(reading, name, before, after):
            said = last
        if name.kind == "rest" and "liked" not in (*opinion(before, "", reading.language), *last):
            said = tuple(o for o in said if o != "liked") or ("named",)  # "the others look fine"
        last = said
        if len(name.items) > ONE_OR_TWO and reading.found("critique.too"):
            said = tuple(o for o in said if o != "disliked") or (
                "named",
            )  # of the list, not of each
        if not name.items:
            reading.unclear, reading.missed = name.quote, MISSED.get(name.kind, "")
            reading.spent.append((words[name.first].start, words[name.last].end))
            continue
        asked = asking and _is_asked(reading, name)
        compares = any(a.act == "compare" for a in reading.acts)
        meant = compares or said[0] not in ("similar", "excluded") or not asked
        meant = meant and not (name.kind == "rest" and said == ("named",) and not asked)
        if meant and (asked or not asking):
            reading.about += name.items
        if asked:
            continue
        items = name.items
        if name.dated and take_instead(reading, items[0], name.quote):
            continue
        if "seen" in said and reading.found("question.all", end=words[name.first].start):
            title = reading.lexicon.items[items[0]].title
            found = reading.lexicon.items.items()
            items = tuple(id for id, item in found if titled(item, title))
        _note(reading, items, said, name.quote)
        excepted = stance[name.first].excepts or "excepted" in said
        if excepted and (reading.avoids or stance[name.first].excepts):
            reading.unless += [("id", id) for id in items]
            continue
        if "excluded" in said and set(items) & {*reading.seen, *reading.liked}:
            # "seen all of these apart from Zodiac"
            reading.seen = [id for id in reading.seen if id not in items]
            reading.liked = [id for id in reading.liked if id not in items]
            continue
        for id in items:
            if "excluded" in said or excepted:
                reading.acts.append(Act("negate", name.quote))
                if not name.pronoun:
                    _exclude(reading, id, name, before)
            elif (
                ("similar" in said and not (name.pointed and _is_taken(reading)))
                or ("named" in said and not name.pointed and _is_bare(reading, inside))
                or (
                    "named" in said
                    and name.pointed
                    and not name.pronoun
                    and _is_changed(reading, name)
                )
            ):
                strength = 1.0 if "similar" in said else 0.8
                label = reading.lexicon.items[id].label()
                reading.wants.append(
                    Preference(SIMILAR, id, strength, name.quote, reading.turn, label)
                )
    if not asking:
        _read_remarks(reading, named)
        said_of = {*reading.seen, *reading.liked, *reading.disliked}
        reading.wants = [
            w
            for w in reading.wants
            if w.facet != SIMILAR or w.strength >= 1 or w.value not in said_of
        ]
        _read_acceptance(reading, named)


def _is_same(reading: Reading, name: Named, before: str, after: str) -> bool:
    """Whether what was said of the one before is said of this one: "the other ones too"."""
    if pattern("items", "also", reading.language).search(after):
        return True
    if pattern("items", "so_too", reading.language).search(before):
        return True
    if name.kind != "rest" or after:
        return False
    joined_to = name.first and reading.words[name.first - 1].folded in cues(
        "joins", reading.language
    )
    return bool(joined_to or pattern("items", "same_for", reading.language).search(before))


def _is_bare(reading: Reading, inside: Collection[int]) -> bool:
    """Whether an utterance is hardly more than names: "Alien, Heat please"."""
    rest = [
        w
        for i, w in enumerate(reading.words)
        if i not in inside and w.folded not in function_words()
    ]
    if _tells(reading, inside):
        return False
    asks = {a.act for a in reading.acts} - {"request-recommendation", "greet", "request-more"}
    return not asks and len(rest) <= 1 and "?" not in reading.text


def _tells(reading: Reading, inside: Collection[int]) -> bool:
    """Whether a verb goes on behind a name, which then says something of it: "Alien was on"."""
    verbs = cues("predicates", reading.language)
    return any(w.folded in verbs and i - 1 in inside for i, w in enumerate(reading.words))


def asked_spans(reading: Reading) -> list[tuple[int, int]]:
    """The sentences that ask something of items, without their clauses that state something ("A I
    have seen, how long is B"); the whole text where none can be told."""
    asked = [a.quote for a in reading.acts if a.act in ASKING and a.quote]
    states = pattern("talk", "question.states", reading.language)
    found: list[tuple[int, int]] = []
    for start, end in _sentences(reading.text):
        if any(q in reading.text[start:end] for q in asked):
            clauses = [m.span() for m in _CLAUSE.finditer(reading.text, start, end)]
            found += [(s, e) for s, e in clauses if not states.search(reading.text[s:e])]
    return found or [(0, len(reading.text) + 1)]


def _is_asked(reading: Reading, name: Named) -> bool:
    """Whether a name stands in a sentence that asks."""
    at = reading.words[name.first].start
    return any(start <= at < end for start, end in asked_spans(reading))


def _is_taken(reading: Reading) -> bool:
    """Whether a suggestion is taken, and not gone by: "I want the second"."""
    return any(a.act == "accept" for a in reading.acts)


def _is_changed(reading: Reading, name: Named) -> bool:
    """Whether a shown item is taken to go by, with a change: "the third, only shorter"."""
    rest = reading.text[reading.words[name.last].end :]
    accepted = any(a.act in ("accept", "deny") for a in reading.acts)
    accepted = accepted or bool(pattern("talk", "critique.told", reading.language).match(rest))
    found = (
        pattern("talk", f"critique.{k}", reading.language).search(rest) for k in ("but", "more")
    )
    return not accepted and any(found)


def _read_acceptance(reading: Reading, named: Sequence[Named]) -> None:
    """ "Perfect, Paddington 2 tonight": a shown item that is named behind a word of approval."""
    shown = reading.conversation.last_shown
    taken = [id for n in named if not n.pronoun for id in n.items if id in shown]
    opened = pattern("talk", "question.approves", reading.language).search(reading.text)
    opined = any(a.act in ("like", "dislike", "seen", "critique", "accept") for a in reading.acts)
    if len(taken) != 1 or not opened or opined or "?" in reading.text or reading.avoids:
        return
    reading.wants = [w for w in reading.wants if w.value != taken[0]]
    reading.about = [*dict.fromkeys([*reading.about, *taken])]
    reading.acts.append(Act("accept", opened[0].strip()))


def _note(reading: Reading, items: Collection[str], said: Sequence[Opinion], quote: str) -> None:
    reading.acts += [Act(_ACT_OF[o], quote) for o in said if o in TASTE]
    reading.seen += [i for i in items if "seen" in said]
    reading.liked += [i for i in items if "liked" in said]
    reading.disliked += [i for i in items if "disliked" in said]


def _exclude(reading: Reading, id: str, name: Named, before: str) -> None:
    words, start, title = reading.words, name.first, reading.lexicon.items[id].title
    if not HAN.search(before):
        said = before.split()
        cue = said[-1:] if said[-1:] != ["the"] else said[-2:-1]
        start = next((i for i in range(start - 1, -1, -1) if [words[i].folded] == cue), start)
    whole = reading.text[words[start].start : words[name.last].end]
    entry = Preference("title", title, 1.0, whole, reading.turn, phrase=name.quote)
    reading.avoids += begun_alike(id, entry, reading.lexicon)


def _read_remarks(reading: Reading, named: Sequence[Named]) -> None:
    """What clauses say of the items named last without naming them: "seen it", "great film!"."""
    shown = reading.conversation.last_shown
    topic, only = reading.conversation.focus, shown if len(shown) == 1 else ()
    own: tuple[str, ...] = ()
    for start, end in _clauses(reading):
        span = [n for n in named if start <= reading.words[n.first].start < end]
        names = [n for n in span if not n.pronoun]
        stop = reading.words[names[0].first].start if names else end
        words = joined([w.folded for w in reading.words if start <= w.start < stop])
        about_names = bool(names) and not any(n.pronoun for n in span if n.first < names[0].first)
        said = () if about_names else remark(words, reading.language)
        answered = _answer(reading, words) if start == 0 else ()
        several = bool(cues("several", reading.language) & set(words.split()))
        spoken = own or topic or (only if words and " " not in words else ())
        items = spoken if several else spoken[-1:]
        alike = own if "similar" in said else ()
        if names := names or [n for n in span if len(n.items) > 1]:
            own = tuple(dict.fromkeys(i for n in names for i in n.items))
            rest = [w.folded for w in reading.words[names[-1].last + 1 :] if w.start < end]
            behind = remark(joined(rest), reading.language)
            alike = alike or (own if "similar" in behind else ())
        for id in alike[:MOST_ALIKE]:
            label, quote = reading.lexicon.items[id].label(), reading.text[start:end].strip()
            wish = Preference(SIMILAR, id, 1.0, quote, reading.turn, label, phrase=quote)
            reading.wants.append(wish)
        judged = tuple(dict.fromkeys(reading.seen))[-1:]
        if judged and not said and not span and len(words.split()) < SHORT_CLAUSE:
            items, said = (items, verdict(words, reading.language)) if items else (
                judged, verdict(words, reading.language)
            )  # fmt: skip
        if items and (said or answered):
            quote = reading.text[start:end].strip()
            _note(reading, items, (*said, *answered), quote)
            reading.about += items if any(o in TASTE for o in said) else ()


def _answer(reading: Reading, words: str) -> tuple[Opinion, ...]:
    """ "Yes" or "I have" to "have you seen it?"."""
    turns = reading.conversation.turns
    asked = bool(turns) and turns[-1].asks_if_seen
    yes = asked and pattern("items", "seen_it", reading.language).search(words)
    return ("seen",) if yes else ()


def _joins(
    words: Sequence[Token], at: int, inside: Collection[int], joins: Collection[str]
) -> bool:
    """Whether a word only joins a name to the one before it: "and", or "the" behind an "and"."""
    while at >= 0 and (words[at].folded in joins or words[at].folded in ("the", "a", "an")):
        at -= 1
    return at in inside


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for stop in _STOPS.finditer(text):
        yield start, stop.end()
        start = stop.end()
    yield start, len(text)


def _clauses(reading: Reading) -> Iterator[tuple[int, int]]:
    """The clauses of the text; a sentence that starts without a stop is one too."""
    text, start = reading.text, 0
    stops = [m.span() for m in _STOPS.finditer(text)]
    stops += [m.span() for m in pattern("talk", "question.run_on", reading.language).finditer(text)]
    for end, following in [*sorted(stops), (len(text), len(text))]:
        if end > start:
            yield start, end
        start = max(start, following)


def _told_of(after: list[str], language: str) -> list[str]:
    """The words behind a name, without those that only say something of the next one: "I love Alien I
    don't like" before "Saw"."""
    subjects = [n for n, word in enumerate(after) if word in ("i", "we", "but")]
    if not subjects or after[-1] not in cues("takes_name", language):
        return after
    return after[: subjects[-1]]


def _around(reading: Reading, first: int, last: int, inside: set[int]) -> tuple[str, str]:
    """The words of the clause before and after a name, other names and their "and" left out."""
    text, words = reading.text, reading.words
    adverse = cues("adverse", reading.language)
    joins = cues("joins", reading.language)
    reach = 22 if HAN.search(text) else 14  # tokens; each Chinese character is one
    before: list[str] = []
    for at in range(first - 1, max(first - reach, -1), -1):
        gap = text[words[at].end : words[at + 1].start]
        if _STOPS.search(gap) and words[at + 1].folded not in ("and", "or"):
            break
        ahead = {w.folded for w in words[max(at - 3, 0) : at]}
        leads = bool(ahead & cues("nothing", reading.language))
        if at in inside or (words[at].folded in adverse and not before and not leads):
            continue
        if words[at].folded in adverse and not leads:
            break
        if not before and _joins(words, at, inside, joins):
            continue
        before.append(words[at].folded)
    while before and before[0] in (*joins, "also", "a", "an"):
        before.pop(0)
    after: list[str] = ["is"] if words[last].text.endswith(("'s", "’s")) else []
    for at in range(last + 1, min(last + reach, len(words))):
        gap = text[words[at - 1].end : words[at].start]
        if _STOPS.search(gap):
            break
        if at in inside:
            if set(after) - joins:
                after = _told_of(after, reading.language)
                break
            after.clear()
            continue
        after.append(words[at].folded)
    while after and after[0] in ("and", "but"):
        after.pop(0)
    return joined(list(reversed(before))), joined(after)
