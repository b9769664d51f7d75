"""Replies: short sentences around the cards. Every title in them is an item of this catalogue."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from chatbot.conversation import Conversation, Question
from chatbot.events import Card
from chatbot.lexicon import Lexicon
from chatbot.profile import EXCLUDES_FROM, SIMILAR, SPECIAL, Preference, Profile
from chatbot.relax import Relaxation
from chatbot.understand import Understanding
from chatbot.voice import ENGLISH, Voice
from chatbot.words.spellings import other_spelling
from retrieval.constraints import TEXT, permitted
from retrieval.item import Item
from retrieval.stock import is_out_of_stock
from retrieval.stop_words import STOP_WORDS
from retrieval.text import HAN, fold, singular, tokens

NAMED = 3
"""Of what was shown already, so many are named at the most."""


def list_reply(
    cards: Sequence[Card],
    full: int,
    understanding: Understanding,
    conversation: Conversation,
    lexicon: Lexicon,
    left: int,
    length: int,
    known: Sequence[str],
    voice: Voice = ENGLISH,
) -> str:
    """What is said with a list: what it goes by, how well it fits, and the first of it. `known` are the
    titles of what may not come again and fits all of it.

    "Fit" is only said of what was checked, facets and limits; the rest was "looked for".
    """
    say, profile = voice.phrase, conversation.profile
    checked = voice.quoted([*_facet_quotes(profile), *_limit_quotes(profile, cards)])
    sought = _sought(profile, voice)
    kept, sparse = promised(profile, [card.item for card in cards], voice, _told(conversation))
    unspoken = voice.quoted(_unspoken(conversation, lexicon))
    named = {"checked": voice.listed(checked)}
    named["also"] = say("list.also", sought=sought) if sought else ""
    count = voice.counted(len(cards))
    if not checked:
        body = say("list.sought" if sought else "list.begin", count=count, sought=sought)
    elif full == len(cards):
        body = voice.plural("list.fit", full, count=count, **named)
    elif full:
        body = voice.plural("list.some", full, count=voice.counted(full), **named)
    elif known:
        few = f"list.exhausted{'_known' if len(known) <= NAMED else ''}"
        body = say(few, known=voice.listed(known), **named)
    else:
        body = voice.plural("list.none", len(checked), **named)
    end = say("list.last") if left <= len(cards) else ""
    if not end and checked and len(cards) < length:
        end = say("list.no_further")
    return voice.sentences(
        say("list.different") if understanding.did("request-alternative") else "",
        missed(understanding, voice, len(conversation.last_shown)) if understanding.missed else "",
        noted(understanding, lexicon, voice),
        body,
        say("list.kept", kept=voice.listed(kept)) if kept else "",
        say("list.sparse", sparse=voice.listed(sparse)) if sparse else "",
        say("list.unspoken", quotes=voice.listed(unspoken, "or")) if unspoken else "",
        say("list.start", title=cards[0].item.label()),
        cards[0].reason,
        end,
    )


def _told(conversation: Conversation) -> Collection[Preference]:
    """What was ruled out before an earlier list, with which it was said what that list goes by."""
    last = _last_list(conversation)
    return {a for a in conversation.profile.avoids if a.turn <= last}


def _last_list(conversation: Conversation) -> int:
    """The latest turn before this one that showed a list; 0 for none."""
    earlier = conversation.turns[:-1]
    return max((n for n, turn in enumerate(earlier, 1) if turn.shown), default=0)


def _unspoken(conversation: Conversation, lexicon: Lexicon) -> list[str]:
    """Words that were looked for since the last list and that no item has anywhere."""
    since = _last_list(conversation)
    sought = [w for w in conversation.profile.wants if w.facet == TEXT and w.turn > since]
    words = dict.fromkeys(t for w in sought for t in tokens(w.value) if t.folded not in STOP_WORDS)
    return [
        word.text
        for word in words
        if not HAN.search(word.text)
        and not any(map(lexicon.catalogue.holds, (word.folded, other_spelling(word.folded))))
    ]


def promised(
    profile: Profile,
    items: Sequence[Item],
    voice: Voice = ENGLISH,
    told: Collection[Preference] = (),
) -> tuple[list[str], list[str]]:
    """Quotes of what is ruled out: where the catalogue says it of all `items`, and where it may not.

    Tags and words of a description are given where they strike the eye; nobody claims that they are
    complete. People, genres, countries and warnings are. Of what is neither, in no item's record more
    complete than in another's, it is said once: not again of what was `told`.
    """
    excluded = [a for a in profile.avoids if a.strength >= EXCLUDES_FROM]
    by_name: dict[str, list[Preference]] = {}
    for entry in excluded:
        by_name.setdefault(entry.name, []).append(entry)
    sure = [name for name, entries in by_name.items() if _is_complete(entries, items)]
    known = {
        name for name, entries in by_name.items()
        if all(e in told and _is_alike(e.facet, items) for e in entries)
    }  # fmt: skip
    return voice.quoted(sure), voice.quoted(n for n in by_name if n not in sure and n not in known)


def _is_alike(facet: str, items: Sequence[Item]) -> bool:
    """Whether the records of items say as much of a facet as each other's: all, or none for certain."""
    return facet in ("tags", TEXT) or not any(item.is_silent(facet) for item in items)


