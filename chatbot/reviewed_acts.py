"""Which acts stand when a second reader has been asked, and what they are about."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from chatbot.acts import Act, ActName
from chatbot.lexicon import Mention
from chatbot.profile import SIMILAR, ProfileChange
from chatbot.reading import Reading
from chatbot.remarks import ASKING
from chatbot.second_reader import ACT_NAMES, Cuts, Likely
from chatbot.words.filler import function_words
from retrieval.constraints import TEXT
from retrieval.text import tokens

if TYPE_CHECKING:
    from chatbot.understand import Understanding

KEPT: frozenset[ActName] = frozenset({"undo", "restart", "revoke"})
"""Acts that take something back: the rules alone say whether they are there."""
ON_ITEMS: frozenset[ActName] = ASKING | {"accept"}
"""Acts that are about items, and about which ones a second reader may say."""
ASIDE: frozenset[ActName] = ASKING | {"off-topic", "inquire-system", "inquire-profile"}
"""Acts beside which the rules take facet words and limits for no wishes."""


PLAIN: frozenset[ActName] = frozenset({"inform", "request-recommendation"})
"""Acts that say nothing without a wish."""
SMALL_TALK = 2  # words beside a name


def what_is_meant(acts: Collection[ActName], shown: Sequence[str]) -> list[str]:
    """What is asked about or taken where no name says it: all of a list that is compared, or the one
    item that is shown."""
    if "compare" in acts:
        return list(shown)
    return list(shown) if set(acts) & ON_ITEMS and len(shown) == 1 else []


def only_names(rules: "Understanding", reading: Reading, mentions: Sequence[Mention]) -> bool:
    """Whether an utterance is hardly more than a title of what was not shown ("Seven Samurai please"), or
    than words to look for before anything was shown: "the matrix"."""
    named = {i for m in mentions for i in range(m.first, m.last + 1)}
    shown, wants = reading.conversation.shown, rules.change.wants
    if not wants or not {a.act for a in rules.acts} <= PLAIN:
        return False
    if any(m.kind == "title" for m in mentions):
        left = [w for i, w in enumerate(reading.words) if i not in named]
        alike = {w.value for w in wants if w.facet == SIMILAR}
    else:
        sought = {t.folded for w in wants if w.facet == TEXT for t in tokens(w.phrase)}
        left = [w for w in reading.words if w.folded not in sought]
        alike = set() if shown else {TEXT}
    small = len(left) <= SMALL_TALK and all(w.folded in function_words() for w in left)
    return small and bool(alike) and alike.isdisjoint(shown)


def reviewed_acts(
    rules: Sequence[Act],
    reading: Reading,
    likely: Likely,
    cuts: Cuts,
    change: ProfileChange,
    bare: bool,
) -> tuple[Act, ...]:
    """Point 5. There is always one; nothing is said to be ruled out where nothing is, and nothing is
    taken by `bare` names of what was not shown."""
    read, text = {act.act for act in rules}, reading.text
    stands = {
        n for n in ACT_NAMES if n not in KEPT and cuts.holds("act", n in read, likely.acts[n])
    }
    stands |= read & KEPT
    stands -= set() if change.avoids or "negate" in read else {"negate"}
    stands -= {"accept"} if bare else set()
    asks_for = bool(change.wants) and (
        reading.found("sure.asked_for") or reading.found("sure.alike")
    )
    if asks_for or ("critique" in read and not (read & ASIDE or "?" in text)):
        stands -= ASIDE | {"accept"}  # "it should be shorter than the second" asks nothing
    if len(stands) > 1:
        stands.discard("off-topic")
    acts = [act for act in rules if act.act in stands]
    acts += [Act(name, text[:80]) for name in ACT_NAMES if name in stands - read]
    return tuple(acts) or tuple(rules)
