"""When a second reader is asked, and when the rules read once more for what it says."""

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from chatbot.acts import ActName
from chatbot.heard import Read, heard_of
from chatbot.kept import keeps
from chatbot.reviewed_acts import ASIDE
from chatbot.reviewing import reviewed
from chatbot.second_reader import Cuts, Heard, Likely, SecondReader, Span

if TYPE_CHECKING:
    from chatbot.understand import Understanding


def consulted(
    second: SecondReader, read: Callable[[Collection[ActName], Sequence[Span]], Read]
) -> "Understanding":
    """What the rules read, as a second reader corrects it. Where it holds everyday words for a title, or
    a question of the rules' for none, they read once more: "a film from the 70s, which is ..." has a
    limit again."""
    first = read((), ())
    if first.reading.of_content:  # "any sad parts?" rules nothing out
        return first.understanding
    heard = heard_of(first)
    likely = second.read(heard)
    taken = _taken(heard, likely, second.cuts)
    if taken:
        titled = read((), taken)
        if _keeps(first, titled.understanding):
            first, heard = titled, heard_of(titled)
            likely = second.read(heard)
        else:
            taken = []
    found = reviewed(first, heard, likely, second.cuts)
    denied = {a.act for a in first.understanding.acts} - {a.act for a in found.acts}
    if not denied & ASIDE:
        return found
    again = read(denied & ASIDE, taken)
    if heard_of(again) != heard:
        return found
    better = reviewed(again, heard, likely, second.cuts)
    return better if _keeps(first, better) else found


def _taken(heard: Heard, likely: Likely, cuts: Cuts) -> list[Span]:
    """The words that equal a title and are likely meant as one."""
    pairs = zip(heard.maybe, likely.maybe, strict=True)
    return [span for span, p in pairs if cuts.holds("title", False, p)]


def _keeps(first: Read, later: "Understanding") -> bool:
    """Whether another reading of an utterance keeps every promise of the first."""
    conversation = first.reading.conversation
    floor, after = (conversation.changed(u.change).profile for u in (first.understanding, later))
    return keeps(floor, after)
