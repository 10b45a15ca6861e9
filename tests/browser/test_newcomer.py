"""
The newcomer's first minute in a real browser: the page's one button and the buttons it points at, to the end.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "flows"))

from desk import Desk
from running_product import RunningProduct

IMAGES = Path(__file__).parents[2] / "docs" / "images"
WAIT_MS = 90_000
MOST_STEPS = 20
END = "故事走完了"
NEXT_LABEL = """
before => {
  const story = document.querySelector('[aria-label="一分钟体验"]')
  if (story.textContent.includes("故事走完了")) return "故事走完了"
  const button = story.querySelector("button")
  const label = button && !button.disabled ? button.innerText.trim() : ""
  return label !== before && label
}
"""
SIZES = {1440: 900, 390: 844}
WITH_PICTURES = bool(os.environ.get("LIAODAN_SCREENSHOTS"))
RUNS = [(1440, "feishu"), (390, "wecom"), (1440, "dingtalk"), *([(390, "feishu")] if WITH_PICTURES else [])]


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    with RunningProduct(data, f"sqlite:///{data / 'liaodan.db'}") as running:
        yield running


@pytest.fixture
def desk_at(chromium, running):
    """
    Opens the page of the running product at a width, over a fresh company.
    """
    opened = []

    def open_at(width: int, platform: str) -> Desk:
        running.sandbox.post("/reset")
        context = chromium.new_context(viewport={"width": width, "height": SIZES[width]}, locale="zh-CN")
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        desk = Desk(page, f"{running.sandbox.url}/#{platform}")
        opened.append((context, desk))
        return desk

    yield open_at
    for context, desk in opened:
        context.close()
        assert [] == desk.complaints


def picture(desk: Desk, width: int, platform: str) -> None:
    """
    The page as the README shows it, when asked for by LIAODAN_SCREENSHOTS=1.
    """
    if WITH_PICTURES and platform == "feishu":
        IMAGES.mkdir(parents=True, exist_ok=True)
        desk.page.screenshot(path=IMAGES / f"chat-{width}.png")


def next_label(desk: Desk, before: str) -> str:
    """
    What the story's button says once it says something new and can be pressed; the end has a name too.
    """
    return desk.page.wait_for_function(NEXT_LABEL, arg=before).json_value()


def play(desk: Desk, on_step: Callable[[str], None]) -> list[str]:
    """
    Follow the story's button until there is none; what it said at each step.
    """
    said, hinted = [""], desk.page.locator(".hinted")
    while (label := next_label(desk, said[-1])) != END:
        assert len(said) < MOST_STEPS, said
        said.append(label)
        desk.next_step().click()
        if hinted.count():
            hinted.last.click()
        on_step(label)
    return said[1:]


@pytest.mark.browser
@pytest.mark.parametrize(("width", "platform"), RUNS)
def test_the_story_is_played_to_its_end_by_the_button_it_offers(desk_at, running, width, platform):
    desk = desk_at(width, platform)

    said = play(
        desk, lambda label: picture(desk, width, platform) if "看小李的卡片" in label or "同意" in label else None
    )

    assert 6 <= len(said)
    assert not desk.overflows()
    owner = "SELECT member.name FROM customer JOIN member ON member.id = owner_id WHERE customer.name LIKE '%云途%'"
    assert [("小王",)] == running.rows(owner)
