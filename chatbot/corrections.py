"""Corrections within an utterance: "from the 60s, no wait, the 50s". What came first is dropped."""

from collections.abc import Sequence
from dataclasses import replace

from chatbot.bounds import Bound
from chatbot.lexicon import Mention
from chatbot.quantities import Quantity, quantities
from chatbot.words import pattern
from retrieval.text import Token

DURATIONS = frozenset(["clock", "minutes"])


def corrected(
    text: str,
    words: Sequence[Token],
    mentions: Sequence[Mention],
    limits: Sequence[Bound],
    language: str = "en",
) -> tuple[list[Mention], list[Bound]]:
    """Mentions and limits without what was taken back: the last thing named before a cue, if the
    first thing named after it is of the same sort."""
    kept, bounds = list(mentions), list(limits)
    for cue in pattern("limits", "words.correction", language).finditer(text):
        before = [b for b in bounds if b.end <= cue.start()]
        after = [b for b in bounds if b.start >= cue.end()]
        if before and after and before[-1].facet == after[0].facet:
            taken_back = (before[-1].start, before[-1].end)
            bounds = [b for b in bounds if (b.start, b.end) != taken_back]
            continue
        if before and after and after[0].facet != before[-1].facet:
            meant = _of_the_same(text, before[-1], after[0], language)
            if meant:
                bounds = [b for b in bounds if b not in (before[-1], after[0])] + [meant]
                continue
        if before and not after and (meant := _instead(text, before[-1], cue.end(), language)):
            bounds = [meant if b is before[-1] else b for b in bounds]
            continue
        named = [m for m in kept if words[m.last].end <= cue.start()]
        instead = [m for m in kept if words[m.first].start >= cue.end()]
        if named and instead and named[-1].kind == instead[0].kind:
            kept.remove(named[-1])
    return kept, bounds


def _instead(text: str, before: Bound, at: int, language: str) -> Bound | None:
    """A bound with the bare figure that stands behind a cue instead of its own: "under 20, no wait, 30"."""
    amounts = quantities(text, language)
    own, new = _amount_of(before, amounts), next((q for q in amounts if q.start >= at), None)
    if not own or not new or not own.high or before.op == "!=":
        return None
    if new.kind not in ("bare", own.kind) and not {new.kind, own.kind} <= DURATIONS:
        return None
    if text[at : new.start].strip(" ,.:€$£"):
        return None
    end = new.end
    if fine := pattern("talk", "change.relaxed", language).match(text[end:]):
        end += fine.end()  # "no wait, 120 is fine" lifts nothing
    return replace(before, value=new.high * before.value / own.high, end=end)


def _amount_of(bound: Bound, amounts: Sequence[Quantity]) -> Quantity | None:
    return next((q for q in amounts if bound.start <= q.start and q.end <= bound.end), None)


def _of_the_same(text: str, before: Bound, after: Bound, language: str) -> Bound | None:
    """A bound of a bare figure that stands behind a cue, as one of what the figure before it counted:
    "under 400 calories, no wait, under 500"."""
    amounts = quantities(text, language)
    own, new = _amount_of(before, amounts), _amount_of(after, amounts)
    if not own or not new or new.kind != "bare" or not own.high or not new.high:
        return None
    return replace(after, facet=before.facet, value=new.high * before.value / own.high)
