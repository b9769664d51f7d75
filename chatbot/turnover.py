"""Another kind of thing is asked for: what was wished of the one before goes.

"A perfume", then "a laptop": nothing is both, so the second is a new wish and no refinement.
Limits and exclusions stay: they were promised.
"""

from chatbot.polarity import HEDGED
from chatbot.profile import CONTEXT, SIMILAR, Preference, Removal
from chatbot.reading import Reading
from retrieval.constraints import TEXT
from retrieval.item import Item
from retrieval.text import fold, singular


def turned_over(reading: Reading) -> list[Removal]:
    """The earlier wishes that do not go with a kind of thing that is asked for now."""
    lexicon = reading.lexicon
    if not lexicon.kinds.facets:
        return []
    before = [w for w in reading.conversation.profile.wants if w.facet not in (CONTEXT, SIMILAR)]
    old_kinds = [w for w in before if _is_kind(w, reading)]
    fresh = [w for w in reading.wants if w.strength > HEDGED] if old_kinds else []
    now = [w for w in fresh if _names_a_kind(w, reading)]
    if not now:
        return []
    items = [i for i in lexicon.items.values() if any(_has(i, w) for w in now)]
    if any(_has(item, w) for item in items for w in old_kinds):
        return []  # "headphones", then "wireless ones"
    gone = [w for w in before if w.facet == TEXT or not any(_has(item, w) for item in items)]
    return [Removal("wants", w.facet, w.value) for w in gone]


def starts_afresh(reading: Reading) -> bool:
    """Whether a visitor who has seen a list asks for something of its own: "a soup for six", and not
    "a bit quicker", "also with rice", or the answer to a question."""
    turns = reading.conversation.turns
    wished = [w for w in reading.wants if w.facet not in (CONTEXT, SIMILAR)]
    if not wished or not reading.conversation.last_shown:
        return False
    if reading.of_same_makers:
        return True  # whoever made it: what they made need not be alike
    if turns[-1].question is not None:
        return False
    return reading.found("change.fresh") and not reading.found("change.refines")


def _names_a_kind(want: Preference, reading: Reading) -> bool:
    """A kind of the catalogue's, or a word that things are called by: "wireless earphones"."""
    if want.facet != TEXT:
        return _is_kind(want, reading)
    head = singular(fold(str(want.value))).split()[-1:]
    titles = (singular(fold(i.title)).split() for i in reading.lexicon.items.values())
    return bool(head) and sum(title[-1:] == head for title in titles) > 0


def _is_kind(want: Preference, reading: Reading) -> bool:
    return reading.lexicon.kinds.is_kind(want.facet, str(want.value))


def _has(item: Item, want: Preference) -> bool:
    if want.facet == TEXT:
        head = singular(fold(str(want.value))).split()[-1]
        return head in singular(fold(item.title)).split()
    return item.has(want.facet, str(want.value))
