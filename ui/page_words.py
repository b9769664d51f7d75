"""The fixed words of the page in the visitor's language: buttons, placeholders, what can be clicked to
answer. They follow the language that is spoken, and until then the browser's."""

from html import escape

from chatbot.voice import Voice
from chatbot.words import languages
from retrieval.text import fold
from ui.cards import MARKS
from ui.page_view import View
from ui.service import Service


def preferred(accepted: str) -> str:
    """The first language of an Accept-Language header that the page can be in; English if there is
    none."""
    codes = (part.split(";")[0].split("-")[0].strip().lower() for part in accepted.split(","))
    return next((code for code in codes if code in languages()), "en")


def named(service: Service, catalogue: str, voice: Voice) -> str:
    """What a catalogue is called within a sentence."""
    if voice.language == "en":
        return catalogue
    return service.house.words[catalogue].heading(voice.language)


def heading(service: Service, catalogue: str, voice: Voice) -> str:
    """What stands over a catalogue's list, as HTML."""
    title = service.house.words[catalogue].heading(voice.language)
    return f'<h2 class="tm-scene">{escape(title)}</h2>'


def header(service: Service, voice: Voice) -> str:
    """What stands over the page, as HTML: what it is for, what it knows, and with which model."""
    things = [
        voice.phrase(
            "page.counted",
            n=f"{len(service.house.parts(name).lexicon.items):,}",
            things=named(service, name, voice),
        )
        for name in service.house.names
    ]
    model = "ranks" if service.parts.scorer_weight else "idle"
    model = "none" if service.parts.without_model else model
    status = (
        f"{voice.listed(things)}{voice.phrase('page.stop')}{voice.phrase(f'page.model.{model}')}"
    )
    tell = escape(voice.phrase("page.tell"))
    return f'<h1>Tastemaker</h1><p>{tell} <span id="status">{escape(status)}</span></p>'


def empty(service: Service, catalogues: tuple[str, ...], voice: Voice) -> str:
    """What stands where the cards will be, as HTML."""
    things = voice.listed([named(service, name, voice) for name in catalogues])
    return f'<div id="empty">{escape(voice.phrase("page.empty", things=things))}</div>'


def sure_to_erase(voice: Voice) -> str:
    """What is asked before a conversation is erased, as HTML."""
    return f"<p>{escape(voice.phrase('page.erase.sure'))}</p>"


def card_buttons(voice: Voice) -> list[str]:
    """The buttons under a card: those of the reactions, and the one for more like it."""
    return [voice.phrase(f"page.card.{name}") for name in (*MARKS, "more_like")]


def choices(service: Service, voice: Voice) -> list[tuple[str, tuple[str, ...]]]:
    """What a conversation can be about: each catalogue, or all of them."""
    names = service.house.names
    each = [(service.house.words[name].heading(voice.language), (name,)) for name in names]
    return [*each, (voice.phrase(f"page.{'both' if len(names) == 2 else 'all'}"), names)]


def answers(view: View, voice: Voice) -> list[tuple[str, str, str]]:
    """Buttons under the conversation: what they show, what they say, and of which catalogue."""
    several = len(view.scenes) > 1
    asking = [scene for scene in view.scenes if scene.question]
    if asking:
        options = [
            (
                voice.phrase("ask.option", value=o.value, n=o.remaining),
                o.value,
                scene.catalogue if several else "",
            )
            for scene in asking
            if scene.question
            for o in scene.question.options
        ]
        show = voice.phrase("page.just_show")
        return [*options, (show, show, asking[0].catalogue if several else "")]
    if not view.messages:
        return [(text, text, "") for text in starters(view.catalogues, voice)]
    shown = any(scene.cards for scene in view.scenes)
    said = [voice.phrase(f"page.{name}") for name in ("more", "other", "why")] if shown else []
    return [(text, text, "") for text in said]


def starters(catalogues: tuple[str, ...], voice: Voice) -> tuple[str, ...]:
    """What a conversation about these catalogues can begin with."""
    try:
        return voice.all(f"page.starters.{'_'.join(fold(name) for name in catalogues)}")
    except KeyError:  # not our own
        return voice.all("page.starters.any")