def _is_complete(entries: Sequence[Preference], items: Sequence[Item]) -> bool:
    """Whether the catalogue says of every item what these words rule out: all that they stand for
    is in complete facets, or the very word is one ("horror", the genre)."""
    complete = [e for e in entries if e.facet not in ("tags", TEXT)]
    if any(item.is_silent(e.facet) for item in items for e in complete):
        return False
    literal = (singular(fold(e.value)) in singular(fold(e.quote)) for e in complete)
    return len(complete) == len(entries) or any(literal)


def noted(understanding: Understanding, lexicon: Lexicon, voice: Voice) -> str:
    """What was taken in of items, and what was named that the catalogue does not have."""
    change = understanding.change
    if change.undo:
        return voice.phrase("noted.undone")
    parts = [
        voice.phrase(f"noted.{what}", titles=voice.listed([lexicon.items[i].title for i in ids]))
        for what, ids in (
            ("seen", change.seen),
            ("liked", change.liked),
            ("disliked", change.disliked),
        )
        if ids
    ]
    together = voice.phrase("joint.semicolon").join(parts)
    unknown = voice.listed(voice.quoted(understanding.unknown))
    uncounted = voice.listed(voice.quoted(understanding.uncounted))
    twins = [
        voice.phrase(
            "noted.twin",
            quote=quote,
            taken=lexicon.items[taken].label(),
            others=voice.listed([lexicon.items[id].label() for id in others]),
        )
        for quote, taken, others in understanding.twins
    ]
    return voice.sentences(
        voice.phrase("noted.all", parts=together) if together else "",
        *twins,
        voice.phrase("noted.unknown", quotes=unknown) if unknown else "",
        voice.phrase("noted.uncounted", quotes=uncounted) if uncounted else "",
    )


def none_left(
    relaxed: Sequence[Relaxation],
    shown_all: int,
    voice: Voice = ENGLISH,
    withheld: bool = False,
    known: Sequence[str] = (),
) -> str:
    """When nothing may be shown: which promises empty the list, and what giving way would free.
    With `withheld`, the owner does not show what would fit. `known` are the titles of what fits and
    was shown, where they are few."""
    say = voice.phrase
    empty = say("none_left.empty_today" if withheld else "none_left.empty")
    start = voice.plural("none_left.shown", shown_all) if shown_all else empty
    if known:
        start = voice.sentences(start, say("none_left.known", titles=voice.listed(known)))
    if not relaxed:
        return voice.sentences(start, say("none_left.helpless"))
    single = list(dict.fromkeys(r.quotes for r in relaxed))
    names = voice.quoted([q for quotes in single for q in quotes])
    if len(single[0]) > 1 and len(single) == 1:
        why = say("none_left.together", quotes=voice.listed(voice.quoted(single[0])))
    elif len(single[0]) > 1:
        why = say("none_left.several")
    elif shown_all:
        why = ""
    elif len(single) == 1:
        why = say("none_left.one", quote=names[0])
    else:
        why = say("none_left.any", quotes=voice.listed(names, "or"))
    end = say("none_left.shall_i" if len(relaxed) == 1 else "none_left.say_which")
    return voice.sentences(start, why, *(_offer(r, voice) for r in relaxed), end)


