"""What is said of an item: seen, loved, hated, wanted the like of, asked about, or ruled out."""

import re
from typing import Literal

Opinion = Literal["seen", "liked", "disliked", "similar", "excluded", "unseen", "named"]

_NOT = r"(?:haven['’]?t|have not|hasn['’]?t|never|not|didn['’]?t|don['’]?t|wasn['’]?t|couldn['’]?t|isn['’]?t)"
_SEE = r"(?:seen|watched|saw|see|watch|finished|read|played|rewatched)"
_LIKE = r"(?:loves?d?|liked?|enjoy(?:ed)?|adored?|favou?rites?(?: (?:film|movie)s?)?(?: (?:is|are|was|of all time is))?|(?:big |huge )?fan of|into)"
_BEFORE: tuple[tuple[Opinion, str], ...] = (
    ("disliked", rf"\b(?:did|do|does|didnt|dont|doesnt|would|wouldnt)(?: not)?(?: \w+)? (?:{_LIKE}|care for|get on with)(?: the)?(?<!would like)(?<!do like)(?<!did like)$"),
    ("excluded", r"(?:nothing|not|no|isnt|is not|arent|none of(?: that| those| the)?|anything but|except(?: for)?|other than|besides|apart from|without|avoid|skip|excluding|exclude)(?: (?:something|anything|films?|movies?))?(?: (?:like|similar to))?(?: the| another)?$"),
    ("excluded", r"\bunlike$"),
    ("similar", r"(?:something|anything|films?|movies?|ones?|stuff|more|similar|things?|story|vibe|feel|feeling|just|exactly|a lot|much|kind of|sort of|looks?|feels?|tone|style|mood|along the lines)(?: \w+)? (?:like|to|of|as)$"),
    ("similar", r"\b(?:similar to|along the lines of|in the (?:vein|style|spirit|mould|mold) of|such as|reminds? me of|same (?:vibe|feel|mood|style) (?:as|of)|comparable to|akin to|as (?:good|funny|scary|clever|weird|beautiful) as|for fans of|a la|inspired by|think|between|cross between|mix of|meets|want another|another)$"),
    ("similar", r"^(?:(?:ok|okay|yes|well|so|maybe|perhaps|but|and|a|the|film|movie) )*like$|\b(?:is|one|it|film|movie|be) like$"),
    ("named", rf"\b(?:ill|well|will|wanna|gonna|to|lets|should|could|can|might|may|id)(?: \w+)? {_SEE}(?: the)?$"),
    ("unseen", rf"\b{_NOT}\b(?: \w+){{0,3}} {_SEE}(?: the)?$"),
    ("disliked", rf"\b(?:hated?|dislike[ds]?|can['’]?t stand|couldn['’]?t (?:stand|finish|get into)|despised?|{_NOT}(?: \w+){{0,2}} {_LIKE}|bored by|disappointed by|walked out of|fell asleep (?:in|during))(?: the)?$"),
    ("liked", rf"\b{_LIKE}(?: (?:seeing|watching|the|film|movie|both))*$"),
    ("seen", r"\b(?:i|we|already) (?:already |both )?know(?: the)?$"),
    ("seen", rf"\b{_SEE}(?: (?:the|film|movie|both|already|all|of|every|any))*$"),
)  # fmt: skip
_AFTER: tuple[tuple[Opinion, str], ...] = (
    ("disliked", r"^(?:is|was|are|were|looks?|sounds?|seems?)?(?: \w+)? ?(?:too|not (?:for (?:us|me|him|her|them)|our thing|my thing))\b"),
    ("disliked", rf"\b(?:hated|disliked|{_NOT} (?:really )?(?:like|enjoy)) (?:it|that|them|both)\b"),
    ("liked", r"\b(?:loved?|liked|enjoyed|adored) (?:it|that|them|both)\b"),
    ("seen", rf"^(?:\w+ )?(?:i|we|he|she|they|my \w+)(?: ?ve|s| have| has)? (?:already |just )?{_SEE}\b|^(?:i|we)?(?: ?ve| have)? ?(?:already |just )?seen\b|\b(?:i|we)(?: ?ve| have)? (?:already |just )?{_SEE} (?:it|them|both|those|that)\b|^(?:crap |stuff )?seen (?:it|them|both)\b|^(?:already|by heart)\b"),
    ("disliked", r"^(?:was|is|were|are) (?:\w+ )?(?:terrible|boring|awful|bad|overrated|dull|rubbish|not (?:for me|good|great|my thing))|^(?:bored me|isn['’]?t for me|didn['’]?t work|not for me|is not for me)"),
    ("liked", r"^(?:was|is|were|are) (?:\w+ )?(?:great|amazing|brilliant|wonderful|fantastic|excellent|good|perfect|my favou?rite|one of my favou?rites|awesome|lovely|a masterpiece)"),
)  # fmt: skip
_BEFORE_COMPILED = tuple((o, re.compile(p)) for o, p in _BEFORE)
_AFTER_COMPILED = tuple((o, re.compile(p)) for o, p in _AFTER)


def opinion(before: str, after: str) -> tuple[Opinion, ...]:
    """What the words around an item's name say of it; ("named",) if nothing.

    `before` and `after` are the lower-case words of its clause, without punctuation, names that
    share its place in a list left out. Seen and liked can both be said: "seen it, loved it".
    """
    earlier = _read(before)
    for said, pattern in _AFTER_COMPILED:
        if pattern.search(after):
            return (
                said,
                *((earlier,) if earlier in ("seen", "similar") and said != earlier else ()),
            )
    return (earlier,)


def _read(before: str) -> Opinion:
    return next((said for said, pattern in _BEFORE_COMPILED if pattern.search(before)), "named")
