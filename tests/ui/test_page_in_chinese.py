"""The page in the language that is spoken: its words, chips and buttons, in real Chromium."""

import re
from typing import Any

from tests.ui.test_browser import SHOTS, Visitor, browser, pytestmark, service, visitor
from tests.ui.test_profile_page import last_reply, press
from tests.ui.test_resuming import reload
from tests.ui.test_scenes_page import choose, headings, served
from ui.service import Service

# Fixtures, and the skip where there is no Chromium.
__all__ = ["browser", "pytestmark", "served", "service", "visitor"]
HAN = re.compile("[一-鿿]")


def buttons(visitor: Visitor) -> list[str]:
    """What the buttons of the page say; those that are only a sign are left out."""
    found = visitor.page.locator("button:visible").all_inner_texts()
    return [text.strip() for text in found if re.search(r"\w", text)]


def test_who_writes_chinese_finds_the_page_in_chinese(visitor: Visitor) -> None:
    assert "Start over" in buttons(visitor)
    visitor.say("搞笑的电影，不要恐怖片，我喜欢 Heat 和 The Godfather")
    visitor.page.wait_for_selector("button:has-text('重新开始')")
    assert len(visitor.titles()) == 5
    said = buttons(visitor)
    assert {"喜欢", "不合口味", "看过了", "类似的", "浅色／深色", "重新开始"} <= {*said}
    assert {"减轻：搞笑", "反过来：喜欢 Heat", "对，我喜欢：crime", "撤销上一步"} <= {*said}
    assert not [text for text in said if not HAN.search(text)]
    page = visitor.page
    assert HAN.search(page.get_attribute("#message textarea", "placeholder"))
    assert "告诉我" in page.inner_text("#top")
    assert "我依据的是这些" in page.inner_text("#profile")
    drawn = "getComputedStyle(document.querySelector('#undo button'), '::before').content"
    assert "撤销" in page.evaluate(drawn)
    page.screenshot(path=SHOTS / "desktop-chinese.png", full_page=True)
    visitor.click("喜欢", within="#card-1")
    assert "你喜欢。" in page.inner_text("#card-1")
    press(visitor, "减轻：不要恐怖片")
    assert "（减轻：不要恐怖片）" in page.inner_text("#conversation")
    assert HAN.search(last_reply(visitor))
    press(visitor, "为什么推荐第一个？")
    assert HAN.search(last_reply(visitor))
    reload(visitor)
    assert "重新开始" in buttons(visitor)
    assert "减轻：搞笑" in buttons(visitor)
    visitor.say("no westerns please")
    page.wait_for_selector("button:has-text('Start over')")
    said = buttons(visitor)
    assert {"Like", "Not for me", "Seen it", "More like this", "Undo the last change"} <= {*said}
    assert page.get_attribute("#message textarea", "placeholder").startswith("e.g. ")
    assert visitor.errors == []


def test_more_like_this_and_start_over_stay_in_the_language(visitor: Visitor) -> None:
    visitor.say("一部犯罪片")
    visitor.page.wait_for_selector("button:has-text('类似的')")
    first = visitor.titles()[0]
    visitor.page.locator("#card-1").get_by_role("button", name="类似的").click()
    visitor.settle(1)
    assert f"类似“{first}”的" in visitor.page.inner_text("#conversation")
    assert first.rsplit(" (", 1)[0] in visitor.page.inner_text("#profile")
    visitor.page.get_by_role("button", name="重新开始").click()
    visitor.page.wait_for_selector("#answers button:has-text('一部七十年代的犯罪片')")
    assert "给你推荐的电影会显示在这里" in visitor.page.inner_text("#empty")


def test_a_chinese_browser_opens_the_page_in_chinese(
    served: tuple[str, Service], browser: Any
) -> None:
    visitor = Visitor(browser, served[0], locale="zh-CN")
    visitor.page.wait_for_selector("button:has-text('重新开始')")
    choose(visitor, "两者")
    assert "给你推荐的电影和图书会显示在这里" in visitor.page.inner_text("#empty")
    visitor.click("一部犯罪片和一本侦探小说", within="#answers")
    assert headings(visitor) == ["电影", "图书"]
    assert len(visitor.titles()) == 10
    visitor.page.screenshot(path=SHOTS / "desktop-chinese-both.png", full_page=True)
    assert visitor.errors == []
