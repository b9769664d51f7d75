"""Nothing executes: markup in every field of a card, in replies and in what is said is shown as it stands."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.ui.shops import indexed_shop
from tests.ui.sited import light_service
from tests.ui.test_browser import pytestmark
from tests.ui.widget_host import Guest, Shop, browser, shop

# Fixtures, and the skip where there is no Chromium.
__all__ = ["browser", "pytestmark"]
RUN = "parent.owned=1;window.owned=1"
PAYLOADS = [
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<iframe srcdoc='<script>{RUN}</script>'></iframe>",
    f"<iframe src=javascript:{RUN}></iframe>",
    f"<a href=javascript:{RUN}>x</a>",
    f"<body onload={RUN}>",
    f"<details open ontoggle={RUN}>x</details>",
    f"<video><source onerror={RUN}></video>",
    f"<audio src=x onerror={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<select autofocus onfocus={RUN}>",
    f"<marquee onstart={RUN}>x</marquee>",
    f"<object data=javascript:{RUN}></object>",
    f"<embed src=javascript:{RUN}>",
    f"<math><mi xlink:href=javascript:{RUN}>x</mi></math>",
    f"<form action=javascript:{RUN}><button>x</button></form>",
    f"<base href=javascript:{RUN}//>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>*{background:url(https://evil.example/x)}</style>",
    "<img src=https://evil.example/pixel.gif>",
    "<div style='position:fixed;inset:0;background:red;z-index:9999999999'>overlay</div>",
    "<dialog open>overlay</dialog>",
    "<template shadowrootmode=open><script>window.owned=1</script></template>",
    f"<x onclick={RUN} tabindex=1 id=x>x</x>",
    f'"><img src=x onerror={RUN}>',
    f"'><img src=x onerror={RUN}>",
    f"` onmouseover={RUN} `",
    f"</textarea><img src=x onerror={RUN}>",
    f"</script><script>{RUN}</script>",
    f"--><img src=x onerror={RUN}>",
    f"]]><img src=x onerror={RUN}>",
    f"&lt;img src=x onerror={RUN}&gt;",
    f"&#60;img src=x onerror={RUN}&#62;",
    f"\\u003cimg src=x onerror={RUN}\\u003e",
    f"%3Cimg%20src=x%20onerror={RUN}%3E",
    f"＜img src=x onerror={RUN}＞",
    f"[x](javascript:{RUN})",
    "![x](https://evil.example/pixel.gif)",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f"${{eval('{RUN}')}}",
    f"<%= {RUN} %>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"<ſcript>{RUN}</ſcript>",
    f"<img\tsrc=x\nonerror={RUN}>",
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    "\u202e<b>turned round</b>",
]
LINKS = [
    f"javascript:{RUN}",
    f" javascript:{RUN}",
    f"JaVaScRiPt:{RUN}",
    f"java\tscript:{RUN}",
    f"\x01javascript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    f"vbscript:{RUN}",
    "blob:https://evil.example/1",
    "file:///etc/passwd",
    "https://shop.example@evil.example/",
    "filesystem:https://evil.example/x",
    "intent://evil.example#Intent;end",
]
PICTURES = [*LINKS, "https://evil.example/p.gif", "//evil.example/p.gif", "\\\\evil.example/p.gif"]
INSIDE = "document.querySelector('tastemaker-widget').shadowRoot"
ALLOWED = "SVG PATH DIALOG DIV HEADER H2 H3 BUTTON OL LI P SPAN A IMG DETAILS SUMMARY BDI FORM TEXTAREA SECTION LABEL INPUT I"


def rows() -> list[dict[str, Any]]:
    """An item for each payload, with the payload in every field."""
    found = []
    for n, payload in enumerate(PAYLOADS):
        link, image = LINKS[n % len(LINKS)], PICTURES[n % len(PICTURES)]
        words = {name: f"{payload} {name}" for name in ("title", "brand", "description", "author")}
        lists = {name: [f"{payload} {name}", "harmless"] for name in ("genres", "warnings")}
        found.append(
            {
                "id": f"item {n} {payload}"[:150],
                **words,
                **lists,
                "kind": "thing",
                "url": link,
                "image": image,
            }
        )
    return found


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    home = indexed_shop(tmp_path_factory.mktemp("home"), rows())
    with shop(light_service(home, "shop")) as made:
        yield made


def unharmed(guest: Guest, site: Shop) -> None:
    """Nothing ran, nothing was fetched from elsewhere, nothing but our own elements is there."""
    assert guest.page.evaluate("window.owned") is None
    assert guest.foreign(site) == []
    assert guest.violations() == []
    assert [c for c in guest.complaints if "404" not in c] == []
    tags = guest.page.evaluate(
        f"[...new Set([...{INSIDE}.querySelectorAll('dialog, dialog *')].map((e) => e.tagName.toUpperCase()))]"
    )
    assert set(tags) <= set(ALLOWED.split())
    handlers = f"[...{INSIDE}.querySelectorAll('*')].filter((e) => [...e.attributes].some((a) => /^on|^style$|^srcdoc$/.test(a.name))).length"
    assert guest.page.evaluate(handlers) == 0
    hrefs = guest.page.evaluate(
        f"[...{INSIDE}.querySelectorAll('[href], [src]')].map((e) => e.href || e.src)"
    )
    assert [h for h in hrefs if not h.startswith(("http://localhost:", "http://127.0.0.1:"))] == []
    assert guest.page.evaluate(f"{INSIDE}.querySelectorAll('dialog').length") == 1


def test_every_field_of_every_card_is_text(site: Shop, browser: Any) -> None:
    guest = Guest(browser, site.page(item_url="/p/{id}")).open()
    shown: set[str] = set()
    for turn in range(1, 14):
        guest.say("show me a thing" if turn == 1 else "more")
        for summary in guest.turns.last.locator("summary").all():
            summary.click()
        shown |= set(guest.titles)
        unharmed(guest, site)
    assert len(shown) > 40, "nearly all of them were on the page"
    for nth in range(5):
        guest.page.locator(".card").nth(nth).locator("[data-mark=like]").click()
        guest.page.locator(".card").nth(nth).locator("[data-mark=seen]").click()
    guest.page.locator("[data-mark=compare]").nth(0).click()
    guest.page.locator("[data-mark=compare]").nth(1).click()
    guest.settle(14)
    unharmed(guest, site)
    guest.press("My taste")
    guest.page.wait_for_timeout(400)
    unharmed(guest, site)
    guest.page.reload()
    guest.page.wait_for_selector(".turn")
    unharmed(guest, site)
    guest.context.close()


def test_what_is_said_and_what_the_host_hands_in_is_text(site: Shop, browser: Any) -> None:
    first = PAYLOADS[1]
    url = site.page(
        title=first,
        greeting=first,
        starters="|".join(PAYLOADS[:5]),
        item=first,
        accent=first,
        locale=first,
        place=first,
    )
    guest = Guest(browser, url).open()
    assert guest.page.locator("h2").inner_text() == first
    guest.press("Start over")
    for n, payload in enumerate(PAYLOADS, 1):
        guest.page.evaluate(
            "(context) => Tastemaker.setContext(context)", {"item": payload, payload[:40]: payload}
        )
        guest.say(payload)
        assert " ".join(payload.split()) in " ".join(
            guest.turns.last.locator(".said").inner_text().split()
        )
        assert guest.turns.count() == n
    unharmed(guest, site)
    guest.context.close()


def hostile(n: int, p: str) -> dict[str, Any]:
    """A card with a payload wherever there is room for one."""
    told = {"title": p, "year": p, "description": p, "price": p, "warnings": [p]}
    leads = {"url": LINKS[n % len(LINKS)], "image": PICTURES[n % len(PICTURES)]}
    about = {"id": p, "title": p, "reason": p, "labels": [p, p], "catalogue": p}
    return {**about, "item": {"id": p, **told, **leads}}


def test_a_hostile_answer_of_the_server_is_text(site: Shop, browser: Any) -> None:
    """As if the server itself had been taken over: it can say what it likes and run nothing."""
    guest = Guest(browser, site.page())
    entry = [
        {"facet": p, "value": p, "quote": p, "label": p, "turn": n, "op": p}
        for n, p in enumerate(PAYLOADS)
    ]
    turn = {
        "reply": " ".join(PAYLOADS),
        "action": "recommend",
        "items": [hostile(n, p) for n, p in enumerate(PAYLOADS)],
        "question": {
            "facet": "x",
            "text": "x",
            "options": [{"value": p, "remaining": p} for p in PAYLOADS],
        },
        "profile": {
            "wants": entry,
            "avoids": entry,
            "limits": entry,
            "liked": PAYLOADS,
            "disliked": PAYLOADS,
            "seen": PAYLOADS,
            "guesses": [{"facet": p, "value": p} for p in PAYLOADS],
        },
    }
    guest.page.route(
        "**/messages",
        lambda route: route.fulfill(
            body="event: finished\ndata: " + json.dumps(turn) + "\n\n",
            headers={"Access-Control-Allow-Origin": "*", "Content-Type": "text/event-stream"},
        ),
    )
    guest.open().say("anything")
    assert guest.page.locator(".card").count() == len(PAYLOADS)
    assert guest.page.locator(".card a").count() == 0
    unharmed(guest, site)
    guest.page.locator(".own button").first.focus()
    guest.press("My taste")
    guest.page.wait_for_timeout(500)
    unharmed(guest, site)
    guest.context.close()