def _offer(offer: Relaxation, voice: Voice) -> str:
    if not offer.nearest:
        quotes = voice.listed(voice.quoted(offer.quotes))
        return voice.plural("none_left.without", offer.remaining, quotes=quotes)
    return voice.plural(
        "none_left.nearest",
        offer.remaining,
        quote=offer.quotes[0],
        nearest=offer.nearest,
        answer=offer.answer,
    )


def question_text(question: Question, voice: Voice = ENGLISH) -> str:
    """A question with its answers and how many items each would leave."""
    found = [voice.phrase("ask.option", value=o.value, n=o.remaining) for o in question.options]
    return voice.phrase("ask.all", question=question.text, options=voice.listed(found, "or"))


def small_talk(
    understanding: Understanding,
    lexicon: Lexicon,
    scene: str,
    voice: Voice = ENGLISH,
    shown: int = 0,
) -> str:
    """A civil word for what asks for no list; `shown` is the length of the latest one."""
    say = voice.phrase
    if understanding.foreign:
        return say("talk.foreign")
    if understanding.did("restart"):
        return say("talk.restart")
    if understanding.missed:
        return missed(understanding, voice, shown)
    if understanding.did("bye"):
        return say("talk.bye")
    if understanding.did("inquire-system"):
        return say("talk.system", scene=scene)
    if understanding.did("accept"):
        taken = [lexicon.items[id] for id in understanding.about]
        gone = [item.title for item in taken if is_out_of_stock(item, lexicon.schema)]
        if gone:
            return say("talk.accept_gone", titles=voice.listed(gone))
        titles = [item.title for item in taken]
        return say("talk.accept", title=titles[0] if len(titles) == 1 else say("talk.accept_it"))
    if understanding.did("thank"):
        return say("talk.thank")
    if understanding.unclear:
        return say("talk.unclear", quote=understanding.unclear)
    if understanding.did("undo"):
        return say("talk.no_undo")
    if understanding.did("greet", "affirm", "deny"):
        return say("talk.feel")
    return say("talk.lost_films" if scene == "films" else "talk.lost")


def missed(understanding: Understanding, voice: Voice, shown: int) -> str:
    """That words point at no item of the latest list, and why."""
    if understanding.missed == "feature":
        return voice.phrase("talk.no_such", quote=understanding.unclear)
    if not shown:
        return voice.phrase("talk.none_shown", quote=understanding.unclear)
    return voice.plural("talk.beyond", shown, quote=understanding.unclear)


def _facet_quotes(profile: Profile) -> list[str]:
    stated = [w for w in profile.wants if w.facet not in SPECIAL]
    return [w.name for w in stated if not w.is_faded] or [w.name for w in stated]


def _limit_quotes(profile: Profile, cards: Sequence[Card]) -> list[str]:
    """Of figures that some kinds are let off, those only that all of the list meets by its own."""
    stated = [x for x in profile.limits if x.whole]
    own = {x: replace(x.constraint, unless=()) for x in stated if not isinstance(x.value, str)}
    return [
        x.quote
        for x in stated
        if not x.unless or x not in own or all(permitted(c.item, [own[x]]) for c in cards)
    ]


def _sought(profile: Profile, voice: Voice) -> str:
    """What was looked for by likeness, which cannot be said to fit."""
    wants = [w for w in profile.wants if not w.is_faded] or profile.wants
    like = [w.label for w in wants if w.facet == SIMILAR]
    text = voice.quoted([w.quote for w in wants if w.facet == TEXT])
    alike = voice.phrase("sought.like", titles=voice.listed(like)) if like else ""
    alike = voice.phrase("sought.liked") if profile.liked and not like else alike
    about = voice.phrase("sought.text", quotes=voice.listed(text)) if text else ""
    if alike and about:
        return voice.phrase("sought.both", first=alike, second=about)
    return alike or about


def pieces(reply: str) -> list[str]:
    """A reply in pieces that a page can show one after the other: words, spaces kept."""
    words = reply.split(" ")
    return (
        [
            " ".join(words[i : i + 6]) + (" " if i + 6 < len(words) else "")
            for i in range(0, len(words), 6)
        ]
        if reply
        else []
    )
