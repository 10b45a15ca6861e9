"""
Trains the duplicate scorer and writes its weights: `python -m bench.train_scorer`.

Pairs come from the generator: each dirty query or new company against the candidates the real index gives it, with a
vocabulary from which every seventh trade and place is withheld, because the product never knows all words of its
users. Four kinds of dirt (`bench.dedup.UNSEEN_DIRT`) never enter; `bench.dedup` reports on another seed. Half of the
queries fit the weights, the other half choose the thresholds.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression

from bench.customers import generator
from bench.dedup import UNSEEN_DIRT, open_index, party_of
from domain.company_name import Normaliser, Vocabulary, vocabulary
from domain.dedup import observed, profile
from domain.dedup_facts import Facts
from domain.dedup_names import Side
from domain.dedup_rules import Level, decide
from domain.dedup_scorer import FEATURES, Weights, score, vector
from store.dedup import find_candidates

WEIGHTS = Path(__file__).parents[1] / "domain" / "data" / "dedup_weights.json"
KEPT = 25
WITHHELD_EVERY = 7
RECALL = 0.978
NOTE_RECALL = 0.988


class Pair(NamedTuple):
    """
    A query's side against a candidate's, and whether they are one company.
    """

    a: Side
    b: Side
    seen: Facts
    rivals: int
    same: bool


class Query(NamedTuple):
    """
    The pairs of one query; a new company has none that is the same.
    """

    new: bool
    pairs: tuple[Pair, ...]


def withheld_normaliser() -> Normaliser:
    """
    The product's normaliser without every seventh trade and place of the generator.
    """
    trades = frozenset(generator().INDUSTRIES[WITHHELD_EVERY - 1 :: WITHHELD_EVERY])
    places = frozenset(generator().REGIONS[WITHHELD_EVERY - 1 :: WITHHELD_EVERY])
    return Normaliser(Vocabulary(industries=vocabulary().industries - trades, unknown_places=places))


def read_queries(n: int, seed: int, count: int) -> Iterator[Query]:
    """
    Each query with its closest candidates, and with the true one if the index found it.
    """
    normaliser = withheld_normaliser()
    engine = open_index("sqlite", n, seed, normaliser, label="_withheld")
    with engine.connect() as conn:
        for query in generator().queries(n, seed, count):
            if query.kind in UNSEEN_DIRT:
                continue
            subject = profile(party_of(query), normaliser)
            side = subject.sides[0]
            found = sorted(observed(side, find_candidates(conn, subject)), key=lambda each: -each[1].sound)
            pairs = [Pair(side, c.side, seen, rivals, c.customer_id == query.origin) for c, seen, rivals in found]
            kept = tuple(pair for at, pair in enumerate(pairs) if at < KEPT or pair.same)
            yield Query(query.origin < 0, kept)


def fit(queries: Sequence[Query]) -> Weights:
    """
    The regression over all pairs, without thresholds yet.
    """
    pairs = [pair for query in queries for pair in query.pairs]
    features = np.array([vector(pair.seen, pair.rivals) for pair in pairs], dtype=float)
    spread = features.std(axis=0) + 1e-9
    model = LogisticRegression(C=1.0, max_iter=2000).fit(features / spread, [pair.same for pair in pairs])
    weights = tuple(float(value) for value in model.coef_[0] / spread)
    return Weights(bias=float(model.intercept_[0]), weights=weights, probable=0.1, possible=0.005)


def threshold(queries: Sequence[Query], model: Weights, level: Level, recall: float) -> float:
    """
    The highest score at which so many of the true rows still reach a level.
    """
    reached = sorted((_needed(query, model, level) for query in queries if not query.new), reverse=True)
    lowest = reached[int(recall * len(reached))]
    if lowest == 0.0:
        sys.exit(f"train_scorer: the rules keep {level} from reaching a recall of {recall}; loosen one")
    return round(lowest, 4)


def _needed(query: Query, model: Weights, level: Level) -> float:
    """
    The threshold below which the true row of a query reaches a level: 1 if it always does, 0 if it never can.
    """
    pair = next((pair for pair in query.pairs if pair.same), None)
    if pair is None:
        return 0.0
    always, never = (
        decide(pair.a, pair.b, pair.seen, likelihood, model)[1].rank >= level.rank for likelihood in (0.0, 1.0)
    )
    return 1.0 if always else score(pair.seen, pair.rivals, model) if never else 0.0


def report(queries: Sequence[Query], model: Weights) -> dict[str, float]:
    """
    The rates on queries that chose the thresholds.
    """
    new = [query for query in queries if query.new]
    dirty = [query for query in queries if not query.new]

    def level(query: Query, *, true_only: bool) -> int:
        graded = (
            decide(p.a, p.b, p.seen, score(p.seen, p.rivals, model), model)[1].rank
            for p in query.pairs
            if p.same or not true_only
        )
        return max(graded, default=0)

    return {
        "certain_false": float(np.mean([level(query, true_only=False) == Level.CERTAIN.rank for query in new])),
        "probable_false": float(np.mean([level(query, true_only=False) >= Level.PROBABLE.rank for query in new])),
        "probable_recall": float(np.mean([level(query, true_only=True) >= Level.PROBABLE.rank for query in dirty])),
        "possible_recall": float(np.mean([level(query, true_only=True) >= Level.POSSIBLE.rank for query in dirty])),
    }


def train(queries: Sequence[Query]) -> tuple[Weights, dict[str, float]]:
    """
    The model, fitted on every other query, with thresholds and rates from the rest.
    """
    judges = queries[1::2]
    model = fit(queries[::2])
    model = replace(
        model,
        probable=threshold(judges, model, Level.PROBABLE, RECALL),
        possible=threshold(judges, model, Level.POSSIBLE, NOTE_RECALL),
    )
    return model, report(judges, model)


def write(model: Weights, rates: dict[str, float], about: dict[str, int]) -> None:
    """
    Save the model with what it was made from.
    """
    content = {
        "trained": datetime.now(UTC).date().isoformat(),
        **about,
        "unseen_dirt": UNSEEN_DIRT,
        "rates": {name: round(value, 4) for name, value in rates.items()},
        "thresholds": {"probable": model.probable, "possible": model.possible},
        "bias": round(model.bias, 4),
        "weights": {name: round(value, 4) for name, value in zip(FEATURES, model.weights, strict=True)},
    }
    WEIGHTS.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def main(argv: Sequence[str] | None = None) -> int:
    """
    Read, train, report, write.
    """
    arguments = argparse.ArgumentParser(prog="train_scorer", description=(__doc__ or "").strip().splitlines()[0])
    arguments.add_argument("--n", type=int, default=200_000)
    arguments.add_argument("--queries", type=int, default=20_000)
    arguments.add_argument("--seed", type=int, default=7)
    chosen = arguments.parse_args(argv)
    queries = list(read_queries(chosen.n, chosen.seed, chosen.queries))
    model, rates = train(queries)
    sys.stdout.write(json.dumps(rates) + "\n")
    write(model, rates, {"seed": chosen.seed, "customers": chosen.n, "queries": len(queries)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
