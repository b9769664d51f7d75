"""One turn of dialogue: the page to read first.

Understand the utterance, update the profile, decide, find and rank, explain, say. Everything that
happens is an event; the last one holds the next conversation. Nothing is kept between calls.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from chatbot import answer, say
from chatbot.ask import RELAX, best_question, may_ask, settled
from chatbot.choose import chosen
from chatbot.conversation import Action, Conversation, Option, Question, Turn
from chatbot.decide import decide
from chatbot.events import Card, Event, Finished, Recommended, Retrieved, Said, Understood
from chatbot.explain import gather, reason
from chatbot.guesses import Guess, guesses_of
from chatbot.labels import disclosed, labelled
from chatbot.merging import merged
from chatbot.parts import Parts
from chatbot.profile import SIMILAR, ProfileChange
from chatbot.profile_text import profile_text, resolved_text
from chatbot.proposal import validated
from chatbot.recommend import (
    as_they_stood,
    current_candidates,
    fits_wishes,
    is_good,
    known_that_fit,
    offers,
    query_of,
    returning,
    shown_that_fit,
)
from chatbot.resolved import resolved
from chatbot.understand import Understanding, understand
from chatbot.voice import Voice
from retrieval.constraints import permitted
from retrieval.find import Query
from retrieval.micro_batches import aside
from retrieval.prompt import ScorerPrompt
from retrieval.rank import Ranked, rank, select
from retrieval.text import clean

TURNS_READ = 4  # by the scorer, the latest


@dataclass
class _Clock:
    """Milliseconds by stage."""

    stages: dict[str, float] = field(default_factory=dict)
    since: float = field(default_factory=perf_counter)

    def lap(self, stage: str) -> None:
        now = perf_counter()
        self.stages[stage] = round(1000 * (now - self.since) + self.stages.get(stage, 0.0), 2)
        self.since = now


@dataclass
class _Outcome:
    """What a turn came to, while it is being made."""

    action: Action
    reply: str = ""
    question: Question | None = None
    cards: tuple[Card, ...] = ()
    about: tuple[str, ...] = ()
    guesses: tuple[Guess, ...] = ()


def respond(
    conversation: Conversation, utterance: str, parts: Parts, by_hand: ProfileChange | None = None
) -> Iterator[Event]:
    """Answer one utterance. Yields Understood, Retrieved, Recommended, Said..., Finished.

    `by_hand` is a change made in the page instead of in words (a chip that was removed); the
    utterance then only says so, and a list follows.
    """
    clock = _Clock()
    text = clean(utterance, parts.dialogue.longest_utterance)
    before = conversation
    said = _understand(text, conversation, parts, by_hand, clock)
    # The words of this turn are evidence from here on, so the turn is part of the conversation.
    current = replace(
        before.changed(said.change),
        turns=(*before.turns, Turn(text, "", "talk", _names(said), language=said.language)),
    )
    gone = tuple(resolved(before.profile, current.profile, said.change))
    guesses = guesses_of(current.profile, parts.retriever)
    yield Understood(said.acts, said.change, current.profile, guesses, gone, said.language)
    clock.lap("understand")
    voice = Voice(said.language)
    cut = len(utterance) > parts.dialogue.longest_utterance
    outcome = _Outcome(decide(said, before, current), about=said.about, guesses=guesses)
    if by_hand is not None:
        outcome.action = "recommend"
    yield from _act(outcome, said, before, current, parts, clock)
    outcome.reply = voice.sentences(
        resolved_text(gone, parts.lexicon.items, voice),
        outcome.reply,
        voice.phrase("talk.cut", n=f"{parts.dialogue.longest_utterance:,}") if cut else "",
    )
    yield from (Said(piece) for piece in say.pieces(outcome.reply))
    last = Turn(
        text,
        outcome.reply,
        outcome.action,
        _names(said),
        tuple(card.item.id for card in outcome.cards),
        outcome.question,
        outcome.about,
        said.language,
        tuple(card.item.id for card in outcome.cards if card.sponsored),
    )
    clock.lap("say")
    yield Finished(
        replace(current, turns=(*before.turns, last)),
        outcome.reply,
        outcome.action,
        outcome.question,
        outcome.cards,
        {**clock.stages, "total": round(sum(clock.stages.values()), 2)},
        {**parts.versions, "understood_by": said.by},
        guesses,
    )


def _understand(
    text: str,
    conversation: Conversation,
    parts: Parts,
    by_hand: ProfileChange | None,
    clock: _Clock,
) -> Understanding:
    if by_hand is not None:
        return Understanding(change=by_hand, by="hand", language=conversation.language)
    if taken := chosen(text, conversation, parts.retriever, parts.rules.hidden):
        return taken
    rules = understand(text, conversation, parts.lexicon, parts.second)
    if rules.foreign or not any(c.isalpha() for c in text):
        rules = replace(rules, language=conversation.language)
    if parts.reader is None or rules.foreign:
        return rules
    clock.lap("understand")
    answer = aside(parts.reader.read, text, conversation, parts.lexicon)
    if answer is not None:
        entries = validated(answer.proposal, text, conversation, parts.lexicon)
        rules = replace(merged(rules, entries, text, conversation), by=f"rules and {answer.model}")
    clock.lap("chat_model")
    return rules


def _names(said: Understanding) -> tuple[str, ...]:
    return tuple(dict.fromkeys(act.act for act in said.acts))


def _act(
    outcome: _Outcome,
    said: Understanding,
    before: Conversation,
    current: Conversation,
    parts: Parts,
    clock: _Clock,
) -> Iterator[Event]:
    items, schema, voice = parts.lexicon.items, parts.lexicon.schema, Voice(said.language)
    match outcome.action:
        case "recommend" | "ask":
            yield from _recommend_or_ask(outcome, said, before, current, parts, clock)
        case "explain":
            ids = answer.targets(said.about, before.last_shown, 1)
            outcome.about = tuple(ids)
            outcome.reply = _explain(ids[0], current, parts, outcome.guesses, voice)
        case "answer":
            ids, outcome.reply = answer.answers(
                current.turns[-1].utterance, said.about, before.last_shown, parts.lexicon, voice
            )
            outcome.about = tuple(ids)
        case "compare":
            ids = answer.targets(said.about, before.last_shown, 2)
            outcome.about = tuple(ids)
            listing = [items[id] for id in before.last_shown]
            asked, two = current.turns[-1].utterance, len(said.about) == 2
            most, which = answer.most_of(asked, listing, two, parts.lexicon, voice)
            if most and set(said.about) <= set(before.last_shown) and len(said.about) != 2:
                outcome.action, outcome.reply, outcome.about = "answer", most, which
            elif len(ids) == 2:
                outcome.reply = answer.compare(items[ids[0]], items[ids[1]], schema, voice)
            else:
                outcome.action, outcome.reply = "talk", voice.phrase("talk.which_two")
        case "talk":
            if said.did("inquire-profile"):
                outcome.reply = profile_text(current.profile, outcome.guesses, items, voice)
            else:
                shown = len(before.last_shown)
                outcome.reply = say.small_talk(said, parts.lexicon, current.catalogue, voice, shown)


def _recommend_or_ask(
    outcome: _Outcome,
    said: Understanding,
    before: Conversation,
    current: Conversation,
    parts: Parts,
    clock: _Clock,
) -> Iterator[Event]:
    voice = Voice(said.language)
    columns, asked = parts.retriever.columns, replace(current, turns=before.turns)
    stood = before.undone_shown if said.change.undo else ()
    query = query_of(asked, parts.retriever, parts.rules.hidden, stood)
    mask = columns.allowed(query.constraints, query.hidden)
    free = int(mask.sum())
    again, mask = returning(stood, mask, parts.retriever)
    welcome = not again and may_ask(before, _names(said), parts.dialogue)
    if welcome and (outcome.action == "ask" or parts.dialogue.policy == "ask"):
        outcome.question = _question(query, mask, [], current, parts)
    clock.lap("decide")
    if outcome.question:
        outcome.action = "ask"
        noted = say.noted(said, parts.lexicon, voice)
        outcome.reply = voice.sentences(noted, say.question_text(outcome.question, voice))
        if said.did("greet"):
            outcome.reply = voice.sentences(voice.phrase("ask.hello"), outcome.reply)
        return
    outcome.action = "recommend"
    ranked = yield from _rank(query, mask, current, parts, free, clock)
    length = parts.dialogue.list_length
    selected = as_they_stood(again, ranked) or select(
        ranked, length, parts.retriever, query, parts.rank.diversity, parts.rules
    )
    if welcome and not is_good(query, mask, ranked, length, parts.retriever):
        mask[[columns.row[r.candidate.item.id] for r in selected]] = False
        outcome.question = _question(query, mask, ranked, current, parts)
    clock.lap("select")
    outcome.cards = tuple(_card(r, current, parts, outcome.guesses) for r in selected)
    outcome.about = (*said.about, *outcome.about)
    clock.lap("explain")
    yield Recommended(outcome.cards)
    if not outcome.cards:
        _offer(outcome, query, asked, parts, voice)
        return
    outcome.reply = say.list_reply(
        outcome.cards,
        sum(fits_wishes(r.candidate.item, query) for r in selected),
        said,
        current,
        parts.lexicon,
        free,
        length,
        known_that_fit(query, parts.retriever, parts.rules.hidden),
        voice,
    )
    if outcome.question:
        outcome.reply = voice.sentences(outcome.reply, say.question_text(outcome.question, voice))


def _question(
    query: Query,
    allowed: NDArray[np.bool_],
    ranked: Sequence[Ranked],
    current: Conversation,
    parts: Parts,
) -> Question | None:
    left, belief = current_candidates(query, allowed, ranked, parts.retriever)
    columns, schema = parts.retriever.columns, parts.lexicon.schema
    return best_question(
        left, belief, columns, schema, settled(current), parts.dialogue, Voice(current.language)
    )


def _offer(
    outcome: _Outcome, query: Query, current: Conversation, parts: Parts, voice: Voice
) -> None:
    """Say what empties the list, and offer to give way; the offers are the options of a question."""
    allowed, withheld = parts.retriever.columns.allowed, parts.rules.hidden
    known = int(allowed(query.constraints, withheld).sum())
    told = shown_that_fit(query, current, parts.retriever)
    told = told if known <= parts.dialogue.list_length else []
    found = offers(current, parts.retriever, voice, withheld)[: parts.dialogue.options]
    withheld_fit = bool(allowed(query.constraints, ()).any())
    outcome.reply = say.none_left(found, known, voice, withheld_fit, told)
    options = tuple(Option(o.answer, o.remaining) for o in found)
    outcome.question = (
        Question(RELAX, voice.phrase("give_way.question"), options, 0.0) if options else None
    )


def _rank(
    query: Query,
    mask: NDArray[np.bool_],
    current: Conversation,
    parts: Parts,
    free: int,
    clock: _Clock,
) -> Generator[Event, None, list[Ranked]]:
    candidates = parts.retriever.find(query, mask)
    if not candidates and free:
        # Nothing to go by: any item that may be shown is as good as another.
        candidates = parts.retriever.anything(query, current.id)
    yield Retrieved(free, len(candidates))
    clock.lap("find")
    ranked = rank(
        candidates, query, _prompt(current), parts.scorer, parts.scorer_weight,
        parts.scorer_depth, parts.rank, parts.retriever.catalogue.schema,
    )  # fmt: skip
    clock.lap("rank")
    return ranked


def _prompt(current: Conversation) -> ScorerPrompt:
    lines = []
    since = max((n for n, t in enumerate(current.turns) if "restart" in t.acts), default=0)
    said = [turn for turn in current.turns[since:] if turn.acts]  # not what was done by hand
    for turn in said[-TURNS_READ:]:
        lines.append(f"Visitor: {turn.utterance}")
        lines += [f"You: {turn.reply}"] if turn.reply else []
    profile = current.profile
    wants = ", ".join(w.label if w.facet == SIMILAR else str(w.value) for w in profile.wants)
    return ScorerPrompt.of("\n".join(lines), wants, ", ".join(str(a.value) for a in profile.avoids))


def _card(ranked: Ranked, current: Conversation, parts: Parts, guesses: tuple[Guess, ...]) -> Card:
    item = ranked.candidate.item
    evidence = gather(item, current, parts.retriever, parts.dialogue.evidence, guesses)
    voice = Voice(current.language)
    words = reason(item, evidence, current, parts.lexicon, voice)
    told = tuple(evidence) if words else ()
    card = Card(item, round(ranked.score, 4), words, told, ranked.parts)
    return labelled(card, parts.rules, voice)


def _explain(
    id: str, current: Conversation, parts: Parts, guesses: tuple[Guess, ...], voice: Voice
) -> str:
    item = parts.lexicon.items[id]
    evidence = gather(item, current, parts.retriever, parts.dialogue.evidence, guesses)
    words = reason(item, evidence, current, parts.lexicon, Voice(current.language))
    promised, _ = say.promised(current.profile, [item], voice)
    if not permitted(item, current.profile.constraints):
        return voice.sentences(voice.phrase("explain.before", title=item.label()), words)
    words = disclosed(words or voice.phrase("explain.near"), item, parts.rules, voice)
    return voice.sentences(
        voice.phrase("explain.of", title=item.label(), reason=words),
        voice.phrase("explain.kept", quotes=voice.listed(promised)) if promised else "",
    )
