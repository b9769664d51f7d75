"""What a visitor saved is listed in the widget, and the line they write in after the language has changed."""

import pytest

from tests.ui.test_browser import SHOTS, pytestmark
from tests.ui.test_widget import guest
from tests.ui.widget_host import NODE_MODULES, Guest, browser, service, site

# Fixtures, and the skip where there is no Chromium.
__all__ = ["browser", "guest", "pytestmark", "service", "site"]
FOCUSED = "document.querySelector('tastemaker-widget').shadowRoot.activeElement?.tagName"


def saved(guest: Guest, heading: str = "Saved") -> list[str]:
    """What stands under the heading in the profile."""
    section = guest.page.locator(".taste section", has=guest.page.get_by_role("heading", name=heading, exact=True))  # fmt: skip
    return list(section.locator("bdi").all_inner_texts())


def test_what_was_saved_is_listed_with_its_link_and_taken_off_by_key(guest: Guest) -> None:
    """It was kept in the browser and shown nowhere but on the cards."""
    guest.say("a heist film")
    first, second, *_ = guest.titles
    guest.press("Save", 0)
    guest.press("Save", 1)
    guest.pressed("save", 2)
    guest.press("My taste")
    guest.wait_for("Saved")
    assert saved(guest) == [first, second]
    link = guest.page.locator(".taste").get_by_role("link", name=first)
    assert link.get_attribute("href").endswith(f"/p/{guest.kept()['saved'][0]}")
    guest.page.screenshot(path=SHOTS / "widget-saved.png")
    remove = guest.page.get_by_role("button", name=f"Remove: {first}", exact=True)
    remove.focus()
    guest.page.keyboard.press("Enter")
    remove.wait_for(state="detached")
    assert saved(guest) == [second]
    assert guest.page.evaluate(FOCUSED) == "DIV", "the focus stays in the profile"
    guest.press("My taste")
    guest.pressed("save", 1)
    assert [(e["reaction"], e["on"]) for e in guest.events("feedback")][-1] == ("save", False)


def test_what_was_saved_is_there_on_the_next_page_by_its_title(guest: Guest) -> None:
    guest.say("a heist film")
    first = guest.titles[0]
    guest.press("Save", 0)
    guest.pressed("save")
    guest.page.reload()
    guest.page.wait_for_selector(".turn")
    guest.page.evaluate("Tastemaker.setLocale('zh')")
    guest.press("我的口味")
    guest.wait_for("收藏夹")
    assert saved(guest, "收藏夹") == [first]
    guest.page.get_by_role("button", name=f"去掉：{first}").click()
    guest.page.get_by_role("heading", name="收藏夹").wait_for(state="detached")


@pytest.mark.skipif(not (NODE_MODULES / "axe-core").exists(), reason="axe-core is not installed")
def test_axe_finds_nothing_in_what_was_saved(guest: Guest) -> None:
    guest.say("a heist film")
    guest.press("Save", 0)
    guest.pressed("save")
    guest.press("My taste")
    guest.page.get_by_role("link").last.wait_for()
    guest.page.evaluate((NODE_MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    assert guest.page.evaluate("axe.run(document)")["violations"] == []


def test_what_was_sent_leaves_the_line_also_where_the_language_changes_with_it(
    guest: Guest,
) -> None:
    """The first sentence in Chinese turned the panel to Chinese, and stood in its new line once more."""
    guest.say("一部犯罪片")
    assert guest.page.get_by_role("button", name="重新开始").is_visible()
    assert guest.page.input_value("textarea") == ""
    assert guest.page.evaluate(FOCUSED) == "TEXTAREA", "and the focus is where it was"
    guest.press("关闭")
    assert guest.page.locator(".launcher").get_attribute("aria-label") == "帮我推荐"


def test_what_is_being_written_stays_when_the_page_changes_the_language(guest: Guest) -> None:
    guest.page.fill("textarea", "something with")
    for locale, example, starter in (("zh", "说说你想要什么……", "随便推荐"), ("en", "Say what you feel like …", "surprise me")):  # fmt: skip
        guest.page.evaluate(f"Tastemaker.setLocale('{locale}')")
        assert guest.page.input_value("textarea") == "something with"
        assert guest.page.get_attribute("textarea", "placeholder") == example
        assert guest.page.locator(".own button").all_inner_texts() == [starter]


def test_the_profile_stays_open_in_another_language(guest: Guest) -> None:
    guest.say("no horror")
    guest.press("My taste")
    guest.page.evaluate("Tastemaker.setLocale('zh')")
    guest.wait_for("你不想要")
    assert not guest.turns.first.is_visible()
    assert guest.page.get_by_role("button", name="我的口味", pressed=True).is_visible()
    guest.press("我的口味")
    assert guest.turns.first.is_visible()
