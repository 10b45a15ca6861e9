"""
Writes the pages that are made from data: ``python docs/generate.py``; ``--check`` only tells whether they are current.

A page that a person writes is not here. Each generated page has one function; its first line says that it is generated.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import SecretStr

from adapters.registry import PLATFORMS
from bot.router import Command
from bot.settings import Settings
from cards.doctor import STATEMENTS
from cards.errors import SENTENCES
from commands.arguments import parser
from docs.layout import code, page, table
from docs.platform_pages import platforms_page
from handlers.routes import ROUTES
from store.doctor import AUDIT_HASHES, CODE_INVARIANTS, INDEX_KEYS, PROTECTION_ENDS
from store.doctor_queries import INVARIANTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
STEPS = {1: "主流程", 2: "三个平台", 3: "线索与伙伴", 4: "控制台与权限", 5: "日常工作", 6: "以后"}
EXPENSIVE = (AUDIT_HASHES, INDEX_KEYS, PROTECTION_ENDS)
"""What only `doctor --full` works out."""
PRIORITIES = {0: "必需", 1: "预期", 2: "扩展"}


def requirements_page() -> str:
    """
    Every numbered requirement with the test or command that shows it, and how many of each section are shown.
    """
    sections = read_requirements()
    return page(
        "需求与证明",
        "产品要满足的 267 条编号需求，来自五篇需求文章。",
        "“证明”一列是展示该需求已实现的测试或命令；空白表示尚未实现，“步骤”说明在哪一步完成。",
        "写着“还缺”的只做到一部分，进度里不算已实现。",
        "数据在 `docs/requirements.yaml`，改它，不改本页。",
        "",
        "## 进度",
        "",
        *table(("部分", "必需", "预期", "扩展"), (progress_row(section) for section in sections)),
        *(line for section in sections for line in section_lines(section)),
    )


def read_requirements() -> list[dict[str, Any]]:
    data = yaml.safe_load((ROOT / "docs" / "requirements.yaml").read_text(encoding="utf-8"))
    sections: list[dict[str, Any]] = data["sections"]
    return sections


def progress_row(section: dict[str, Any]) -> list[str]:
    rows = section["rows"].values()
    return [section_title(section), *(shown_of(rows, priority) for priority in PRIORITIES)]


def shown_of(rows: Iterable[dict[str, Any]], priority: int) -> str:
    wanted = [row for row in rows if row["priority"] == priority]
    return f"{sum(is_met(row) for row in wanted)} / {len(wanted)}" if wanted else ""


def is_met(row: dict[str, Any]) -> bool:
    """
    A requirement that is met in part only does not count.
    """
    return bool(row.get("proof")) and not row.get("missing")


def section_title(section: dict[str, Any]) -> str:
    return f"{section['key']} {section['title']}"


def section_lines(section: dict[str, Any]) -> list[str]:
    head = ("#", "来源", "要求", "优先级", "步骤", "证明")
    rows = ([str(number), *requirement_cells(row)] for number, row in section["rows"].items())
    return ["", f"## {section_title(section)}", "", *table(head, rows)]


def requirement_cells(row: dict[str, Any]) -> list[str]:
    lines = [proof_link(each) for each in row.get("proof", [])]
    if row.get("missing"):
        lines.append(f"**还缺**：{row['missing']}")
    return [row["seed"], row["need"], PRIORITIES[row["priority"]], STEPS[row["step"]], "<br>".join(lines)]


def proof_link(proof: str) -> str:
    """
    A test (``tests/…py::name``) links to its file; anything else is a command to type.
    """
    path, _, name = proof.partition("::")
    return f"[{name or path}](../{path})" if path.endswith(".py") else f"`{proof}`"


def settings_page() -> str:
    """
    Every setting with its environment variable, its default and what it means; accounts with where to find each value.
    """
    accounts = (line for name, entry in PLATFORMS.items() for line in account_lines(name, entry.config))
    return page(
        "设置",
        "写在工作目录的 `liaodan.toml`（或 `--config FILE`），或用环境变量；环境变量优先。",
        "配置错误一次全部列出，每条写明键、环境变量和在厂商控制台哪里找。",
        "",
        *table(("键", "环境变量", "默认", "含义"), (setting_cells(name) for name in plain_settings())),
        *accounts,
    )


def errors_page() -> str:
    """
    Every refusal a person can meet, by its code.
    """
    rows = ([code(name), text] for name, text in sorted(SENTENCES.items()))
    return page(
        "出错时的话",
        "每种拒绝一句话，说清楚为什么、现在怎么办；花括号里的在发送时填上。",
        "句子写在 `cards/errors.py`。",
        "",
        *table(("代码", "句子"), rows),
    )


def commands_page() -> str:
    """
    Every command of the ``liaodan`` program with its arguments.
    """
    rows = ([code(usage), text] for usage, text in command_rows("liaodan", "", parser()))
    return page(
        "命令",
        "也可以写成 `python app.py …`；服务运行时同样可用。",
        "退出码：0 成功，1 要做的事没做成（标准错误一行说明），2 用法或配置错误。",
        "",
        *table(("命令", "作用"), rows),
    )


def doctor_page() -> str:
    """
    Every statement that ``liaodan doctor`` examines, and what to do where one does not hold.
    """
    return page(
        "数据体检",
        "`liaodan doctor` 在一个只读快照里检查下面的规则，从不修改数据；服务运行时可以执行，对恢复的备份也可以执行。",
        "P0 需要马上处理（退出码 1），P1 是提醒（退出码 0）。",
        "标着 full 的要通读全表重新计算，只在 `--full` 时检查；`--json` 输出一个 JSON 对象。",
        "",
        "## 发现问题时",
        "",
        "1. 先留底：复制一份数据库（见[备份](README.md#备份)），再动手。",
        "2. 把 `liaodan doctor --full --json` 的输出存成文件；其中只有编号，没有个人数据和密钥。",
        "3. 按下表处理；表里没有做法的，带上这份文件报告给维护者。不要手工改表。",
        *(line for group in read_doctor() for line in doctor_lines(group)),
    )


def read_doctor() -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = yaml.safe_load((ROOT / "docs" / "doctor.yaml").read_text(encoding="utf-8"))
    return groups


def doctor_lines(group: dict[str, Any]) -> list[str]:
    invariants = [each for each in (*INVARIANTS, *CODE_INVARIANTS) if each.code.partition("-")[0] in group["kinds"]]
    rows = (
        [
            code(each.code),
            f"{each.severity} full" if each in EXPENSIVE else each.severity,
            STATEMENTS[each.code],
            group["remedies"].get(each.code, ""),
        ]
        for each in sorted(invariants, key=lambda each: each.code)
    )
    first = [group["first"], ""] if group["first"] else []
    return ["", f"## {group['title']}", "", *first, *table(("编号", "级别", "应当成立", "怎么办"), rows)]


def chat_commands_page() -> str:
    """
    Every text command of the bot with an example message.
    """
    commands = [route for route in ROUTES if isinstance(route, Command)]
    rows = (
        [code(each.usage), "只看" if each.reads else "会改", "私聊回复" if each.private else ""] for each in commands
    )
    return page(
        "聊天指令",
        "对机器人说的话，每行一个例子；同义的说法也听得懂，发 `帮助` 可以看到更多。",
        "",
        *table(("例子", "数据", "在群里问时"), rows),
    )


def command_rows(path: str, text: str, command: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    """
    A row for each command that does something; groups of commands are walked through.
    """
    actions = command._actions  # noqa: SLF001 - argparse shows its arguments in no other way
    groups = [action for action in actions if isinstance(action, argparse._SubParsersAction)]  # noqa: SLF001 - same
    for group in groups:
        texts = {choice.dest: choice.help or "" for choice in group._choices_actions}  # noqa: SLF001 - same
        for name, inner in group.choices.items():
            yield from command_rows(f"{path} {name}", texts[name], inner)
    if not groups:
        words = (argument_words(action) for action in actions if action.dest != "help")
        yield " ".join([path, *words]), text


def argument_words(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else str(action.metavar or action.dest.upper())
    if not action.option_strings:
        return value
    words = f"{action.option_strings[-1]} {value}".strip()
    return words if action.required else f"[{words}]"


def plain_settings() -> list[str]:
    return [name for name in Settings.model_fields if name not in PLATFORMS]


def setting_cells(name: str) -> list[str]:
    field = Settings.model_fields[name]
    default = "" if isinstance(field.default, SecretStr) else str(field.default)
    return [
        f"`{name}`",
        f"`LIAODAN_{name.upper()}`",
        code(default) if field.default != () else "",
        field.description or "",
    ]


def account_lines(platform: str, config: type[Any]) -> list[str]:
    """
    The settings of an account of one platform; `demo` stands for the account's name, which is yours to choose.
    """
    fields = [field for field in dataclasses.fields(config) if field.name != "account"]
    rows = ([code(field.name), account_default(field), field.metadata.get("console", "")] for field in fields)
    prefix = f"LIAODAN_{platform.upper()}__<账号名>__"
    head = ("键", "默认", "在厂商控制台哪里找")
    return ["", f"## `{platform}` 账号", "", f"环境变量是 `{prefix}` 加大写的键。", "", *table(head, rows)]


def account_default(field: dataclasses.Field[Any]) -> str:
    if field.name == "start_url":  # filled in by app.py
        return "同 `public_url`"
    return "必填" if field.default is dataclasses.MISSING else code(str(field.default))


def example_file() -> str:
    """
    A commented `liaodan.toml` with every setting at its default.
    """
    lines = ["# Every setting at its default. Copy to liaodan.toml and uncomment what you change.", ""]
    for name in plain_settings():
        field = Settings.model_fields[name]
        lines += [f"# {field.description}", f"# {name} = {toml_value(field.default)}", ""]
    for platform, entry in PLATFORMS.items():
        lines += [f"# [{platform}.main]", *example_account(entry.config), ""]
    return "\n".join(lines)


def example_account(config: type[Any]) -> list[str]:
    fields = [field for field in dataclasses.fields(config) if field.name != "account"]
    values = (toml_value("" if field.default is dataclasses.MISSING else field.default) for field in fields)
    notes = (field.metadata.get("console", "") for field in fields)
    return [f"# {field.name} = {value}  # {note}" for field, value, note in zip(fields, values, notes, strict=True)]


def toml_value(value: object) -> str:
    if isinstance(value, int):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[]"
    return f'"{value}"' if not isinstance(value, SecretStr) else '""'


PAGES: dict[str, Callable[[], str]] = {
    "docs/requirements.md": requirements_page,
    "docs/admin/settings.md": settings_page,
    "docs/admin/commands.md": commands_page,
    "docs/admin/doctor.md": doctor_page,
    "docs/admin/platforms.md": platforms_page,
    "docs/user/commands.md": chat_commands_page,
    "docs/user/errors.md": errors_page,
    "liaodan.example.toml": example_file,
}


def main(arguments: Sequence[str]) -> int:
    stale = [name for name, write in PAGES.items() if is_stale(ROOT / name, write())]
    if "--check" in arguments:
        for name in stale:
            print(f"{name} is not current; run: python docs/generate.py", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        (ROOT / name).write_text(PAGES[name](), encoding="utf-8")
        print(f"wrote {name}")
    return 0


def is_stale(path: Path, text: str) -> bool:
    return not path.is_file() or path.read_text(encoding="utf-8") != text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
