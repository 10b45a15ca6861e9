"""
How well messages are understood, on a corpus labelled by hand: `bench/corpora/messages.jsonl`.

Each line is {"text", "kind", "fields"}; the moment of sending is fixed. Intent F1 counts kinds, field F1 counts fields
of registrations and follow-ups with a right kind or not: a wrong kind loses its fields. Values are compared after
folding width, case and spaces; free text (need, content) counts when one side contains the other or three quarters of
the characters agree. Company pairs are scored by `bench/pairs.py` where it exists.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields as fields_of
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rapidfuzz import fuzz

from bench.pairs import score_pairs
from domain.text import Understanding, fold, understand

CORPUS = Path(__file__).parent / "corpora" / "messages.jsonl"
NOW = datetime(2026, 11, 24, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
KINDS = ("registration", "follow_up", "command", "none")
FREE_TEXT = frozenset({"need", "content"})
ALIKE = 75
Row = Mapping[str, object]


class Score:
    """
    Right, wrong and missed answers by name, and their F1.
    """

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()

    def f1(self, names: Iterable[str]) -> float:
        names = list(names)
        right = sum(self.right[name] for name in names)
        off = sum(self.wrong[name] + self.missed[name] for name in names)
        return 2 * right / (2 * right + off) if right or off else 1.0

    def count(self, name: str) -> int:
        return self.right[name] + self.missed[name]

    def names(self) -> list[str]:
        return sorted({*self.right, *self.wrong, *self.missed})


def load(path: Path = CORPUS) -> list[dict[str, object]]:
    """
    Read the labelled messages.
    """
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def said_fields(found: Understanding) -> dict[str, object]:
    """
    Return what was understood in the shape of the labels.
    """
    if found.kind == "command" and found.command:
        return {
            "command": found.command.key,
            **({"argument": found.command.argument} if found.command.argument else {}),
        }
    source = found.registration or found.follow_up
    values = {one.name: getattr(source, one.name) for one in fields_of(source)} if source else {}
    return {
        name: _plain(value) for name, value in values.items() if value not in (None, "", (), False) and name != "phones"
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def same(name: str, label: object, answer: object) -> bool:
    """
    Say whether an answer is as good as the label.
    """
    left, right = _normal(label), _normal(answer)
    if name in FREE_TEXT:
        return left in right or right in left or fuzz.ratio(left, right) >= ALIKE
    return left == right


def _normal(value: object) -> str:
    return fold(str(value)).replace(" ", "").lower().strip(".。,;!")


def score(rows: Iterable[Row]) -> tuple[Score, Score, list[str]]:
    """
    Compare each message with its label; also return a line for each difference.
    """
    intents, answers, differences = Score(), Score(), []
    for row in rows:
        text, kind = str(row["text"]), str(row["kind"])
        found = understand(text, now=NOW)
        _tally_intent(intents, kind, found.kind)
        labels = row.get("fields") or {}
        said = said_fields(found)
        if not isinstance(labels, Mapping):
            raise TypeError(f"messages.jsonl: fields of {text!r} must be an object")
        wrong = (
            list(_tally_fields(answers, labels, said)) if kind != "command" else list(_command_difference(labels, said))
        )
        if kind != found.kind or wrong:
            differences.append(f"{kind}->{found.kind} {text!r} {' '.join(wrong)}")
    return intents, answers, differences


def _tally_intent(intents: Score, kind: str, answer: str) -> None:
    if kind == answer:
        intents.right[kind] += 1
        return
    intents.missed[kind] += 1
    intents.wrong[answer] += 1


def _tally_fields(answers: Score, labels: Mapping[str, object], said: Mapping[str, object]) -> Iterator[str]:
    for name in sorted({*labels, *(said if "command" not in said else ())}):
        if name in labels and name in said and same(name, labels[name], said[name]):
            answers.right[name] += 1
            continue
        answers.missed[name] += name in labels
        answers.wrong[name] += name in said
        yield f"{name}: {labels.get(name)!r} != {said.get(name)!r};"


def _command_difference(labels: Mapping[str, object], said: Mapping[str, object]) -> Iterator[str]:
    for name in ("command", "argument"):
        if _normal(labels.get(name, "")) != _normal(said.get(name, "")):
            yield f"{name}: {labels.get(name)!r} != {said.get(name)!r};"


def score_messages(path: Path = CORPUS) -> Iterator[dict[str, object]]:
    """
    Yield the figures of the corpus: intent and field F1, together and one by one.
    """
    rows = load(path)
    intents, answers, _ = score(rows)
    yield metric("intent_f1", sum(intents.f1([kind]) for kind in KINDS) / len(KINDS), len(rows))
    for kind in KINDS:
        yield metric(f"intent_f1.{kind}", intents.f1([kind]), intents.count(kind))
    yield metric("field_f1", answers.f1(answers.names()), sum(answers.count(name) for name in answers.names()))
    for name in answers.names():
        yield metric(f"field_f1.{name}", answers.f1([name]), answers.count(name))


def metric(name: str, value: float, n: int) -> dict[str, object]:
    """
    Return one figure in the shape that every benchmark prints.
    """
    return {
        "bench": "understanding",
        "metric": name,
        "value": round(value, 4),
        "unit": "ratio",
        "n": n,
        "baseline": None,
        "ratio": None,
    }


def main(argv: Sequence[str]) -> int:
    """
    Print one JSON object per figure, of another corpus when a file is named; `--differences` prints what was misread.
    """
    paths = [Path(one) for one in argv if not one.startswith("-")] or [CORPUS]
    if "--differences" in argv:
        print("\n".join(score(load(paths[0]))[2]))
        return 0
    figures = score_messages(paths[0]) if paths[0] != CORPUS else (*score_messages(), *score_pairs())
    for figure in figures:
        print(json.dumps(figure, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
