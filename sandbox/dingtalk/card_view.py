"""
A card as one person sees it: the template drawn with the variables that hold for this person.

The blocks are what the chat page draws; their readable text, rows, buttons and form are what the control API says.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.dingtalk.form import BadFormError, Field, read_fields
from sandbox.dingtalk.markdown import plain
from sandbox.dingtalk.template import Template, is_visible, text_of, variable_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

LOAD_FAILED = "内容加载失败"
COLORS = {"blue": "primary", "red": "danger", "gray": "default", "grey": "default"}
CONTAINERS = frozenset({"Card", "Container", "Layout", "Column", "Columns", "Row", "Block", "Page", "Div"})
_PAIR = re.compile(r"^(?:[-*] +)?\*\*(?P<label>[^*\n]{1,20}?)[：:]?\*\*[：:]?[ \t]*(?P<value>.+)$")
_PLAIN_PAIR = re.compile(r"^(?P<label>[^：:*<\n]{1,12})[：:][ \t]*(?P<value>.+)$")


@dataclass(frozen=True)
class CardButton:
    """
    What can be pressed. `action` is what a request carries; without one it opens `url`, or nothing at all.
    """

    id: str
    label: str
    color: str
    disabled: bool
    url: str = ""
    action_id: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    requests: bool = False
    is_dynamic: bool = False
    form: list[Field] | None = None

    def drawn(self) -> dict[str, Any]:
        style = COLORS.get(self.color, "default")
        shown = {"id": self.id, "label": self.label, "style": style, "disabled": self.disabled}
        return shown | ({"url": self.url} if self.url else {})


@dataclass
class CardFace:
    """
    `faults` name what the vendor's client could not draw, for tests and for whoever looks at the message.
    """

    blocks: list[dict[str, Any]] = field(default_factory=list)
    buttons: list[CardButton] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def draw(template: Template, values: Mapping[str, str], *, old_client: bool = False) -> CardFace:
    if not template.root:
        return CardFace(blocks=[{"kind": "broken", "text": LOAD_FAILED}], faults=["foreign_template"])
    painter = _Painter(values, old_client=old_client)
    painter.face.blocks = painter.draw_all([dict(template.root)])
    return painter.face


class _Painter:
    def __init__(self, values: Mapping[str, str], *, old_client: bool) -> None:
        self.face = CardFace()
        self._values = values
        self._old_client = old_client
        self._draw: dict[str, Callable[[dict[str, Any]], dict[str, Any] | None]] = {
            "MarkdownBlock": self._markdown,
            "BaseText": self._text,
            "Text": self._text,
            "Title": self._title,
            "Divider": self._divider,
            "ButtonList": self._button_list,
            "SingleButton": self._single_button,
            "ButtonGroup": self._button_group,
            "Form": self._form,
            "Image": self._image,
        }

    def draw_all(self, nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [block for node in nodes for block in self._blocks(node)]

    def _blocks(self, node: dict[str, Any]) -> Iterator[dict[str, Any]]:
        props = node.get("props") or {}
        if node.get("hidden") is True or not is_visible(props.get("visible"), self._values):
            return
        name = str(node.get("componentName"))
        drawer = self._draw.get(name)
        if drawer is not None:
            block = drawer(node)
            if block is not None:
                yield block
        elif name in CONTAINERS or node.get("children"):
            yield from self.draw_all(list(node.get("children") or ()))
        else:
            self.face.faults.append(f"unknown_component:{name}")

    def _say(self, prop: object) -> str:
        return text_of(prop, self._values)

    def _markdown(self, node: dict[str, Any]) -> dict[str, Any] | None:
        """
        A variable that is not marked as markdown leaves the block blank.
        """
        content = node["props"].get("content")
        if variable_of(content) and content.get("varType") != "markdown":
            self.face.faults.append(f"blank_markdown:{variable_of(content)}")
            return None
        text = self._say(content)
        return {"kind": "markdown", "content": text} if text else None

    def _text(self, node: dict[str, Any]) -> dict[str, Any] | None:
        props = node.get("props") or {}
        text = self._say(props.get("text") or props.get("content"))
        return {"kind": "text", "content": text} if text else None

    def _title(self, node: dict[str, Any]) -> dict[str, Any] | None:
        props = node.get("props") or {}
        text = self._say(props.get("title") or props.get("text") or props.get("content"))
        return {"kind": "title", "content": text, "color": self._say(props.get("color"))} if text else None

    def _divider(self, node: dict[str, Any]) -> dict[str, Any]:
        del node
        return {"kind": "divider"}

    def _image(self, node: dict[str, Any]) -> dict[str, Any] | None:
        props = node.get("props") or {}
        media_id = self._say(props.get("src") or props.get("image"))
        return {"kind": "image", "media_id": media_id} if media_id else None

    def _button_list(self, node: dict[str, Any]) -> dict[str, Any] | None:
        given = node["props"].get("buttons") or {}
        shown = [one for one in given.get("list") or () if is_visible(one.get("visible"), self._values)]
        return self._row([self._fixed_button(one, str(node.get("id"))) for one in shown])

    def _single_button(self, node: dict[str, Any]) -> dict[str, Any] | None:
        return self._row([self._fixed_button(node["props"], str(node.get("id")))])

    def _fixed_button(self, props: dict[str, Any], component: str) -> CardButton:
        action_id = self._say(props.get("actionId")) or str(props.get("id") or component)
        params = {str(p["name"]): self._param(p) for p in props.get("params") or ()}
        url = self._say((props.get("url") or {}).get("all") if isinstance(props.get("url"), dict) else props.get("url"))
        requests = props.get("actionType") == "request"
        return CardButton(
            id=self._unique(action_id),
            label=self._say(props.get("text")),
            color=self._say(props.get("color")),
            disabled=self._say(props.get("status")) == "disabled",
            url="" if requests else url,
            action_id=action_id,
            params=params,
            requests=requests,
        )

    def _param(self, param: Mapping[str, Any]) -> str:
        return self._values.get(str(param["variable"]), "") if param.get("type") == "variable" else str(param["value"])

    def _button_group(self, node: dict[str, Any]) -> dict[str, Any] | None:
        """
        Buttons that a variable lists.
        """
        props = node.get("props") or {}
        name = next((variable_of(prop) for prop in props.values() if _is_bound(prop)), "")
        try:
            given = json.loads(self._values.get(name) or "[]")
            buttons = [self._dynamic_button(one) for one in given]
        except (ValueError, TypeError, AttributeError, KeyError):
            self.face.faults.append(f"unreadable_buttons:{name}")
            return None
        return self._row(buttons)

    def _dynamic_button(self, given: Mapping[str, Any]) -> CardButton:
        event = given.get("event") or {}
        params = event.get("params") or {}
        requests = event.get("type") == "sendCardRequest"
        action_id = str(params.get("actionId") or "")
        if not isinstance(params.get("params", {}), dict):
            raise TypeError("params")
        return CardButton(
            id=self._unique(action_id or str(given["text"])),
            label=str(given["text"]),
            color=str(given.get("color") or ""),
            disabled=given.get("status") == "disabled",
            url="" if requests else str(params.get("url") or ""),
            action_id=action_id,
            params=params.get("params") or {} if requests else {},
            requests=requests,
            is_dynamic=True,
        )

    def _form(self, node: dict[str, Any]) -> dict[str, Any] | None:
        props = node["props"]
        name = variable_of(props.get("formSchema"))
        text = self._values.get(name) or ""
        if not text:
            return None
        try:
            fields = read_fields(text, old_client=self._old_client)
        except BadFormError as error:
            self.face.faults.append(f"unreadable_form:{error}")
            return None
        if not fields:
            return None
        status = self._say(props.get("status")) or "normal"
        component = str(props.get("id") or node.get("id"))
        passed = [param for param in props.get("params") or () if param.get("type") == "variable"]
        submit = CardButton(
            id=self._unique(component),
            label=self._say(props.get("submitText")) or "提交",
            color="blue",
            disabled=status == "disabled",
            action_id=component,
            params={str(param["name"]): _parsed(self._values.get(str(param["variable"]), "")) for param in passed},
            requests=True,
            form=fields,
        )
        self.face.buttons.append(submit)
        shown = [one for one in fields if not one.hidden]
        self.face.fields += shown
        drawn = [one.drawn() | ({"disabled": True} if submit.disabled else {}) for one in shown]
        return {"kind": "form", "fields": drawn, "submit": submit.drawn()}

    def _row(self, buttons: list[CardButton]) -> dict[str, Any] | None:
        self.face.buttons += buttons
        return {"kind": "buttons", "buttons": [button.drawn() for button in buttons]} if buttons else None

    def _unique(self, wanted: str) -> str:
        taken = {button.id for button in self.face.buttons}
        return wanted if wanted not in taken else f"{wanted}#{len(taken)}"


def _is_bound(prop: object) -> bool:
    return isinstance(prop, dict) and prop.get("type") == "variableValue" and bool(prop.get("variable"))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def readable(face: CardFace) -> str:
    return "\n".join(line for block in face.blocks for line in _lines(block) if line)


def _lines(block: Mapping[str, Any]) -> list[str]:
    match block["kind"]:
        case "markdown":
            return [plain(block["content"])]
        case "text" | "title":
            return [str(block["content"])]
        case "broken":
            return [str(block["text"])]
        case "form":
            return [_field_line(one) for one in block["fields"]]
        case _:
            return []


def _field_line(one: Mapping[str, Any]) -> str:
    labels = {option["value"]: option["label"] for option in one["options"]}
    value = one["value"] if isinstance(one["value"], list) else [one["value"]]
    shown = [labels.get(v, str(v)) for v in value if v not in ("", False)]
    return f"{one['label']}：{'、'.join(shown)}" if shown else str(one["label"])


def summary(face: CardFace) -> dict[str, Any]:
    """
    The card as the control API names it.
    """
    title = next((line for block in face.blocks for line in _lines(block) if line), "")
    return {
        "title": title.partition("\n")[0],
        "fields": [pair for block in face.blocks if block["kind"] == "markdown" for pair in _pairs(block["content"])],
        "buttons": [button.drawn() for button in face.buttons],
        "form": {"name": "form", "inputs": [one.drawn() for one in face.fields]} if face.fields else None,
    }


def _pairs(markdown: str) -> list[dict[str, str]]:
    lines = [line.strip() for line in re.sub(r"<br\s*/?>", "\n", markdown).split("\n")]
    found = [_PAIR.match(line) or _PLAIN_PAIR.match(plain(line)) for line in lines]
    return [{"label": plain(match["label"]), "value": plain(match["value"])} for match in found if match]
