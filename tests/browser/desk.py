"""
The chat page as a person handles it: the desk with its phones, by what is written on them.
"""

from playwright.sync_api import Locator, Page


class Phone:
    """
    One phone on the desk.
    """

    def __init__(self, pane: Locator):
        self.pane = pane
        self.messages = pane.get_by_role("log")
        self.box = pane.get_by_label("消息", exact=True)

    def say(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")

    def press(self, label: str) -> None:
        self.pane.get_by_role("button", name=label, exact=True).last.click()

    def wait_for(self, text: str) -> Locator:
        found = self.pane.get_by_text(text).last
        found.wait_for()
        return found

    def open_chat(self, name: str) -> None:
        self.pane.get_by_label("回到消息列表").click()
        self.pane.get_by_role("button", name=name).click()


class Desk:
    """
    The whole page. `complaints` collects errors of scripts and refusals by the content security policy.
    """

    def __init__(self, page: Page, address: str):
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: self.complaints.append(line.text) if "Security Policy" in line.text else None)
        page.goto(address)
        page.get_by_role("log").first.wait_for()

    @property
    def phones(self) -> list[Phone]:
        return [Phone(pane) for pane in self.page.get_by_role("region", name="的手机").all()]

    def phone_of(self, person: str) -> Phone:
        return Phone(self.page.get_by_role("region", name=f"{person}的手机"))

    def next_step(self) -> Locator:
        """
        The one button of the story.
        """
        return self.page.get_by_label("一分钟体验").get_by_role("button")

    def overflows(self) -> bool:
        size = self.page.locator("html").evaluate("root => [root.scrollWidth, root.clientWidth]")
        return size[0] > size[1]
