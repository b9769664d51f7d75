"""What one visitor's page shows, as a value, and how a turn changes it. Gradio is not needed here."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from chatbot.conversation import Conversation, Question, Reaction
from chatbot.edits import ByHand
from chatbot.events import Card, Event, Finished, Recommended, Said, Understood
from chatbot.guesses import Guess
from chatbot.profile import Profile, ProfileChange
from chatbot.profile_text import resolved_text
from chatbot.together import InScene
from chatbot.voice import Voice
from retrieval.errors import TastemakerError, UnknownConversation
from ui.cards import said_of, taken_back
from ui.service import Service
from ui.telling import TogetherEvent


@dataclass(frozen=True)
class SceneView:
    """One catalogue of the conversation: its list, its profile, its open question."""

    catalogue: str
    cards: tuple[Card, ...] = ()
    profile: Profile = field(default_factory=Profile)
    question: Question | None = None
    guesses: tuple[Guess, ...] = ()
    gave_way: str = ""
    """What the last change overruled, in a sentence: shown once."""
    can_undo: bool = False


@dataclass(frozen=True, eq=False)
class View:
    """What one visitor's page shows. Held by Gradio per page, on the server.

    Each is a value of its own (`eq=False`): Gradio tells by hash whether the state has changed.
    """

    id: str = ""
    messages: tuple[tuple[str, str], ...] = ()
    scenes: tuple[SceneView, ...] = ()
    language: str = "en"
    """The one that is spoken; the words of the page are in it."""
    visitor: str = ""
    """Whose browser it is (ui/visitor_cookie.py); empty where that is not known."""

    @property
    def catalogues(self) -> tuple[str, ...]:
        """What the conversation is about."""
        return tuple(scene.catalogue for scene in self.scenes)

    def scene(self, catalogue: str) -> SceneView:
        """A catalogue's part of the page; an empty one if the conversation is not about it."""
        found = (scene for scene in self.scenes if scene.catalogue == catalogue)
        return next(found, SceneView(catalogue))

    def with_scene(self, scene: SceneView) -> "View":
        """With one catalogue's part as it is now."""
        scenes = (scene if s.catalogue == scene.catalogue else s for s in self.scenes)
        return replace(self, scenes=tuple(scenes))

    def said(self, text: str) -> "View":
        """With more of the reply."""
        *before, (role, so_far) = self.messages
        return replace(self, messages=(*before, (role, so_far + text)))


def fresh(
    service: Service, catalogues: tuple[str, ...] = (), visitor: str = "", language: str = "en"
) -> View:
    """A page on which nothing was said; about the first catalogue if none is named. It is kept whose
    it is."""
    names = catalogues or service.house.names[:1]
    one = len(names) == 1
    id = service.start(names[0]).id if one else service.joint.start(names).id
    if visitor:
        service.log.visit(visitor, id)
    return View(id, (), tuple(SceneView(name) for name in names), language, visitor)


def agreed(service: Service, view: View) -> bool:
    """Whether what is said on the page may be learned from."""
    try:
        return bool(service.consent(view.id))
    except UnknownConversation:
        return False


def known(service: Service, scene: SceneView, conversation: Conversation) -> SceneView:
    """A scene with the profile of its conversation as it is now."""
    return replace(
        scene,
        profile=conversation.profile,
        guesses=service.guesses(conversation),
        can_undo=bool(conversation.past),
    )


def reacted(
    service: Service, view: View, scene: str, item: str, reaction: Reaction
) -> Conversation:
    """The scene's conversation after a click on a card's button; a second click takes it back."""
    again = reaction in said_of(item, view.scene(scene).profile)
    back, several = taken_back(item, reaction), len(view.scenes) > 1
    if again:
        if several:
            return service.joint.change(view.id, back, scene).of(scene)
        return service.change(view.id, back)
    if several:
        return service.joint.react(view.id, item, reaction, scene).of(scene)
    return service.react(view.id, item, reaction)


def turn_views(
    service: Service,
    view: View,
    text: str,
    change: ProfileChange | ByHand | None = None,
    scene: str = "",
) -> Iterator[tuple[View, bool]]:
    """The views of one turn, each with whether it is the last: cards first, then words.

    `scene` is the catalogue that a click was about; without it the words say that.
    """
    view = replace(
        view,
        messages=(*view.messages, ("user", text), ("assistant", "")),
        scenes=tuple(replace(s, question=None, gave_way="") for s in view.scenes),
    )
    yield view, False
    try:
        if len(view.scenes) == 1:
            name = view.catalogues[0]
            for event in service.respond(view.id, text, change):
                view = _after(service, view, name, event)
                if not isinstance(event, Understood):
                    yield view, isinstance(event, Finished)
            return
        for step in service.joint.respond(view.id, text, change, scene):
            view = _after_together(service, view, step)
            yield view, False
        yield view, True
    except UnknownConversation:
        yield view.said(Voice(view.language).phrase("page.gone")), True
    except TastemakerError as error:
        yield view.said(str(error)), True


def _after_together(service: Service, view: View, step: TogetherEvent) -> View:
    if isinstance(step, InScene):
        return _after(service, view, step.catalogue, step.event)
    for end in step.scenes:
        view = _after(service, view, end.catalogue, end.finished)
    return view


def _after(service: Service, view: View, catalogue: str, event: Event) -> View:
    here = view.scene(catalogue)
    match event:
        case Understood():
            items = service.house.parts(catalogue).lexicon.items
            gave_way = resolved_text(event.resolved, items, Voice(event.language))
            view = replace(view, language=event.language)
            cards = () if event.change.restart else here.cards
            return view.with_scene(
                replace(here, profile=event.profile, gave_way=gave_way, cards=cards)
            )
        case Recommended(cards):
            return view.with_scene(replace(here, cards=cards))
        case Said(words):
            return view.said(words)
        case Finished():
            now = known(service, here, event.conversation)
            return view.with_scene(replace(now, question=event.question))
    return view
