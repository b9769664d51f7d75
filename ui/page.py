"""The home of Gradio: the page at `/`. Chat on one side, cards on the other, the profile as chips."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from chatbot.conversation import Question, Reaction
from chatbot.edits import ByHand
from chatbot.events import Card, Finished, Recommended, Said, Understood
from chatbot.guesses import Guess
from chatbot.profile import Profile, ProfileChange
from chatbot.profile_text import resolved_text
from chatbot.resolved import resolved
from chatbot.voice import Voice
from retrieval.errors import TastemakerError, UnknownConversation
from ui.cards import slots
from ui.profile_panel import profile_panel
from ui.service import Service

CSS = Path(__file__).parent / "static" / "page.css"
FOCUS = Path(__file__).parent / "static" / "focus.js"
STARTERS = {
    "films": (
        "a heist film from the 70s",
        "something like Alien, but funny",
        "a feel-good film, no romance",
        "surprise me",
    )
}
BUTTONS: tuple[tuple[str, Reaction], ...] = (
    ("Like", "like"),
    ("Not for me", "dislike"),
    ("Seen it", "seen"),
)
FONTS = ["system-ui", "Segoe UI", "Roboto", "DejaVu Sans", "sans-serif"]
"""Fonts of the visitor's own machine: the page asks no other host for anything."""
DARK = "() => { document.body.classList.toggle('dark'); }"


@dataclass(frozen=True, eq=False)
class View:
    """What one visitor's page shows. Held by Gradio per page, on the server.

    Each is a value of its own (`eq=False`): Gradio tells by hash whether the state has changed.
    """

    id: str = ""
    messages: tuple[tuple[str, str], ...] = ()
    cards: tuple[Card, ...] = ()
    profile: Profile = field(default_factory=Profile)
    question: Question | None = None
    guesses: tuple[Guess, ...] = ()
    gave_way: str = ""
    """What the last change overruled, in a sentence: shown once."""
    can_undo: bool = False

    def said(self, text: str) -> "View":
        """With more of the reply."""
        *before, (role, so_far) = self.messages
        return replace(self, messages=(*before, (role, so_far + text)))


def mount_page(app: FastAPI, service: Service) -> FastAPI:
    """Mount the page at `/`, with Gradio's own extras switched off."""
    import gradio as gr  # noqa: PLC0415

    mounted: FastAPI = gr.mount_gradio_app(
        app,
        _page(service),
        path="",
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        show_error=False,
        max_file_size="1kb",
        css=CSS.read_text(encoding="utf-8"),
        theme=gr.themes.Soft(font=FONTS, font_mono=FONTS),
    )
    return mounted


