"""Understanding: from an utterance to dialogue acts and a `ProfileChange`. Rules; same in, same out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from chatbot.acts import Act, ActName, find_acts
from chatbot.adjectives import adjectives
from chatbot.asking import is_asking, is_elsewhere, read_answer
from chatbot.bounds import Bound, bounds, denials, uncounted
from chatbot.change import change_of
from chatbot.comparing import compared, is_kept, read_comparatives
from chatbot.consulting import consulted
from chatbot.contents import content_question
from chatbot.context import forget_company, forget_suiting, read_context
from chatbot.conversation import Conversation
from chatbot.corrections import corrected
from chatbot.fields_asked import asked_of
from chatbot.heard import Read
from chatbot.language import language_of
from chatbot.lexicon import Lexicon, Mention
from chatbot.mentions import link
from chatbot.own_age import bounds_by_age, read_unclear
from chatbot.polarity import HEDGED, NEVER, Stance, stances
from chatbot.profile import CONTEXT, SIMILAR, Limit, ProfileChange, Removal
from chatbot.reading import Missed, Reading, inside_of, overlaps
from chatbot.references import Reference, apart, read_places_without_a_list, references
from chatbot.remarks import ASKING, Named, asked_spans, read_items
from chatbot.ruled_out_before import with_stops, without_traits
from chatbot.same_makers import read_same_makers
from chatbot.second_reader import SecondReader, Span
from chatbot.slips import unslipped
from chatbot.title_guesses import with_guesses
from chatbot.topics import read_topics
from chatbot.turnover import turned_over
from chatbot.twins import twins_of
from chatbot.unknown import without_others
from chatbot.wishes import read_promises, read_pronouns, read_relaxations, read_values
from chatbot.words import pattern
from retrieval.text import HAN, simplified, tokens

OPEN_ENDED: frozenset[ActName] = frozenset({"request-recommendation"})
"""Acts whose words can hold wishes."""


@dataclass(frozen=True)
class Understanding:
    """What was understood. `about` are items that a question or reaction is about; `unclear` are
    words that point at no one item, `missed` why they do not; `foreign` is said of a language that is not read, and
    `unknown` are titles that the catalogue does not have."""

    acts: tuple[Act, ...] = ()
    change: ProfileChange = field(default_factory=ProfileChange)
    about: tuple[str, ...] = ()
    unclear: str = ""
    missed: Missed = ""
    foreign: bool = False
    unknown: tuple[str, ...] = ()
    uncounted: tuple[str, ...] = ()
    """Figures of which nothing says what they count here: "at least 16"."""
    twins: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    """Titles that several items have: the words, the item that was taken, and the others."""
    language: str = "en"
    by: str = "rules"
    """Who understood it: the rules, or the rules with the chat model that is named."""

    def did(self, *names: ActName) -> bool:
        """Whether one of these acts is among them."""
        return any(act.act in names for act in self.acts)


def understand(
    text: str, conversation: Conversation, lexicon: Lexicon, second: SecondReader | None = None
) -> Understanding:
    """Read one utterance against the conversation so far. `text` must be clean (see `clean`). A
    second reader may add to what the rules read, and correct it: see `reviewed`."""
    language = language_of(text)
    if language is None:
        return Understanding((Act("off-topic", text[:80]),), foreign=True)
    written, text = text, simplified(text) if HAN.search(text) else text
    text = unslipped(text, lexicon) if language == "en" else text
    if about := asked_of(text, conversation, lexicon, language):
        return Understanding((Act("inquire-item", written[:80]),), about=about, language=language)

    opened = _opened(text, conversation, lexicon, language)
    mentions = link(opened.text, opened.words, lexicon, language, conversation.last_shown)
    pointed = references(opened.text, conversation, lexicon, language)

    def read(denied: Collection[ActName] = (), titled: Sequence[Span] = ()) -> Read:
        return _read(text, opened.apart(), mentions, pointed, denied, titled)

    found = read().understanding if second is None or language != "en" else consulted(second, read)
    return in_own_words(found, text, written)


def _read(
    text: str,
    reading: Reading,
    mentions: list[Mention],
    pointed: list[Reference],
    denied: Collection[ActName],
    titled: Sequence[Span],
) -> Read:
    """What the rules read; acts denied are no acts, and words that are `titled` are titles."""
    conversation, lexicon, language = reading.conversation, reading.lexicon, reading.language
    reading.acts = [a for a in reading.acts if a.act not in denied]
    words = reading.words
    mentions = with_guesses(reading.text, words, mentions, titled, lexicon)
    mentions, missing = without_others(reading, mentions, pointed)
    mentions, pointed = apart(reading, mentions, pointed)
    titles = [(words[m.first].start, words[m.last].end) for m in mentions if m.kind == "title"]
    spans = [*titles, *((r.start, r.end) for r in pointed)]
    read_answer(reading)
    stopped = with_stops(reading.text, words, mentions, language)
    limits = bounds(stopped, lexicon.schema, spans, language)
    limits += bounds_by_age(reading.text, lexicon.schema, language)
    figures = {b.facet for b in limits}
    listed = bool(conversation.last_shown)
    worded = adjectives(reading.text, lexicon, mentions, spans, figures, language, listed)
    relative = compared(reading, worded)
    limits += [b for b in worded if b not in relative and not is_kept(b, conversation)]
    linked = {i for m in mentions for i in range(m.first, m.last + 1)}
    for bound in (*limits, *worded):
        reading.spent += without_traits(bound, words, mentions, reading.text, language)
    sure = pattern("talk", "sure.cue", language)
    reading.spent += [m.span() for m in sure.finditer(reading.text)]
    mentions, limits = corrected(reading.text, words, mentions, limits, language)
    read_relaxations(reading)
    reading.spent += read_context(reading, spans)
    covered = reading.spent
    mentions = [m for m in mentions if m.kind == "title" or not overlaps(words, m, covered)]
    goes_on = bool(conversation.turns) and "negate" in conversation.turns[-1].acts
    stance = stances(reading.text, words, mentions, Stance(-NEVER) if goes_on else None, language)
    _read_limits(reading, limits)
    named = _named(reading, mentions, pointed)
    asking = is_asking(reading, named, denied)
    if "off-topic" not in denied and is_elsewhere(reading, named):
        reading.acts.append(Act("off-topic", text[:80]))
        asking = True
    names = {act.act for act in reading.acts}
    stated = _stated_from(reading) if asking else 0
    asked = asked_spans(reading) if asking else []

    def is_stated(start: int) -> bool:
        return start >= stated or not any(s <= start < e for s, e in asked)

    reading.limits = [x for x in reading.limits if is_stated(text.find(x.quote))]
    reading.of_content = asking and bool(content_question(reading.text, language))
    if reading.of_content:
        forget_company(reading, is_stated)
    forget_suiting(reading, is_stated)
    said = [
        m
        for m in mentions
        if is_stated(words[m.first].start) or (stance[m.first].negative and not reading.of_content)
    ]
    if names & {"off-topic", "inquire-system", "inquire-profile"}:
        said = []
    read_values(reading, said, stance)
    linked |= {i for n in named for i in range(n.first, n.last + 1)}
    read_items(reading, named, asking, missing, stance)
    if not asking:
        read_comparatives(reading, limits, named)
    missing |= read_promises(reading)
    read_places_without_a_list(reading)
    read_pronouns(reading, said)
    if not asking:
        read_same_makers(reading, mentions, named, stance)
    read_unclear(reading)
    if not (
        asking or names & {"undo", "no-preference", "restart", "inquire-profile", "inquire-system"}
    ):
        ends = [(s, e) for act, s, e in reading.act_spans if act not in OPEN_ENDED]
        inside = {i for i, w in enumerate(words) if inside_of(w, [*covered, *ends])}
        read_topics(reading, linked | missing | inside, stance)
    reading.removals += turned_over(reading)
    change = change_of(reading, names)
    understanding = Understanding(
        _complete(text, reading, change),
        change,
        tuple(dict.fromkeys(reading.about)),
        reading.unclear,
        reading.missed,
        unknown=tuple(reading.unknown),
        uncounted=() if asking else tuple(uncounted(reading.text, lexicon.schema, spans, language)),
        twins=tuple(twins_of(reading, mentions)),
        language=language,
    )
    return Read(understanding, reading, named, mentions)


def warm(lexicon: Lexicon, second: SecondReader | None = None) -> None:
    """Load what understanding needs the first time: word frequencies, tables, units, numbers."""
    for said in ("something like Alien under 2 kg, a hundred pages", "两小时以内的片子"):
        understand(said, Conversation("", ""), lexicon, second)


def _opened(written: str, conversation: Conversation, lexicon: Lexicon, language: str) -> Reading:
    """An utterance with its words and the acts that fixed phrases show."""
    text = pattern("talk", "change.repair", language).sub(lambda m: " " * len(m[0]), written)
    complaint = pattern("talk", "change.complains", language).search(text)
    text = pattern("talk", "change.complains", language).sub(lambda m: " " * len(m[0]), text)
    found = find_acts(text, language)
    turn = len(conversation.turns) + 1
    reading = Reading(text, tokens(text), conversation, lexicon, turn, language, written=written)
    reading.acts = [act for act, _, _ in found]
    if complaint and not found:
        reading.acts.append(Act("request-recommendation", complaint[0].strip()))
    reading.act_spans = [(act.act, start, end) for act, start, end in found]
    return reading


def _read_limits(reading: Reading, limits: Sequence[Bound]) -> None:
    text, language = reading.text, reading.language
    relaxed = pattern("talk", "change.relaxed", language)
    if limits and pattern("talk", "change.corrects", language).search(text):
        # "make it before the nineties instead": what was said of the field before goes
        reading.removals += [Removal("limits", f) for f in dict.fromkeys(b.facet for b in limits)]
    for bound in limits:
        quote = text[bound.start : bound.end].strip()
        lifts = relaxed.match(text[bound.end :]) and not _moves(bound, reading)
        if reading.found("change.forget", end=bound.start) or lifts:
            reading.removals.append(Removal("limits", bound.facet))
            reading.revoke(quote)
            continue
        denied = pattern("limits", "words.denied_behind", language).match(text[bound.end :])
        if denied:
            quote = text[bound.start : bound.end + denied.end()].strip()
        for op, number in denials(bound, limits) if denied else [(bound.op, bound.value)]:
            value = int(number) if float(number).is_integer() else number
            reading.limits.append(Limit(bound.facet, op, value, quote, reading.turn))


def _moves(bound: Bound, reading: Reading) -> bool:
    """Whether a bound only moves one that was set before: "up to 30 is fine", after "under 20"."""
    new = Limit(bound.facet, bound.op, bound.value, "", 0)
    before = (x for x in reading.conversation.profile.limits if x.facet == bound.facet)
    return any(x.side == new.side and x.value != bound.value for x in before)


def _named(
    reading: Reading, mentions: Sequence[Mention], pointed: Sequence[Reference]
) -> list[Named]:
    """Titles and references, in order."""
    named = [
        Named(m.first, m.last, (m.senses[0].value,), m.quote) for m in mentions if m.kind == "title"
    ]
    for r in pointed:
        span = [i for i, w in enumerate(reading.words) if w.start < r.end and r.start < w.end]
        if span:
            dated = r.kind == "dated"
            named.append(
                Named(span[0], span[-1], r.items, r.quote, True, r.is_pronoun, dated, r.kind)
            )
    return sorted(named, key=lambda n: n.first)


def in_own_words(understanding: Understanding, read: str, written: str) -> Understanding:
    """With the quotes as the visitor wrote them, where simplified characters were read."""
    if read == written or len(read) != len(written):
        return understanding

    def own(quote: str) -> str:
        at = read.find(quote)
        return written[at : at + len(quote)] if at >= 0 else quote

    change = understanding.change
    return replace(
        understanding,
        acts=tuple(Act(a.act, own(a.quote)) for a in understanding.acts),
        change=replace(
            change,
            wants=tuple(replace(w, quote=own(w.quote)) for w in change.wants),
            avoids=tuple(replace(a, quote=own(a.quote)) for a in change.avoids),
            limits=tuple(replace(x, quote=own(x.quote)) for x in change.limits),
        ),
    )


def _stated_from(reading: Reading) -> int:
    """Where a question ends and statements may begin: "why the first one? And no horror please"."""
    text = reading.text
    asked = min((text.find(a.quote) for a in reading.acts if a.act in ASKING), default=0)
    end = pattern("talk", "question.ends", reading.language).search(text, max(asked, 0) + 1)
    return end.end() if end else len(text)


def _complete(text: str, reading: Reading, change: ProfileChange) -> tuple[Act, ...]:
    """The acts, with those added that the profile change shows; off-topic if there is none."""
    acts = list(reading.acts)
    if change.wants or change.limits:
        quote = (change.wants or change.limits)[0].quote
        only_more = not change.limits and all(w.facet == SIMILAR for w in change.wants)
        if not (only_more and any(a.act == "request-more" for a in acts)):
            acts.append(Act("inform", quote))
    shown = reading.conversation.last_shown
    company = {w.phrase for w in change.wants if w.facet == CONTEXT}
    if any(a.phrase not in company for a in change.avoids):
        soft = all(a.strength <= HEDGED for a in change.avoids)
        criticised = shown and reading.found("critique.too")
        similar = any(w.facet == SIMILAR for w in change.wants)
        if not (soft and (criticised or (similar and _critique(reading)))):
            acts.append(
                Act("negate", next(a.quote for a in change.avoids if a.phrase not in company))
            )
    asks = {a.act for a in acts} & ASKING
    if (critique := _critique(reading)) and not asks:
        acts.append(Act("critique", critique))
    names = {a.act for a in acts}
    if "accept" in names:
        acts = [a for a in acts if a.act not in ("affirm", "no-preference")]
    if "revoke" in names:
        acts = [a for a in acts if a.act != "no-preference"]
    if names & {"request-explanation", "inquire-profile", "inquire-system"}:
        dropped = ["request-recommendation", "no-preference"]
        if "request-explanation" not in names:
            dropped.append("inquire-item")
        acts = [a for a in acts if a.act not in dropped]
    if not acts:
        acts.append(Act("off-topic", text[:80]))
    return tuple(dict.fromkeys(acts))


def _critique(reading: Reading) -> str:
    """What asks for a change of what was shown or named: "too dark", "like 2 but lighter"."""
    about = bool(reading.about) or bool(reading.conversation.last_shown)
    similar = any(w.facet == SIMILAR for w in reading.wants)
    for key, applies in (("too", about), ("but", similar), ("more", about)):
        match = pattern("talk", f"critique.{key}", reading.language).search(reading.text)
        if match and applies:
            return match[0].strip()
    return ""
