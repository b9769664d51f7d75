"""Polarity: for every word of an utterance, whether what it names is wanted, and how much.

Read from left to right. A cue ("no", "not in the mood for", "something") sets the state, which
holds until another cue, the end of the sentence, or a comma behind which no list goes on.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from chatbot.lexicon import Mention
from retrieval.text import Token, fold, stem

LOVED, WANTED, HEDGED, ACCEPTABLE = 1.0, 0.8, 0.5, 0.4
NEVER, DISLIKED, LESS = 1.0, 0.8, 0.5

_NEVER = """no|not|without|nothing|never|hate|hates|cant stand|can not stand|cannot stand|cant bear|avoid
avoiding|exclude|excluding|except|except for|anything but|other than|skip|dont want|do not want|no more
stay away from|nor|neither|minus|dont show|dont recommend|dont give me|dont suggest|leave out|rule out
none|isnt|arent|aint|doesnt have|does not have|without any|free of|instead of|rather than|despise|loathe
detest|allergic to|wont watch|will not watch|dont need|refuse|nope|nah|neither of|neither|seen everything|seen all|seen all the|seen every|hardly any|hardly|anything without|nothing with|no films with
dont bother with|w o|none of that|none of those|kein|keine|keinen|ohne|sans|pas de|nada de|senza|zonder|geen
cant be doing with|cannot be doing with|spare me|nobody|no one|banned|forbid|hold the|lay off|ditch
cant watch|cannot watch|cant handle|cant deal with|cant do|keep away from|zero"""
_DISLIKED = """dont like|do not like|dislike|not into|not a fan of|not in the mood for|not really into
not really in the mood for|tired of|sick of|bored of|bored with|enough of|dont care for|dont enjoy
not big on|not keen on|dont feel like|not feeling|not fond of|had enough of|never liked|didnt like
no fan of|isnt my thing|not much of a|not that into|dont really like|not a big fan of|fed up with
not really a fan of|im over|dont love|hated|no longer enjoy|dont much like|not crazy about"""
_LESS = """less|too|a bit too|way too|far too|too much|not too|nothing too|not so|not very|not overly|fewer|not as|nothing overly|nothing very
a bit less|not really|nothing that is too|nothing thats too|nothing super|not super|not that|nothing so
isnt too|not all that|no too|not particularly|a little less|without being too|but not too"""
_NEUTRAL = """no wait|wait no|not sure|not only|not just|no idea|no problem|no thanks|no thank you|no worries|why not
no preference|not yet|not bad|nothing special|nothing in particular|never mind|no matter|dont mind
not necessarily|dont know|dont care|doesnt matter|do not mind|not picky|not fussy|no rush|if not
nothing specific|cant decide|cant choose|not decided|havent decided|cant remember|dont remember|no limits
whether or not|or not|not long ago|never seen|never watched|havent seen|not seen|no spoilers"""
_WANTED = """but|something|instead|prefer|want|enjoy|give me|show me|need|rather|only|just|looking for
in the mood for|fan of|how about|what about|feel like|although|though|however|more|i like|we like
really like|also like|id like|would like|do like|nothing but|okay with|ok with|fine with|with my|it should
should be|must be|must have|make it|lets|love|loves|recommend|suggest|find me|got any|have any|ideally with
i do want"""
_LOVED = "really want|absolutely love|i love|we love|adore|obsessed with|must be|must have|huge fan of|big fan of"
_HEDGED = """maybe|perhaps|ideally|preferably|kind of|sort of|wouldnt mind|would not mind|a bit of|a bit
slightly|possibly|if possible|bonus if|open to|a little|somewhat|a touch of"""
_DENIED_AFTER = re.compile(
    r"^(?:(?:movies?|films?|ones?|stuff|things?|stories|scenes?|content|themes?|is|are|was|were|im)\s+)*(?:not\b(?!\s+(?:too|only|bad))|isnt|"
    r"arent|out\b|off the table|off limits|no thanks|no thank you|no way|bores? me|boring|annoys? me|"
    r"put me off|(?:just )?an? (?:absolute |big )?no\b|nope|upsets? me|gives? me (?:a headache|nightmares|the creeps)|"
    r"makes? me (?:sick|uncomfortable|anxious|cry)|freaks? me out|turns? me off|triggers? me|scares? me|"
    r"disgusts? me|(?:strictly )?(?:banned|forbidden|not allowed|off the menu|out of the question)|"
    r"(?:far |well )?away from me)"
)
_ACCEPTED_AFTER = re.compile(
    r"^(?:(?:movies?|films?|ones?|stuff)\s+)*(?:is|are|would be|im)\s+(?:also\s+|totally\s+)?"
    r"(?:fine|ok|okay|good|great|welcome|alright|cool|allowed)"
)
_PREPOSITIONS = frozenset(
    ["in", "from", "with", "by", "about", "for", "on", "set", "at", "of", "like"]
)
_FILLERS = frozenset(
    [
        "or",
        "and",
        "nor",
        "any",
        "a",
        "an",
        "the",
        "too",
        "very",
        "overly",
        "much",
        "really",
        "no",
        "even",
    ]
)
_ENDS = re.compile(r"[.!?;\n]|\s[-–—]\s|\.\.\.")


@dataclass(frozen=True)
class Stance:
    """How a word is meant: strength below 0 if not wanted; `cue` is the token that says so."""

    strength: float = WANTED
    cue: int | None = None
    lasting: bool = True

    @property
    def negative(self) -> bool:
        """Whether it is not wanted."""
        return self.strength < 0


@cache
def _cues() -> dict[str, tuple[float | None, bool]]:
    """Each cue with the strength it sets (None: it only looks like one) and whether that lasts."""
    table: tuple[tuple[str, float | None, bool], ...] = (
        (_WANTED, WANTED, True),
        (_LOVED, LOVED, True),
        (_HEDGED, HEDGED, True),
        (_NEVER, -NEVER, True),
        (_DISLIKED, -DISLIKED, True),
        (_LESS, -LESS, False),
        (_NEUTRAL, None, True),
    )
    return {cue: (s, lasts) for names, s, lasts in table for cue in re.split(r"[|\n]", names)}


def stances(
    text: str, words: Sequence[Token], mentions: Sequence[Mention], before: Stance | None = None
) -> list[Stance]:
    """The stance at every token of `text`. An utterance that starts with "or" goes on with `before`."""
    inside = {i: m for m in mentions for i in range(m.first, m.last + 1)}
    goes_on = before is not None and bool(words) and words[0].folded in ("or", "nor")
    state = before if before is not None and goes_on else Stance()
    found, at = [], 0
    last: Mention | None = None
    while at < len(words):
        gap = text[words[at - 1].end : words[at].start] if at else ""
        state = _after_gap(gap, state, words, at, inside, last)
        mention = inside.get(at)
        if mention is None:
            strength, lasts, length = _cue(words, at, inside)
            if length:
                state = state if strength is None else Stance(strength, at, lasts)
                found += [state] * length
                at += length
                continue
            if not state.lasting and last and last.last < at and words[at].folded not in _FILLERS:
                state = Stance()
            found.append(state)
            at += 1
            continue
        behind = " ".join(w.folded for w in _clause(text, words, mention.last + 1))
        here = state
        if not state.negative and _DENIED_AFTER.match(behind):
            here = Stance(-NEVER, mention.last + 1)
        elif _ACCEPTED_AFTER.match(behind):
            here = Stance(ACCEPTABLE, mention.last + 1)
        found += [here] * (mention.last + 1 - at)
        last = mention
        at = mention.last + 1
    return found


def _cue(
    words: Sequence[Token], at: int, inside: dict[int, Mention]
) -> tuple[float | None, bool, int]:
    """The longest cue that starts here: its strength, whether it lasts, its length in tokens."""
    for length in range(5, 0, -1):
        span = range(at, at + length)
        if span.stop > len(words) or any(i in inside for i in span):
            continue
        phrase = " ".join(words[i].folded for i in span)
        if phrase in _cues():
            return (*_cues()[phrase], length)
    return None, True, 0


def _after_gap(
    gap: str,
    state: Stance,
    words: Sequence[Token],
    at: int,
    inside: dict[int, Mention],
    last: Mention | None,
) -> Stance:
    """The state behind the punctuation between two tokens."""
    if _ENDS.search(gap):
        return Stance()
    if "," not in gap or not state.negative:
        return state
    if at == 1 and state.cue == 0 and words[0].folded == "no":
        return Stance()  # "no, something lighter": an answer, not an exclusion
    return state if _list_goes_on(words, at, inside, last) else Stance()


def _list_goes_on(
    words: Sequence[Token], at: int, inside: dict[int, Mention], last: Mention | None
) -> bool:
    """Whether a comma goes on with what was negated: "no horror, war or musicals"."""
    start = at
    while start < len(words) and words[start].folded in _FILLERS:
        start += 1
    ahead = [w.folded for w in words[at : at + 6]]
    listed = next((n for n, w in enumerate(ahead) if w in ("or", "nor")), None)
    before = ahead[: listed or 0]
    if listed is not None and not set(before) & _PREPOSITIONS and len(before) <= 3:
        return True
    following = inside.get(start)
    return following is not None and last is not None and bool(_facets(following) & _facets(last))


def _facets(mention: Mention) -> set[str]:
    phrase = stem(fold(mention.quote))
    literal = {s.facet for s in mention.senses if stem(fold(s.value)) == phrase}
    return literal or {s.facet for s in mention.senses}


def _clause(text: str, words: Sequence[Token], start: int) -> list[Token]:
    """The tokens from `start` to the next punctuation, six at most."""
    found: list[Token] = []
    for at in range(start, min(start + 6, len(words))):
        gap = text[words[at - 1].end : words[at].start] if at else ""
        if _ENDS.search(gap) or "," in gap:
            break
        found.append(words[at])
    return found
