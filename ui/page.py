"""The home of Gradio: the page at `/`. Chat on one side, cards on the other, the profile as chips."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from chatbot.conversation import Reaction
from chatbot.edits import ByHand
from chatbot.profile import ProfileChange
from chatbot.profile_text import resolved_text
from chatbot.resolved import resolved
from chatbot.voice import Voice
from retrieval.text import listed
from ui.cards import slots
from ui.page_view import SceneView, View, fresh, known, turn_views
from ui.profile_panel import profile_panel
from ui.service import Service

CSS = Path(__file__).parent / "static" / "page.css"
FOCUS = Path(__file__).parent / "static" / "focus.js"
STARTERS: dict[str, tuple[str, ...]] = {
    "films": (
        "a heist film from the 70s",
        "something like Alien, but funny",
        "a feel-good film, no romance",
        "surprise me",
    ),
    "books": (
        "a detective novel from the 30s",
        "something like Persepolis, but funny",
        "under 300 pages, nothing violent",
        "surprise me",
    ),
}
TOGETHER: dict[tuple[str, ...], tuple[str, ...]] = {
    ("films", "books"): (
        "a film and a book for a rainy weekend",
        "a heist film and a detective novel",
        "something funny, nothing violent",
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
    names = service.house.names
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
                empty = gr.HTML(_empty(names[:1]))
                headings, groups, htmls, rows = [], [], [], []
                for name in names:
                    title = service.house.words[name].heading("en")
                    headings.append(
                        gr.HTML(f'<h2 class="tm-scene">{escape(title)}</h2>', visible=False)
                    )
                    for place in range(length):
                        with gr.Group(
                            visible=False,
                            elem_classes="tm-slot",
                            elem_id=f"{_prefix(name, names)}card-{place + 1}",
                        ) as group:
                            htmls.append(gr.HTML(padding=True))
                            with gr.Row(elem_classes="tm-buttons"):
                                buttons = [text for text, _ in BUTTONS] + ["More like this"]
                                drawn = [gr.Button(b, size="sm", min_width=60) for b in buttons]
                                rows.append((name, place, drawn))
                        groups.append(group)
        shown = [view, chat, empty, *headings, *groups, *htmls]

        def paint(current: View, streaming: bool = True) -> list[Any]:
            # The Chatbot reads HTML even with Markdown off, so what was said is escaped here.
            messages = [
                {"role": role, "content": escape(text, quote=False) or "…"}
                for role, text in current.messages
            ]
            filled: list[str] = []
            for name in names:
                here, schema = current.scene(name), service.house.parts(name).lexicon.schema
                filled += slots(here.cards, schema, here.profile, length)
            several = len(current.scenes) > 1
            return [
                current if not streaming else gr.skip(),
                messages,
                gr.update(
                    value=_empty(current.catalogues),
                    visible=not any(s.cards for s in current.scenes),
                ),
                *(gr.update(visible=several and bool(current.scene(n).cards)) for n in names),
                *(gr.update(visible=bool(text)) for text in filled),
                *filled,
            ]

        def say(
            current: View,
            text: str,
            change: ProfileChange | ByHand | None = None,
            scene: str = "",
        ) -> Iterator[list[Any]]:
            for latest, last in turn_views(service, current, text, change, scene):
                yield paint(latest, streaming=not last)

        def send(current: View, text: str) -> Iterator[list[Any]]:
            if not text.strip():
                yield [*paint(current), ""]
                return
            for painted in say(current, text):
                yield [*painted, ""]

        def more_like(current: View, scene: str, place: int) -> Iterator[list[Any]]:
            if place < len(cards := current.scene(scene).cards):
                yield from say(current, f"more like “{cards[place].item.label()}”", scene=scene)

        def react(current: View, scene: str, place: int, reaction: Reaction) -> list[Any]:
            here = current.scene(scene)
            if place >= len(here.cards):
                return paint(current)
            item = here.cards[place].item.id
            if len(current.scenes) > 1:
                after = service.joint.react(current.id, item, reaction, scene).of(scene)
            else:
                after = service.react(current.id, item, reaction)
            gone = resolved(here.profile, after.profile, ProfileChange())
            items = service.house.parts(scene).lexicon.items
            gave_way = resolved_text(gone, items, Voice(after.language))
            now = replace(known(service, here, after), gave_way=gave_way)
            return paint(current.with_scene(now), streaming=False)

        def start(current: View, about: tuple[str, ...] = ()) -> list[Any]:
            return paint(fresh(service, about or current.catalogues), streaming=False)

        # Where progress is shown, Gradio 6.31 reads out "common.complete": a key without a text.
        silent: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        quiet: dict[str, Any] = {**silent, "concurrency_limit": None}
        box.submit(send, [view, box], [*shown, box], **quiet)
        over.click(start, view, shown, **quiet)
        dark.click(None, None, None, js=DARK, **silent)
        page.load(None, None, None, js=FOCUS.read_text("utf-8"), **silent)
        page.load(lambda: paint(fresh(service), streaming=False), None, shown, **quiet)
        for name, place, drawn in rows:
            for button, (_, reaction) in zip(drawn, BUTTONS, strict=False):
                button.click(
                    partial(react, scene=name, place=place, reaction=reaction), view, shown, **quiet
                )
            drawn[-1].click(partial(more_like, scene=name, place=place), view, shown, **quiet)

        def on_click(scene: str, button: Any, text: str, change: ProfileChange | ByHand) -> None:
            said = partial(say, text=text, change=change, scene=scene)
            button.click(said, view, shown, **quiet)

        with profile_box:

            @gr.render(inputs=view, show_progress="hidden")  # type: ignore[untyped-decorator]
            def profile_chips(current: View) -> None:
                for here in current.scenes:
                    scene = here.catalogue if len(current.scenes) > 1 else ""
                    if scene and here != SceneView(scene):
                        title = service.house.words[scene].heading("en")
                        gr.HTML(f'<h3 class="tm-scene">{escape(title)}</h3>')
                    profile_panel(
                        service.house.parts(here.catalogue).lexicon,
                        here.profile,
                        here.guesses,
                        here.gave_way,
                        here.can_undo,
                        partial(on_click, scene),
                        _prefix(scene, current.catalogues) if scene else "",
                    )

        with answers:

            @gr.render(inputs=view, show_progress="hidden")  # type: ignore[untyped-decorator]
            def answer_chips(current: View) -> None:
                if not current.messages and len(names) > 1:
                    with gr.Row(elem_id="choice"):
                        for label, about in _choices(service):
                            chosen = current.catalogues == about
                            gr.Button(
                                f"✓ {label}" if chosen else label,
                                size="sm",
                                min_width=10,
                                scale=0,
                                variant="primary" if chosen else "secondary",
                            ).click(partial(start, about=about), view, shown, **quiet)
                with gr.Row(elem_id="answers"):
                    for label, text, scene in _answers(current):
                        gr.Button(label, size="sm", min_width=10, scale=0).click(
                            partial(say, text=text, scene=scene), view, shown, **quiet
                        )

    page.queue(default_concurrency_limit=None)
    return page


def _prefix(name: str, names: tuple[str, ...]) -> str:
    """Before the ids of what stands on the page once for each catalogue; nothing for the first."""
    return "" if name == names[0] else f"{name}-"


def _empty(catalogues: tuple[str, ...]) -> str:
    return f'<div id="empty">Your {escape(listed(catalogues))} will appear here.</div>'


def _tagline(service: Service) -> str:
    counts = ((n, len(service.house.parts(n).lexicon.items)) for n in service.house.names)
    items = listed([f"{count:,} {name}" for name, count in counts])
    if service.parts.without_model:
        model = (
            "Running without a language model: ranking and reasons come from the catalogue alone."
        )
    elif service.parts.scorer_weight == 0:
        model = "Language model ready, weight 0 in the ranking."
    else:
        model = "With a language model in the ranking."
    return f'Tell me what you feel like. <span id="status">{items}. {model}</span>'


def _choices(service: Service) -> list[tuple[str, tuple[str, ...]]]:
    """What a conversation can be about: each catalogue, or all of them."""
    names = service.house.names
    each = [(service.house.words[name].heading("en"), (name,)) for name in names]
    return [*each, ("Both" if len(names) == 2 else "All", names)]


def _answers(view: View) -> list[tuple[str, str, str]]:
    """Buttons under the conversation: what they show, what they say, and of which catalogue."""
    several = len(view.scenes) > 1
    asking = [scene for scene in view.scenes if scene.question]
    if asking:
        options = [
            (f"{o.value} ({o.remaining})", o.value, scene.catalogue if several else "")
            for scene in asking
            if scene.question
            for o in scene.question.options
        ]
        last = asking[0].catalogue if several else ""
        return [*options, ("just show me", "just show me", last)]
    if not view.messages:
        none = ("surprise me",)
        start = TOGETHER.get(view.catalogues, none) if several else none
        if len(view.scenes) == 1:
            start = STARTERS.get(view.catalogues[0], none)
        return [(text, text, "") for text in start]
    shown = any(scene.cards for scene in view.scenes)
    return [(t, t, "") for t in ("more", "something else", "why the first one?")] if shown else []
