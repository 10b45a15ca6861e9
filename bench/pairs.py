"""
Scores the comparison of two parties on hand-written pairs as real life has them (`bench/corpora/pairs.jsonl`).

    python -m bench.pairs [--show]

`same` pairs are found when they are probable or certain; `different` pairs must not be; `related` pairs (a branch, a
subsidiary, another branch) must never be certain. `--show` lists the pairs that went wrong.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.dedup import Comparison, Level, Party, Relation, compare

CORPUS = Path(__file__).parent / "corpora" / "pairs.jsonl"


@dataclass(frozen=True, slots=True)
class Scored:
    """
    A pair with what a person and what the product says about it.
    """

    a: Party
    b: Party
    expected: Relation
    found: Comparison

    @property
    def flagged(self) -> bool:
        """
        Whether somebody is asked, or the registration blocked.
        """
        return self.found.level.rank >= Level.PROBABLE.rank

    @property
    def wrong(self) -> bool:
        """
        Whether the desk would do the wrong thing.
        """
        match self.expected:
            case Relation.SAME:
                return not self.flagged
            case Relation.DIFFERENT:
                return self.flagged
            case Relation.RELATED:
                return self.found.level is Level.CERTAIN


def read_pairs(corpus: Path = CORPUS) -> Iterator[Scored]:
    """
    Every pair of a corpus, compared.
    """
    for line in corpus.read_text(encoding="utf-8").splitlines():
        pair = json.loads(line)
        a, b = party(pair["a"]), party(pair["b"])
        yield Scored(a, b, Relation(pair["relation"]), compare(a, b))


def party(known: dict[str, Any]) -> Party:
    """
    One side of a pair.
    """
    phones = (known["phone"],) if known.get("phone") else ()
    return Party(known["name"], phones, region=known.get("region"), uscc=known.get("uscc"))


def score_pairs(corpus: Path = CORPUS) -> list[dict[str, object]]:
    """
    The metrics of a corpus, one dictionary a line of output.
    """
    scored = list(read_pairs(corpus))
    same = [pair for pair in scored if pair.expected is Relation.SAME]
    different = [pair for pair in scored if pair.expected is Relation.DIFFERENT]
    other = [pair for pair in scored if pair.expected is not Relation.SAME]
    return [
        metric("pairs.same_found", [pair.flagged for pair in same]),
        metric("pairs.different_probable", [pair.flagged for pair in different]),
        metric("pairs.wrong_certain", [pair.found.level is Level.CERTAIN for pair in other]),
        metric("pairs.relation_right", [pair.found.relation is pair.expected for pair in scored]),
    ]


def metric(name: str, facts: Sequence[bool]) -> dict[str, object]:
    """
    The share of true facts.
    """
    value = round(sum(facts) / len(facts), 4) if facts else 0.0
    return {
        "bench": "understanding",
        "metric": name,
        "value": value,
        "unit": "share",
        "n": len(facts),
        "baseline": None,
        "ratio": None,
    }


def main(argv: Sequence[str] | None = None) -> int:
    """
    Print the metrics, and with --show the pairs that went wrong.
    """
    arguments = argparse.ArgumentParser(prog="bench pairs", description="Scores the comparison on hand-written pairs.")
    arguments.add_argument("--corpus", type=Path, default=CORPUS)
    arguments.add_argument("--show", action="store_true")
    chosen = arguments.parse_args(argv)
    for line in score_pairs(chosen.corpus):
        sys.stdout.write(json.dumps(line) + "\n")
    if chosen.show:
        for pair in read_pairs(chosen.corpus):
            if pair.wrong or pair.found.relation is not pair.expected:
                sys.stdout.write(_shown(pair))
    return 0


def _shown(pair: Scored) -> str:
    codes = " ".join(reason.code for reason in pair.found.reasons)
    mark = "WRONG" if pair.wrong else "other"
    names = f"{pair.a.name} / {pair.b.name}"
    return f"{mark} {pair.expected} {names} -> {pair.found.relation} {pair.found.level} {pair.found.score} {codes}\n"


if __name__ == "__main__":
    sys.exit(main())
