"""The widget goes on: after a reload, in a second tab, with a token that ran out, on a line that breaks."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.ui.sited import identity
from tests.ui.test_browser import pytestmark
from tests.ui.widget_host import SECRET, Guest, Shop, browser, service, site
from ui.service import Service

# Fixtures, and the skip where there is no Chromium.
__all__ = ["browser", "pytestmark", "service", "site"]
ALLOWED = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}


def refusal(status: int, **headers: str) -> Callable[[Any], None]:
    """Answers as a server does that will not."""
    problem = f'{{"title": "No", "status": {status}, "detail": "Not this time."}}'
    return lambda route: route.fulfill(
        status=status,
        headers={**ALLOWED, "Content-Type": "application/problem+json", **headers},
        body=problem,
    )


def after(first: Callable[[Any], None], path: str, guest: Guest) -> list[Any]:
    """Let the first request to `path` be answered so, and those after it by the server; gives what was sent."""
    sent: list[Any] = []

    def answer(route: Any) -> None:
        if route.request.method == "OPTIONS":
            route.continue_()
            return
        sent.append(route.request.post_data_json)
        if len(sent) == 1:
            first(route)
        else:
            route.continue_()

    guest.page.route(path, answer)
    return sent


def test_it_survives_a_reload_as_it_was(site: Shop, browser: Any) -> None:
    guest = Guest(browser, site.page()).open()
    guest.say("a heist film after 1990")
    guest.press("Like")
    guest.press("Save")
    guest.pressed("save")
    titles, chips, reply = guest.titles, guest.chips, guest.reply
    guest.page.reload()
    guest.page.wait_for_selector(".turn")
    assert (guest.titles, guest.chips, guest.reply) == (titles, chips, reply)
    guest.pressed("like")
    guest.pressed("save")
    assert guest.page.evaluate("document.activeElement === document.body"), (
        "the focus is left alone"
    )
    guest.press("Close")
    guest.page.reload()
    guest.page.wait_for_timeout(400)
    assert not guest.page.locator(".panel").is_visible()
    guest.context.close()


@pytest.mark.parametrize("persistence", ["session", "none"])
def test_the_owner_says_how_long_it_lasts(site: Shop, browser: Any, persistence: str) -> None:
    guest = Guest(browser, site.page(persistence=persistence)).open()
    guest.say("a western")
    assert guest.page.evaluate("localStorage.length") == 0
    assert guest.page.evaluate("sessionStorage.length") == (2 if persistence == "session" else 0)
    guest.page.reload()
    if persistence == "none":
        guest.open()
        assert guest.turns.count() == 0
    else:
        guest.page.wait_for_selector(".turn")
    guest.context.close()


def test_two_tabs_are_one_conversation(site: Shop, browser: Any) -> None:
    one = Guest(browser, site.page()).open()
    one.say("a heist film")
    other = Guest(browser, site.page(), one.context).open()
    other.page.wait_for_selector(".turn")
    assert other.titles == one.titles
    other.say("no gore")
    one.settle(2)
    assert one.titles == other.titles
    assert "no gore" in one.chips
    one.press("Like")
    other.pressed("like")
    other.press("Start over")
    other.wait_for("Start over?")
    other.press("Start over")
    one.wait_for("What do you feel like?")
    assert one.turns.count() == 0
    one.context.close()


def test_a_conversation_that_is_gone_is_begun_anew(
    site: Shop, browser: Any, service: Service
) -> None:
    guest = Guest(browser, site.page()).open()
    guest.say("a heist film")
    service.forget(guest.kept()["id"])
    guest.say("a western")
    assert "The earlier conversation has ended" in guest.turns.last.inner_text()
    assert len(guest.titles) == 5
    assert guest.chips == ["western"]
    service.forget(guest.kept()["id"])
    guest.page.reload()
    guest.wait_for("What do you feel like?")
    guest.context.close()


def keep(guest: Guest, **changes: Any) -> None:
    """Change what the browser keeps, as another tab would."""
    guest.page.evaluate(
        """(changes) => {
          const [key, text] = Object.entries(localStorage).find(([k]) => k.startsWith("tastemaker "));
          localStorage.setItem(key, JSON.stringify({...JSON.parse(text), ...changes}));
        }""",
        changes,
    )


def exchange(guest: Guest, site: Shop) -> str:
    """Have the server change the token, as another tab would; gives the fresh one."""
    kept = guest.kept()
    bearer = {"Authorization": f"Bearer {kept['token']}", "Origin": site.host}
    answer = httpx.post(f"{site.server}/api/v1/sessions/{kept['id']}/token", headers=bearer)
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["token"]
    return token


def test_a_token_that_another_tab_changed_is_read_anew(site: Shop, browser: Any) -> None:
    guest = Guest(browser, site.page()).open()
    guest.say("a heist film")
    old, bearers = guest.kept()["token"], []

    def on_the_way(route: Any) -> None:
        if route.request.method == "POST":
            bearers.append(route.request.headers.get("authorization", ""))
            if len(bearers) == 1:
                keep(guest, token=exchange(guest, site))
        route.continue_()

    guest.page.route("**/messages", lambda route: on_the_way(route))
    guest.say("no gore")
    assert bearers == [f"Bearer {old}", f"Bearer {guest.kept()['token']}"]
    assert bearers[0] != bearers[1]
    assert "has ended" not in guest.turns.last.inner_text()
    assert "no gore" in guest.chips
    guest.context.close()


def test_a_token_that_is_refused_makes_a_fresh_conversation(site: Shop, browser: Any) -> None:
    guest = Guest(browser, site.page()).open()
    guest.say("a heist film")
    before = guest.kept()
    keep(guest, token="x" + before["token"])
    guest.say("a western")
    assert "The earlier conversation has ended" in guest.turns.last.inner_text()
    assert len(guest.titles) == 5
    assert guest.chips == ["western"]
    assert guest.kept()["id"] != before["id"]
    guest.context.close()


def test_a_token_is_changed_before_it_runs_out(site: Shop, browser: Any) -> None:
    guest = Guest(browser, site.page()).open()
    guest.say("a heist film")
    before = guest.kept()
    assert before["renew"] > 0
    keep(guest, renew=1)
    guest.say("no gore")
    after_it = guest.kept()
    assert after_it["token"] != before["token"]
    assert after_it["renew"] > 1
    assert after_it["id"] == before["id"]
    assert "no gore" in guest.chips
    guest.context.close()


@pytest.mark.parametrize("status", [429, 503])
def test_a_full_server_is_waited_for(site: Shop, browser: Any, status: int) -> None:
    guest = Guest(browser, site.page()).open()
    sent = after(refusal(status, **{"Retry-After": "2"}), "**/messages", guest)
    guest.say("a western", wait=False)
    guest.wait_for("Many people are asking just now. Please wait 2 s.")
    guest.settle(1)
    assert len(guest.titles) == 5
    assert sent[0] == sent[1]
    guest.context.close()


def test_a_server_that_is_full_for_long_is_left_to_the_visitor(site: Shop, browser: Any) -> None:
    guest = Guest(browser, site.page()).open()
    after(refusal(503, **{"Retry-After": "90"}), "**/messages", guest)
    guest.say("a western")
    assert "Please wait 90 s." in guest.turns.last.inner_text()
    assert guest.events("error")[0]["status"] == 503
    guest.press("Try again")
    guest.settle(1)
    guest.page.wait_for_selector(".card")
    guest.context.close()


def test_nothing_is_lost_offline(site: Shop, browser: Any) -> None:
    guest = Guest(browser, site.page()).open()
    guest.context.set_offline(True)
    guest.say("a western")
    assert "You seem to be offline. What you wrote is kept." in guest.turns.last.inner_text()
    guest.context.set_offline(False)
    guest.press("Try again")
    guest.page.wait_for_selector(".card")
    assert guest.turns.count() == 1
    guest.context.close()


def test_an_answer_that_breaks_off_is_asked_for_again_by_its_name(site: Shop, browser: Any) -> None:
    half = 'event: understood\r\ndata: {"acts": [], "profile": %s}\r\n\r\nevent: said\r\ndata: {"text": "Fi'
    nothing = '{"wants": [], "avoids": [], "limits": [], "liked": [], "disliked": [], "seen": []}'
    guest = Guest(browser, site.page()).open()
    sent = after(
        lambda route: route.fulfill(
            body=half % nothing, headers={**ALLOWED, "Content-Type": "text/event-stream"}
        ),
        "**/messages",
        guest,
    )
    guest.say("a western")
    assert sent[0]["turn_id"] == sent[1]["turn_id"]
    assert len(guest.titles) == 5
    assert guest.turns.count() == 1
    guest.context.close()


def test_an_error_within_the_answer_is_told(site: Shop, browser: Any) -> None:
    guest = Guest(browser, site.page()).open()
    failed = (
        'event: error\r\ndata: {"status": 500, "title": "No", "detail": "Out of films."}\r\n\r\n'
    )
    after(
        lambda route: route.fulfill(
            body=failed, headers={**ALLOWED, "Content-Type": "text/event-stream"}
        ),
        "**/messages",
        guest,
    )
    guest.say("a western")
    assert "That did not work: Out of films." in guest.turns.last.inner_text()
    assert guest.events("error") == [{"status": 500, "title": "No", "detail": "Out of films."}]
    guest.press("Try again")
    guest.page.wait_for_selector(".card")
    guest.context.close()


def test_an_answer_is_stopped_and_asked_for_again(site: Shop, browser: Any) -> None:
    guest = Guest(browser, site.page()).open()
    held: list[Any] = []
    guest.page.route("**/messages", lambda route: held.append(route))
    guest.say("a western", wait=False)
    guest.page.get_by_role("button", name="Stop", exact=True).click()
    guest.wait_for("Stopped.")
    assert guest.page.get_by_role("button", name="Send", exact=True).is_visible()
    guest.page.unroute("**/messages")
    guest.press("Try again")
    guest.page.wait_for_selector(".card")
    assert guest.turns.count() == 1
    guest.context.close()


def test_one_person_never_sees_what_another_said(site: Shop, browser: Any) -> None:
    url = site.page(token="who")
    alice, bob = (identity(SECRET, sub=name) for name in ("alice", "bob"))
    context = browser.new_context()
    context.add_init_script("window.who = async () => sessionStorage.getItem('who')")
    guest = Guest(browser, url, context)
    be = "(who) => who ? sessionStorage.setItem('who', who) : sessionStorage.removeItem('who')"
    guest.page.evaluate(be, alice)
    guest.open()
    guest.say("a western canaryalice")
    guest.page.reload()
    guest.page.wait_for_selector(".turn")
    guest.page.evaluate(be, bob)
    guest.page.reload()
    guest.page.wait_for_selector(".panel .reply")
    assert "canaryalice" not in guest.page.locator(".panel").inner_text()
    guest.say("a musical canarybob")
    guest.page.evaluate("Tastemaker.setUser(null)")
    guest.wait_for("What do you feel like?")
    assert "canarybob" not in guest.page.locator(".panel").inner_text()
    guest.page.evaluate(be, "")
    guest.page.reload()
    guest.page.wait_for_selector(".panel .reply")
    assert guest.turns.count() == 0
    guest.page.evaluate(be, alice)
    guest.page.reload()
    guest.page.wait_for_selector(".turn")
    assert "canaryalice" in guest.page.locator(".panel").inner_text(), "it is there for its own"
    guest.page.evaluate("Tastemaker.setUser('not.a.token')")
    guest.wait_for("That did not work: The identity is refused")
    assert "canaryalice" not in guest.page.locator(".panel").inner_text()
    context.close()


def test_learning_is_asked_for_and_a_temporary_chat_is_told_to_be_one(
    site: Shop, browser: Any, service: Service
) -> None:
    guest = Guest(browser, site.page()).open()
    guest.press("My taste")
    guest.page.get_by_label("This conversation may be learned from").check()
    with guest.page.expect_request("**/consent"):
        guest.say("a western")
    guest.page.wait_for_timeout(300)
    assert service.consent(guest.kept()["id"]) == "visitor"
    before = guest.kept()["id"]
    guest.press("My taste")
    temporary = guest.page.get_by_label("Temporary chat: nothing is kept")
    temporary.click()
    guest.wait_for("Start over?")
    assert not temporary.is_checked()
    assert guest.kept()["id"] == before, "one tap loses nothing"
    temporary.click()
    guest.wait_for("Nothing yet.")
    starts = "**/sessions"
    with guest.page.expect_request(starts) as started:
        guest.say("a musical")
    assert started.value.post_data_json["temporary"] is True
    assert guest.kept()["id"] != before
    guest.context.close()