def _page(service: Service) -> Any:
    import gradio as gr  # noqa: PLC0415

    length = service.settings.dialogue.list_length
    schema = service.parts.lexicon.schema
    with gr.Blocks(title="Tastemaker", analytics_enabled=False) as page:
        view = gr.State(View())
        with gr.Row(elem_id="top"):
            gr.HTML(f"<h1>Tastemaker</h1><p>{_tagline(service)}</p>")
            over = gr.Button("Start over", size="sm", scale=0, min_width=110)
            dark = gr.Button("Light / dark", size="sm", scale=0, min_width=110)
        with gr.Row():
            with gr.Column(scale=5, min_width=320):
                chat = gr.Chatbot(
                    label="Conversation",
                    elem_id="conversation",
                    show_label=False,
                    height=430,
                    render_markdown=False,
                    buttons=[],
                    feedback_options=None,
                    layout="bubble",
                    placeholder="What do you feel like? Say it in your own words.",
                )
                answers = gr.Column(elem_id="answers-box")
                box = gr.Textbox(
                    placeholder="e.g. something like Blade Runner but less bleak, no horror",
                    show_label=False,
                    label="Your message",
                    max_length=service.settings.dialogue.longest_utterance,
                    submit_btn=True,
                    autofocus=True,
                    elem_id="message",
                )
                profile_box = gr.Column(elem_id="profile")
            with gr.Column(scale=6, min_width=320):
                empty = gr.HTML(
                    '<div id="empty">Your films will appear here.</div>'.replace(
                        "films", service.catalogue
                    )
                )
                groups, htmls, rows = [], [], []
                for place in range(length):
                    with gr.Group(
                        visible=False, elem_classes="tm-slot", elem_id=f"card-{place + 1}"
                    ) as group:
                        htmls.append(gr.HTML(padding=True))
                        with gr.Row(elem_classes="tm-buttons"):
                            rows.append(
                                [gr.Button(text, size="sm", min_width=60) for text, _ in BUTTONS]
                                + [gr.Button("More like this", size="sm", min_width=60)]
                            )
                    groups.append(group)
        shown = [view, chat, empty, *groups, *htmls]

        def paint(current: View, streaming: bool = True) -> list[Any]:
            # The Chatbot reads HTML even with Markdown off, so what was said is escaped here.
            messages = [
                {"role": role, "content": escape(text, quote=False) or "…"}
                for role, text in current.messages
            ]
            filled = slots(current.cards, schema, current.profile, length)
            return [
                current if not streaming else gr.skip(),
                messages,
                gr.update(visible=not current.cards),
                *(gr.update(visible=bool(text)) for text in filled),
                *filled,
            ]

        def say(
            current: View, text: str, change: ProfileChange | ByHand | None = None
        ) -> Iterator[list[Any]]:
            for latest, last in _turn(service, current, text, change):
                yield paint(latest, streaming=not last)

        def send(current: View, text: str) -> Iterator[list[Any]]:
            if not text.strip():
                yield [*paint(current), ""]
                return
            for painted in say(current, text):
                yield [*painted, ""]

        def more_like(current: View, place: int) -> Iterator[list[Any]]:
            if place < len(current.cards):
                yield from say(current, f"more like “{current.cards[place].item.label()}”")

        def react(current: View, place: int, reaction: Reaction) -> list[Any]:
            if place >= len(current.cards):
                return paint(current)
            after = service.react(current.id, current.cards[place].item.id, reaction)
            gone = resolved(current.profile, after.profile, ProfileChange())
            now = replace(
                current,
                profile=after.profile,
                guesses=service.guesses(after),
                gave_way=resolved_text(gone, service.parts.lexicon.items, Voice(after.language)),
                can_undo=bool(after.past),
            )
            return paint(now, streaming=False)

        quiet: dict[str, Any] = {
            "show_progress": "hidden",
            "api_visibility": "private",
            "concurrency_limit": None,
        }
        box.submit(send, [view, box], [*shown, box], **quiet)
        over.click(lambda: paint(_fresh(service), streaming=False), None, shown, **quiet)
        dark.click(None, None, None, js=DARK, api_visibility="private")
        page.load(None, None, None, js=FOCUS.read_text("utf-8"), api_visibility="private")
        page.load(lambda: paint(_fresh(service), streaming=False), None, shown, **quiet)
        for place, buttons in enumerate(rows):
            for button, (_, reaction) in zip(buttons, BUTTONS, strict=False):
                button.click(partial(react, place=place, reaction=reaction), view, shown, **quiet)
            buttons[-1].click(partial(more_like, place=place), view, shown, **quiet)
        with profile_box:

            @gr.render(inputs=view)  # type: ignore[untyped-decorator]
            def profile_chips(current: View) -> None:
                profile_panel(
                    service.parts.lexicon,
                    current.profile,
                    current.guesses,
                    current.gave_way,
                    current.can_undo,
                    lambda button, text, change: button.click(
                        partial(say, text=text, change=change), view, shown, **quiet
                    ),
                )

        with answers:

            @gr.render(inputs=view)  # type: ignore[untyped-decorator]
            def answer_chips(current: View) -> None:
                with gr.Row(elem_id="answers"):
                    for label, text in _answers(current, service.catalogue):
                        gr.Button(label, size="sm", min_width=10, scale=0).click(
                            partial(say, text=text), view, shown, **quiet
                        )

    page.queue(default_concurrency_limit=None)
    return page


def _tagline(service: Service) -> str:
    items = f"{len(service.parts.lexicon.items):,} {service.catalogue}"
    if service.parts.without_model:
        model = (
            "Running without a language model: ranking and reasons come from the catalogue alone."
        )
    elif service.parts.scorer_weight == 0:
        model = "Language model ready, weight 0 in the ranking."
    else:
        model = "With a language model in the ranking."
    return f'Tell me what you feel like. <span id="status">{items}. {model}</span>'


def _fresh(service: Service) -> View:
    return View(id=service.start().id)


def _answers(view: View, catalogue: str) -> list[tuple[str, str]]:
    if view.question:
        options = [(f"{o.value} ({o.remaining})", o.value) for o in view.question.options]
        return [*options, ("just show me", "just show me")]
    if not view.messages:
        return [(text, text) for text in STARTERS.get(catalogue, ("surprise me",))]
    return (
        [(text, text) for text in ("more", "something else", "why the first one?")]
        if view.cards
        else []
    )


def _turn(
    service: Service, view: View, text: str, change: ProfileChange | ByHand | None
) -> Iterator[tuple[View, bool]]:
    """The views of one turn, each with whether it is the last: cards first, then words."""
    view = replace(
        view,
        messages=(*view.messages, ("user", text), ("assistant", "")),
        question=None,
        gave_way="",
    )
    yield view, False
    try:
        for event in service.respond(view.id, text, change):
            match event:
                case Understood():
                    view = replace(
                        view,
                        profile=event.profile,
                        gave_way=resolved_text(
                            event.resolved, service.parts.lexicon.items, Voice(event.language)
                        ),
                    )
                case Recommended(cards):
                    view = replace(view, cards=cards)
                    yield view, False
                case Said(words):
                    view = view.said(words)
                    yield view, False
                case Finished():
                    view = replace(
                        view,
                        question=event.question,
                        profile=event.conversation.profile,
                        guesses=event.guesses,
                        can_undo=bool(event.conversation.past),
                    )
                    yield view, True
    except UnknownConversation:
        yield view.said("This conversation is gone. Press “Start over” for a new one."), True
    except TastemakerError as error:
        yield view.said(str(error)), True
