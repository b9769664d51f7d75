"""The log -> samples: one sample for each list that the visitor reacted to.

Context, and what was named, are those of a live turn: the words since the last "start over", up to and with
the utterance that the list answered, without what was done by hand. Labels are what the visitor
took to. Of an imported conversation every decision of its recommender is a sample, and its labels are
what that recommender named, as in the public files; what the seeker disliked has weight 0 there.

Only turns that may be learned from are read, for the list, for its context and for the reactions to it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from chatbot.logged import LoggedConversation, LoggedItem, LoggedTurn
from finetune.samples import Judged, Message, Sample
from finetune.verdicts import Event, Verdict, events, told, verdicts

TALK = "talk"
"""The source of samples from our own conversations."""


@dataclass
class Gathered:
    """Samples, and what was seen and left out on the way to them."""

    samples: list[Sample] = field(default_factory=list)
    conversations: Counter[str] = field(default_factory=Counter)
    turns: Counter[str] = field(default_factory=Counter)
    lists: Counter[str] = field(default_factory=Counter)
    versions: Counter[tuple[tuple[str, str], ...]] = field(default_factory=Counter)
    """What made the lists that became samples."""
    times: list[str] = field(default_factory=list)
    """When the first and the last of the turns were said that may be learned from."""


def gather(
    conversations: Iterable[LoggedConversation],
    catalogue: str = "",
    since: str = "",
    assumed: bool = False,
) -> Gathered:
    """The samples of all lists of `catalogue` (or of every one) shown at `since` or later, an ISO
    date or time. With `assumed`, consent that a setting gave counts too.
    """
    found = Gathered()
    counts = ("visitor", "owner", "import", *(("setting",) if assumed else ()))
    for conversation in conversations:
        found.conversations["in the log"] += 1
        if catalogue and conversation.catalogue != catalogue:
            found.conversations["of another catalogue"] += 1
            continue
        _gather_one(_agreed(conversation, counts), since, found)
    return found


def _agreed(conversation: LoggedConversation, counts: Collection[str]) -> LoggedConversation:
    """The conversation with no consent but what counts."""
    turns = (t if t.consent in counts else replace(t, consent="") for t in conversation.turns)
    reactions = (
        r if r.consent in counts else replace(r, consent="") for r in conversation.reactions
    )
    return replace(conversation, turns=tuple(turns), reactions=tuple(reactions))


def _gather_one(conversation: LoggedConversation, since: str, found: Gathered) -> None:
    agreed = [turn for turn in conversation.turns if turn.consent]
    found.turns["in the log"] += len(conversation.turns)
    found.turns["may be learned from"] += len(agreed)
    if not agreed:
        found.conversations["without consent"] += 1
        return
    times = sorted([*found.times, *(turn.at for turn in agreed)])
    found.times = [times[0], times[-1]]
    made = 0
    happened = events(conversation)
    for turn, judged in _judged(conversation, happened):
        found.lists["in the log"] += 1
        sample = _sample(conversation, turn, judged, happened)
        if not turn.consent:
            found.lists["without consent"] += 1
        elif turn.at < since:
            found.lists["before the date"] += 1
        elif not sample.labels and not sample.negatives:
            found.lists["without a reaction"] += 1
        elif not sample.context:
            found.lists["before anything was said"] += 1
        else:
            found.samples.append(sample)
            found.versions[tuple(sorted((k, str(v)) for k, v in turn.versions.items()))] += 1
            made += 1
    found.conversations["in the samples" if made else "without a sample"] += 1


def _judged(
    conversation: LoggedConversation, happened: Sequence[Event]
) -> Iterator[tuple[LoggedTurn, list[Verdict]]]:
    """Each turn with a list, and what came of its items."""
    lists = [turn for turn in conversation.turns if turn.shown]
    where: dict[int, dict[str, list[Event]]] = {turn.number: {} for turn in lists}
    for event in happened:  # it is about the latest list before it that showed the item
        for turn in reversed(lists):
            if turn.number <= event.turn and any(i.id == event.item for i in turn.shown):
                where[turn.number].setdefault(event.item, []).append(event)
                break
    for turn, following in zip_longest(lists, lists[1:]):
        about = where[turn.number]
        if conversation.source:
            yield turn, [_named(item, about.get(item.id, ())) for item in turn.shown]
            continue
        end = following.number if following else len(conversation.turns) + 1
        after = [t for t in conversation.turns if turn.number < t.number <= end]
        yield turn, verdicts(turn.shown, about, after)


def _sample(
    conversation: LoggedConversation,
    turn: LoggedTurn,
    judged: Sequence[Verdict],
    happened: Sequence[Event],
) -> Sample:
    since = _since_restart(conversation.turns, turn)
    before = [earlier for earlier in since if earlier.consent]
    first_not = next((t.number for t in conversation.turns if not t.consent), turn.number)
    context = list(_context(before, turn, first_not))
    start = before[0].number if before and before[0].restart else 0
    mentioned: list[str] = []
    for earlier in before:
        if earlier.number > start:
            mentioned += [e.item for e in happened if e.turn == earlier.number - 1]
        mentioned += earlier.named
        if conversation.source and earlier is not turn:
            mentioned += [item.id for item in earlier.shown]
    positives = tuple(_of(v) for v in judged if v.worth > 0 or v.why.startswith("named"))
    number = len(context) if conversation.source else turn.number
    return Sample(
        id=f"{conversation.name}/{number}",
        dialogue=conversation.name,
        context=tuple(context),
        mentioned=tuple(dict.fromkeys(mentioned)),
        labels=tuple(dict.fromkeys(p.id for p in positives)),
        positives=positives,
        negatives=tuple(_of(v) for v in judged if v.worth < 0),
        source=conversation.source or TALK,
        visitor=conversation.visitor,
        time="" if conversation.source else turn.at,
        catalogue=conversation.catalogue,
        scene=conversation.scene,
        moment=turn.moment,
    )


def _since_restart(turns: Sequence[LoggedTurn], last: LoggedTurn) -> list[LoggedTurn]:
    """The turns that a list was made from: up to it, and from the last "start over" on."""
    before = [turn for turn in turns if turn.number <= last.number]
    return before[max((n for n, turn in enumerate(before) if turn.restart), default=0) :]


def _context(turns: Sequence[LoggedTurn], last: LoggedTurn, first_not: int) -> Iterator[Message]:
    """What was said. Our replies quote what the visitor said before (after an undo, even what was said
    before a "start over"), so none is taken behind `first_not`, the first turn of the conversation
    that may not be learned from."""
    for turn in turns:
        if turn.by_hand:
            continue
        if turn.utterance:
            yield Message(role="user", text=turn.utterance)
        if turn.reply and turn is not last and turn.number < first_not:
            yield Message(role="assistant", text=turn.reply)


def _named(item: LoggedItem, about: Sequence[Event]) -> Verdict:
    """What a human recommender named is a label, whatever was said of it afterwards."""
    answer = told(item, about)
    if answer is not None and answer.worth < 0:
        return Verdict(item, 0.0, "named, disliked")
    return Verdict(item, 1.0, "named, liked" if answer and answer.worth > 0 else "named")


def _of(verdict: Verdict) -> Judged:
    item = verdict.item
    return Judged(
        id=item.id,
        position=item.position,
        propensity=item.propensity,
        weight=abs(verdict.worth),
        why=verdict.why,
    )
