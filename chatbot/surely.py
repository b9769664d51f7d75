"""What stands however unlikely a trained reader holds it."""

from collections.abc import Sequence

from chatbot.profile import Preference
from chatbot.reading import Reading
from chatbot.words import pattern
from retrieval.constraints import TEXT
from retrieval.text import fold


def is_sure(want: Preference, place: Sequence[int], reading: Reading) -> bool:
    """Whether a wish stands whatever is likely: an answer that was offered, with more said behind it,
    and what a turn of phrase adds to the wishes: "romance too", "ideally also sad"."""
    words = reading.words
    if want.facet != TEXT and fold(want.phrase or want.quote).startswith("no "):
        return True  # a value that says what there is not: "no oven"
    turns = reading.conversation.turns
    asked = turns[-1].question if turns else None
    if asked and any((asked.facet, o.value) == (want.facet, want.value) for o in asked.options):
        return True
    before = reading.text[: words[place[0]].start]
    behind = reading.text[words[place[-1]].end :]
    return (
        reading.found("sure.asked_for")
        or bool(pattern("talk", "sure.added_before", reading.language).search(before))
        or bool(pattern("talk", "sure.added_behind", reading.language).match(behind))
    )
