"""Polarity: for every word of an utterance, whether what it names is wanted, and how much.

Read from left to right. A cue ("no", "not in the mood for", "something") sets the state, which
holds until another cue, the end of the sentence, or a comma behind which no list goes on.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from chatbot.lexicon import Mention
from chatbot.turning import asks_to, begins_clause, is_made_to
from chatbot.words import pattern, phrases
from retrieval.text import HAN, Token, fold, joined, stem

LOVED, WANTED, HEDGED, ACCEPTABLE = 1.0, 0.8, 0.5, 0.4
NEVER, DISLIKED, LESS, UNLIKELY = 1.0, 0.8, 0.5, 0.3
ARTICLES = ("a", "an")
FREE = frozenset(["free", "out"])
"""At the end of a value: "gluten free" has what is denied in it already."""
LISTED = frozenset(["or", "and", "和", "或", "跟", "与", "及"])
"""What joins the parts of a list, all of which are meant by what follows it."""

_ENDS = re.compile(r"[.!?;\n。！？；]|\s[-–—]\s|\.\.\.|——")
_COMMAS = re.compile(r"[,，]")


@dataclass(frozen=True)
class Stance:
    """How a word is meant: strength below 0 if not wanted; `cue` is the token that says so."""

    strength: float = WANTED
    cue: int | None = None
    lasting: bool = True
    is_cue: bool = False
    """Whether the word belongs to a cue, and so says nothing by itself."""
    excepts: bool = False
    """Whether it is let through by what is ruled out: "no Marvel except Guardians"."""

    @property
    def negative(self) -> bool:
        """Whether it is not wanted."""
        return self.strength < 0


@cache
def _cues(language: str) -> dict[str, tuple[float | None, bool]]:
    """Each cue with the strength it sets (None: it only looks like one) and whether that lasts."""
    table: tuple[tuple[str, float | None, bool], ...] = (
        ("wanted", WANTED, True),
        ("loved", LOVED, True),
        ("hedged", HEDGED, True),
        ("never", -NEVER, True),
        ("disliked", -DISLIKED, True),
        ("less", -LESS, False),
        ("reluctant", -LESS, True),
        ("shown", -LESS, True),
        ("without", -NEVER, False),
        ("except", -NEVER, True),
        ("acceptable", ACCEPTABLE, True),
        ("neutral", None, True),
    )
    return {
        cue: (strength, lasts)
        for name, strength, lasts in table
        for cue in phrases("polarity", f"cues.{name}", language)
    }


@cache
def _longest_cues(language: str) -> dict[str, int]:
    """How many words the longest cue has that begins with a word."""
    found: dict[str, int] = {}
    for first, *others in map(str.split, _cues(language)):
        found[first] = max(found.get(first, 0), 1 + len(others))
    return found


def stances(
    text: str,
    words: Sequence[Token],
    mentions: Sequence[Mention],
    before: Stance | None = None,
    language: str = "en",
) -> list[Stance]:
    """The stance at every token of `text`. An utterance that starts with "or" goes on with `before`."""
    inside = {i: m for m in mentions for i in range(m.first, m.last + 1)}
    goes_on = (
        before is not None
        and bool(words)
        and words[0].folded in phrases("polarity", "cues.goes_on", language)
    )
    state = before if before is not None and goes_on else Stance()
    found: list[Stance] = []
    at = 0
    last: Mention | None = None
    while at < len(words):
        gap = text[words[at - 1].end : words[at].start] if at else ""
        state = _after_gap(gap, state, words, at, inside, last, language)
        if state.negative and _COMMAS.search(gap) and _asks_for(text, words[at]):
            state = Stance()  # "not into horror, any comedies?"
        mention = inside.get(at)
        if mention is None:
            strength, lasts, length = _cue(words, at, inside, language)
            if length:
                state = _next(state, strength, lasts, words, at, length, language, found)
                found += [replace(state, is_cue=True)] * length
                at += length
                continue
            named = last is not None and last.last == at - 1
            if state.negative and begins_clause(words, at, state.cue or 0, named, language):
                state = Stance()
            if _describes(words, at, state, found):
                state = Stance()  # "不虐的爱情": of what it is to be, and nothing that it rules out
            ends = words[at].folded in phrases("polarity", "cues.prepositions", language)
            passed = last is not None and last.last < at
            if not state.lasting and (
                (passed and words[at].folded not in _fillers(language))
                or (ends and bool(found) and not found[-1].is_cue)
            ):
                state = Stance()
            found.append(state)
            at += 1
            continue
        behind = _behind(text, words, mention, inside)
        if state.negative and asks_to(words, at, state.cue or 0):
            state = Stance()
        here = state
        cue = state.cue if state.cue is not None else at
        carried = bool(_COMMAS.search(text[words[cue].start : words[at].start]))
        hedged = pattern("polarity", "behind.hedged", language).match(behind)
        if hedged and not state.excepts and (carried or not state.negative):
            here = Stance(HEDGED, mention.last + 1)
        elif state.negative and pattern("polarity", "behind.others", language).match(behind):
            here = Stance(WANTED, mention.last + 1)
        elif not state.negative and is_made_to(words, at, language):
            here = Stance(-NEVER, at - 1)
        elif (
            not state.negative
            and words[mention.last].folded not in FREE
            and pattern("polarity", "behind.denied", language).match(behind)
        ):
            here = Stance(-NEVER, mention.last + 1)
        elif not state.negative and pattern("polarity", "behind.less", language).match(behind):
            here = Stance(-LESS, mention.last + 1)
        elif pattern("polarity", "behind.accepted", language).match(behind):
            here = Stance(ACCEPTABLE, mention.last + 1)
        found += [here] * (mention.last + 1 - at)
        last = mention
        at = mention.last + 1
    return found


def _asks_for(text: str, word: Token) -> bool:
    """Whether a word starts a question for something else: "any ...?"."""
    rest = re.split(r"[.!;\n,]", text[word.end :])[0]
    return word.folded == "any" and "?" in rest


def _describes(words: Sequence[Token], at: int, state: Stance, found: Sequence[Stance]) -> bool:
    """Whether a bare "不" and a word or two end here in a "的", before what they describe."""
    cue = state.cue
    return (
        words[at].folded == "的"
        and cue is not None
        and words[cue].folded == "不"
        and 1 < at - cue <= 4
        and not any(f.is_cue for f in found[cue + 1 :])
        and at + 1 < len(words)
        and words[at].end == words[at + 1].start
    )


def _next(
    state: Stance,
    strength: float | None,
    lasts: bool,
    words: Sequence[Token],
    at: int,
    length: int,
    language: str,
    earlier: Sequence[Stance],
) -> Stance:
    """The state behind a cue. "Except" turns what was ruled out; "preferably" softens a "no"."""
    if strength is None:
        return state
    said = " ".join(w.folded for w in words[at : at + length])
    if any(s.negative and not s.is_cue for s in earlier) and said in phrases(
        "polarity", "cues.except", language
    ):
        return Stance(ACCEPTABLE, at, lasts, excepts=True)
    if state.strength == HEDGED and strength < 0 and earlier and earlier[-1].is_cue:
        return Stance(-UNLIKELY, at, lasts)
    turns = said in phrases("polarity", "cues.turns", language)
    if state.strength == HEDGED and strength == WANTED and state.cue is not None and not turns:
        return state  # "maybe something silly" is still a maybe
    return Stance(strength, at, lasts)


def _cue(
    words: Sequence[Token], at: int, inside: dict[int, Mention], language: str
) -> tuple[float | None, bool, int]:
    """The longest cue that starts here: its strength, whether it lasts, its length in tokens."""
    # A number is a word of several when it is folded: "1,500".
    most = _longest_cues(language).get(words[at].folded.partition(" ")[0], 0)
    noun = words[at].folded in phrases("polarity", "cues.nouns", language)
    before = words[at - 1].folded if at else ""
    if noun and before in phrases("polarity", "cues.before_noun", language):
        return None, True, 0  # "nothing about love or war"
    for length in range(most, 0, -1):
        span = range(at, at + length)
        if span.stop > len(words) or any(i in inside for i in span):
            continue
        phrase = " ".join(words[i].folded for i in span)
        if phrase in _cues(language):
            return (*_cues(language)[phrase], length)
    return None, True, 0


def _after_gap(
    gap: str,
    state: Stance,
    words: Sequence[Token],
    at: int,
    inside: dict[int, Mention],
    last: Mention | None,
    language: str,
) -> Stance:
    """The state behind the punctuation between two tokens."""
    if _ENDS.search(gap):
        goes_on = words[at].folded in phrases("polarity", "cues.goes_on", language)
        return state if goes_on and state.negative else Stance()
    if _COMMAS.search(gap) and _hedges_behind(state, words, at):
        return Stance()  # "a comedy perhaps, with ...": said of what came before
    if _COMMAS.search(gap) and state.strength == HEDGED and _opens_phrase(words, at, language):
        return Stance()  # "ideally french, about marriage"
    if not _COMMAS.search(gap) or not state.negative:
        return state
    if (
        at == 1
        and state.cue == 0
        and words[0].folded in phrases("polarity", "cues.answers", language)
    ):
        return Stance()  # "no, something lighter": an answer, not an exclusion
    return state if _list_goes_on(words, at, inside, last, language) else Stance()


def _opens_phrase(words: Sequence[Token], at: int, language: str) -> bool:
    return words[at].folded in phrases("polarity", "cues.prepositions", language) - {"like"}


def _hedges_behind(state: Stance, words: Sequence[Token], at: int) -> bool:
    """Whether the word that hedges ends its clause, and so hedges what it ends."""
    return (
        state.strength == HEDGED
        and state.cue == at - 1
        and at > 1
        and words[at - 2].end + 1 == words[at - 1].start
    )


def _list_goes_on(
    words: Sequence[Token],
    at: int,
    inside: dict[int, Mention],
    last: Mention | None,
    language: str,
) -> bool:
    """Whether a comma goes on with what was negated: "no horror, war or musicals"."""
    start = at
    while start < len(words) and words[start].folded in _fillers(language):
        start += 1
    ahead = [w.folded for w in words[at : at + 6]]
    contrast = (
        words[at].folded in ARTICLES
        and last is not None
        and words[max(last.first - 2, 0)].folded == "not"
    )
    listed = next(
        (n for n, w in enumerate(ahead) if w in phrases("polarity", "cues.goes_on", language)), None
    )
    before = ahead[: listed or 0]
    if contrast and listed is None:
        return False  # "not a western, a horror"
    if (
        listed is not None
        and not set(before) & phrases("polarity", "cues.prepositions", language)
        and len(before) <= 3
    ):
        return True
    following = inside.get(start)
    if following is not None and following.last + 1 < len(words):
        behind = words[following.last + 1].folded
        if behind in phrases("polarity", "cues.chosen", language):
            return False  # "not glass, copper only"
    return following is not None and last is not None and bool(_facets(following) & _facets(last))


def _fillers(language: str) -> frozenset[str]:
    return phrases("polarity", "cues.fillers", language)


def _facets(mention: Mention) -> set[str]:
    phrase = stem(fold(mention.quote))
    literal = {s.facet for s in mention.senses if stem(fold(s.value)) == phrase}
    return literal or {s.facet for s in mention.senses}


def _behind(text: str, words: Sequence[Token], mention: Mention, inside: dict[int, Mention]) -> str:
    """What is said behind a mention; what is listed with it passed over ("wood or cotton ...")."""
    at = mention.last + 1
    while at < len(words):
        start = at
        while at < len(words) and words[at].folded in LISTED:
            at += 1
        gap = text[words[start - 1].end : words[start].start] if start else ""
        following = inside.get(at)
        adjoining = not gap and bool(HAN.match(words[start].text))
        if following is None or not (at > start or "、" in gap or "/" in gap or adjoining):
            at = start
            break
        at = following.last + 1
    return joined([w.folded for w in _clause(text, words, at)])


def _clause(text: str, words: Sequence[Token], start: int) -> list[Token]:
    """The tokens from `start` to the next punctuation, eight at most."""
    found: list[Token] = []
    for at in range(start, min(start + 8, len(words))):
        gap = text[words[at - 1].end : words[at].start] if at else ""
        if _ENDS.search(gap) or _COMMAS.search(gap):
            break
        found.append(words[at])
    return found
