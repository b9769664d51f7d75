"""The home of Gradio: the page at `/`. Chat on one side, cards on the other, the profile as chips."""

from collections.abc import Iterator
from contextlib import suppress
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
from chatbot.voice import ENGLISH, Voice
from retrieval.errors import UnknownConversation
from ui import page_words as words
from ui.cards import MARKS, slots
from ui.page_view import SceneView, View, agreed, fresh, known, reacted, turn_views
from ui.profile_panel import profile_panel
from ui.resuming import opened
from ui.service import Service
from ui.visitor_cookie import VisitorCookies

CSS = Path(__file__).parent / "static" / "page.css"
SCRIPTS = [CSS.with_name(name) for name in ("focus.js", "lists.js")]
FONTS = ["system-ui", "Segoe UI", "Roboto", "DejaVu Sans", "sans-serif"]
"""Fonts of the visitor's own machine: the page asks no other host for anything."""
DARK = "() => { document.body.classList.toggle('dark'); }"


def mount_page(app: FastAPI, service: Service, cookies: VisitorCookies) -> FastAPI:
    """Mount the page at `/`, with Gradio's own extras switched off."""
    import gradio as gr  # noqa: PLC0415

    mounted: FastAPI = gr.mount_gradio_app(
        app,
        _page(service, cookies),
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


def _page(service: Service, cookies: VisitorCookies) -> Any:
    import gradio as gr  # noqa: PLC0415

    length = service.settings.dialogue.list_length
    names = service.house.names
    with gr.Blocks(title="Tastemaker", analytics_enabled=False) as page:
        view, spoken = gr.State(View()), gr.State(ENGLISH.language)
        with gr.Row(elem_id="top"):
            top = gr.HTML(words.header(service, ENGLISH))
            over = gr.Button(ENGLISH.phrase("page.start_over"), size="sm", scale=0, min_width=110)
            dark = gr.Button(ENGLISH.phrase("page.dark"), size="sm", scale=0, min_width=110)
        with gr.Row(elem_id="sides"):
            with gr.Column(elem_id="talk", min_width=0):
                chat = gr.Chatbot(
                    label=ENGLISH.phrase("page.conversation"),
                    elem_id="conversation",
                    show_label=False,
                    height=430,
                    render_markdown=False,
                    buttons=[],
                    feedback_options=None,
                    layout="bubble",
                    placeholder=ENGLISH.phrase("page.feel"),
                )
                answers = gr.Column(elem_id="answers-box")
                box = gr.Textbox(
                    placeholder=ENGLISH.phrase("page.example"),
                    show_label=False,
                    label=ENGLISH.phrase("page.message"),
                    max_length=service.settings.dialogue.longest_utterance,
                    submit_btn=True,
                    autofocus=True,
                    elem_id="message",
                )
            with gr.Column(elem_id="lists", min_width=0):
                empty = gr.HTML(words.empty(service, names[:1], ENGLISH))
                headings, groups, htmls, rows = [], [], [], []
                for name in names:
                    headings.append(gr.HTML(words.heading(service, name, ENGLISH), visible=False))
                    for place in range(length):
                        with gr.Group(
                            visible=False,
                            elem_classes="tm-slot",
                            elem_id=f"{_prefix(name, names)}card-{place + 1}",
                        ) as group:
                            htmls.append(gr.HTML(padding=True))
                            with gr.Row(elem_classes="tm-buttons"):
                                texts = words.card_buttons(ENGLISH)
                                drawn = [
                                    gr.Button(b, size="sm", min_width=60, elem_classes=f"tm-{kind}")
                                    for kind, b in zip((*MARKS, "more"), texts, strict=True)
                                ]
                                rows.append((name, place, drawn))
                        groups.append(group)
            with gr.Column(elem_id="about", min_width=0):
                learn = gr.Checkbox(
                    label=ENGLISH.phrase("page.learn"), container=False, elem_id="learn"
                )
                erase = gr.Button(
                    ENGLISH.phrase("page.erase.offer"),
                    size="sm",
                    elem_id="erase",
                    variant="secondary",
                )
                with gr.Group(visible=False, elem_id="erase-sure") as sure:
                    sure_text = gr.HTML(words.sure_to_erase(ENGLISH))
                    with gr.Row():
                        gone = gr.Button(
                            ENGLISH.phrase("page.erase.yes"), size="sm", variant="stop"
                        )
                        stays = gr.Button(ENGLISH.phrase("page.erase.no"), size="sm")
                profile_box = gr.Column(elem_id="profile")
        shown = [view, spoken, learn, chat, empty, *headings, *groups, *htmls]
        fixed = [
            top,
            over,
            dark,
            learn,
            erase,
            sure_text,
            gone,
            stays,
            chat,
            box,
            *headings,
            *(b for *_, drawn in rows for b in drawn),
        ]

        def paint(current: View, streaming: bool = True) -> list[Any]:
            # The Chatbot reads HTML even with Markdown off, so what was said is escaped here.
            messages = [
                {"role": role, "content": escape(text, quote=False) or "…"}
                for role, text in current.messages
            ]
            filled: list[str] = []
            for name in names:
                here, schema = current.scene(name), service.house.parts(name).lexicon.schema
                filled += slots(here.cards, schema, here.profile, length, Voice(current.language))
            several = len(current.scenes) > 1
            return [
                current if not streaming else gr.skip(),
                current.language if not streaming else gr.skip(),
                agreed(service, current) if not streaming else gr.skip(),
                messages,
                gr.update(
                    value=words.empty(service, current.catalogues, Voice(current.language)),
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
                label, voice = cards[place].item.label(), Voice(current.language)
                said = voice.phrase("page.card.says_more_like", title=label)
                yield from say(current, said, scene=scene)

        def react(current: View, scene: str, place: int, reaction: Reaction) -> list[Any]:
            here = current.scene(scene)
            if place >= len(here.cards):
                return paint(current)
            item = here.cards[place].item.id
            after = reacted(service, current, scene, item, reaction)
            gone = resolved(here.profile, after.profile, ProfileChange())
            items = service.house.parts(scene).lexicon.items
            gave_way = resolved_text(gone, items, Voice(after.language))
            now = replace(known(service, here, after), gave_way=gave_way)
            return paint(current.with_scene(now), streaming=False)

        def agree(current: View, given: bool) -> bool:
            with suppress(UnknownConversation):  # erased meanwhile
                service.consent(current.id, given)
            return agreed(service, current)

        def start(current: View, about: tuple[str, ...] = ()) -> list[Any]:
            names = about or current.catalogues
            return paint(fresh(service, names, current.visitor, current.language), streaming=False)

        def forget(current: View) -> list[Any]:
            with suppress(UnknownConversation):  # erased already
                service.forget(current.id)
            return [*start(current), gr.update(visible=False)]

        def arrive(request: gr.Request) -> list[Any]:
            visitor = cookies.visitor_of_page(request.request)
            language = words.preferred(request.request.headers.get("accept-language", ""))
            return paint(opened(service, visitor, language), streaming=False)

        def reword(language: str) -> list[Any]:
            voice = Voice(language)
            return [
                words.header(service, voice),
                voice.phrase("page.start_over"),
                voice.phrase("page.dark"),
                gr.update(label=voice.phrase("page.learn")),
                voice.phrase("page.erase.offer"),
                words.sure_to_erase(voice),
                voice.phrase("page.erase.yes"),
                voice.phrase("page.erase.no"),
                gr.update(
                    placeholder=voice.phrase("page.feel"), label=voice.phrase("page.conversation")
                ),
                gr.update(
                    placeholder=voice.phrase("page.example"), label=voice.phrase("page.message")
                ),
                *(words.heading(service, name, voice) for name in names),
                *(text for _ in rows for text in words.card_buttons(voice)),
            ]

        # Where progress is shown, Gradio 6.31 reads out "common.complete": a key without a text.
        silent: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        quiet: dict[str, Any] = {**silent, "concurrency_limit": None}
        # Both parts drawn anew write one table of a visitor's buttons, which Gradio 6.31 reads
        # unguarded meanwhile: one at a time, or a part now and then keeps what it showed before.
        drawing: dict[str, Any] = {
            "show_progress": "hidden",
            "concurrency_id": "drawing",
            "concurrency_limit": 1,
        }
        box.submit(send, [view, box], [*shown, box], **quiet)
        over.click(start, view, shown, **quiet)
        learn.input(agree, [view, learn], learn, **quiet)
        erase.click(lambda: gr.update(visible=True), None, sure, **quiet)
        stays.click(lambda: gr.update(visible=False), None, sure, **quiet)
        gone.click(forget, view, [*shown, sure], **quiet)
        dark.click(None, None, None, js=DARK, **silent)
        for script in SCRIPTS:
            page.load(None, None, None, js=script.read_text("utf-8"), **silent)
        page.load(arrive, None, shown, **quiet)
        spoken.change(reword, spoken, fixed, **quiet)
        for name, place, drawn in rows:
            for button, reaction in zip(drawn, MARKS, strict=False):
                button.click(
                    partial(react, scene=name, place=place, reaction=reaction), view, shown, **quiet
                )
            drawn[-1].click(partial(more_like, scene=name, place=place), view, shown, **quiet)

        def on_click(scene: str, button: Any, text: str, change: ProfileChange | ByHand) -> None:
            said = partial(say, text=text, change=change, scene=scene)
            button.click(said, view, shown, **quiet)

        with profile_box:

            @gr.render(inputs=view, **drawing)  # type: ignore[untyped-decorator]
            def profile_chips(current: View) -> None:
                for here in current.scenes:
                    scene = here.catalogue if len(current.scenes) > 1 else ""
                    if scene and here != SceneView(scene):
                        title = service.house.words[scene].heading(current.language)
                        gr.HTML(f'<h3 class="tm-scene">{escape(title)}</h3>')
                    profile_panel(
                        service.house.parts(here.catalogue).lexicon,
                        here.profile,
                        here.guesses,
                        here.gave_way,
                        here.can_undo,
                        partial(on_click, scene),
                        Voice(current.language),
                        _prefix(scene, current.catalogues) if scene else "",
                    )

        with answers:

            @gr.render(inputs=view, **drawing)  # type: ignore[untyped-decorator]
            def answer_chips(current: View) -> None:
                voice = Voice(current.language)
                if not current.messages and len(names) > 1:
                    with gr.Row(elem_id="choice"):
                        for label, about in words.choices(service, voice):
                            chosen = current.catalogues == about
                            gr.Button(
                                f"✓ {label}" if chosen else label,
                                size="sm",
                                min_width=10,
                                scale=0,
                                variant="primary" if chosen else "secondary",
                            ).click(partial(start, about=about), view, shown, **quiet)
                with gr.Row(elem_id="answers"):
                    for label, text, scene in words.answers(current, voice):
                        gr.Button(label, size="sm", min_width=10, scale=0).click(
                            partial(say, text=text, scene=scene), view, shown, **quiet
                        )

    page.queue(default_concurrency_limit=None)
    return page


def _prefix(name: str, names: tuple[str, ...]) -> str:
    """Before the ids of what stands on the page once for each catalogue; nothing for the first."""
    return "" if name == names[0] else f"{name}-"
