"""
The duplicate check at size: how often the true customer is found, how fast, and how often a new company is accused.

    python -m bench.dedup --n 1000000 --queries 20000 --backend sqlite,postgresql --seed 11

Customers and dirty queries come from the generator (see `bench.customers`); databases are built once and kept under
`bench/cache/`, named by size, seed and the code that fills them. Prints one JSON object a metric.
"""

import argparse
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from sqlalchemy import Connection, Engine, create_engine, event, func, inspect, select, text

from bench.customers import generator
from domain.company_name import Normaliser
from domain.dedup import Level, Party, Verdict, judge, profile
from store.base import metadata
from store.dedup import bulk_load, dedup_doc, dedup_key, dedup_unique, find_candidates, not_same_pair

ROOT = Path(__file__).parents[1]
CACHE = ROOT / "bench" / "cache"
TABLES = [dedup_key, dedup_doc, dedup_unique, not_same_pair]
FILLED_BY = (
    "domain/company_spelling.py",
    "domain/company_words.py",
    "domain/company_name.py",
    "domain/dedup_keys.py",
    "domain/dedup_profile.py",
    "domain/data/industries.txt",
    "store/dedup.py",
)
UNSEEN_DIRT = ("shape", "transpose", "dept", "region_level")
"""Kinds of dirt the scorer never met in training."""
POSTGRESQL = os.environ.get("LIAODAN_BENCH_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/")


@dataclass(frozen=True, slots=True)
class Checked:
    """
    One query's fate: how its kind of dirt is called, whose row it came from (-1: a new company), what was answered.
    """

    kind: str
    origin: int
    reached: bool
    verdict: Verdict
    seconds: float
    processor_seconds: float

    @property
    def found(self) -> Level:
        """
        The level at which the true row was shown.
        """
        return next((match.level for match in self.verdict.matches if match.customer_id == self.origin), Level.NONE)


def main(argv: Sequence[str] | None = None) -> int:
    """
    Build what is missing, run the queries, print the metrics.
    """
    arguments = argparse.ArgumentParser(prog="bench dedup", description=(__doc__ or "").strip().splitlines()[0])
    arguments.add_argument("--n", type=int, default=1_000_000, help="customers")
    arguments.add_argument("--queries", type=int, default=20_000)
    arguments.add_argument("--backend", default="sqlite,postgresql")
    arguments.add_argument("--seed", type=int, default=11)
    chosen = arguments.parse_args(argv)
    for backend in chosen.backend.split(","):
        engine = open_index(backend, chosen.n, chosen.seed)
        with engine.connect() as conn:
            checked = list(check_all(conn, chosen.n, chosen.seed, chosen.queries))
        for metric, value, unit, count in metrics(checked, backend, chosen.n):
            print_metric(metric, value, unit, count)
    return 0


def print_metric(metric: str, value: float, unit: str, count: int) -> None:
    """
    One line of the benchmark's output.
    """
    line = {"bench": "dedup", "metric": metric, "value": round(value, 5), "unit": unit, "n": count}
    sys.stdout.write(json.dumps(line | {"baseline": None, "ratio": None}) + "\n")
    sys.stdout.flush()


def party_of(row: Any) -> Party:
    """
    A customer or a query of the generator as a party.
    """
    phones = tuple(phone for phone in (row.phone, getattr(row, "landline", "")) if phone)
    return Party(name=row.name, phones=phones, contact=row.contact)


def open_index(backend: str, n: int, seed: int, normaliser: Normaliser | None = None, label: str = "") -> Engine:
    """
    The engine of a filled index; `label` keeps those of an unusual normaliser apart.
    """
    mark = crc32(b"".join((ROOT / name).read_bytes() for name in FILLED_BY))
    name = f"dedup_{n}_{seed}_{mark:08x}{label}"
    engine = _sqlite(name) if backend == "sqlite" else _postgresql(name)
    if not inspect(engine).has_table("dedup_filled"):
        started = time.perf_counter()
        _fill(engine, n, seed, normaliser)
        sys.stderr.write(f"filled {backend} {name} in {time.perf_counter() - started:.0f} s\n")
    return engine


def _sqlite(name: str) -> Engine:
    CACHE.mkdir(exist_ok=True)
    engine = create_engine(f"sqlite:///{CACHE / name}.db")

    @event.listens_for(engine, "connect")
    def _configure(driver: Any, _: object) -> None:
        for pragma in ("journal_mode=wal", "synchronous=full", "cache_size=-65536", "mmap_size=2147483648"):
            driver.execute(f"PRAGMA {pragma}")

    return engine


def _postgresql(name: str) -> Engine:
    server = create_engine(POSTGRESQL + "postgres", isolation_level="AUTOCOMMIT")
    with server.connect() as conn:
        if not conn.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}):
            conn.execute(text(f'CREATE DATABASE "{name}"'))
    server.dispose()
    return create_engine(POSTGRESQL + name)


def _fill(engine: Engine, n: int, seed: int, normaliser: Normaliser | None) -> None:
    with engine.begin() as conn:
        if engine.dialect.name == "sqlite":
            for pragma in ("synchronous=OFF", "cache_size=-1048576"):
                conn.exec_driver_sql(f"PRAGMA {pragma}")
        metadata.drop_all(conn, tables=TABLES)
        metadata.create_all(conn, tables=TABLES)
        conn.execute(text("DROP INDEX uq_dedup_unique_live"))
        bulk_load(conn, ((row.id, profile(party_of(row), normaliser)) for row in generator().base(n, seed)))
        conn.execute(text("CREATE TABLE dedup_filled (done INTEGER)"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))


def check_all(conn: Connection, n: int, seed: int, queries: int) -> Iterator[Checked]:
    """
    Every query once through normalising, index and judgement, each timed as a whole.
    """
    conn.scalar(select(func.count()).select_from(select(dedup_doc.c.customer_id).limit(1).subquery()))
    for query in generator().queries(n, seed, queries):
        party = party_of(query)
        started, worked = time.perf_counter(), time.process_time()
        subject = profile(party)
        candidates = find_candidates(conn, subject)
        verdict = judge(subject, candidates)
        seconds, worked = time.perf_counter() - started, time.process_time() - worked
        reached = any(candidate.customer_id == query.origin for candidate in candidates)
        yield Checked(query.kind, query.origin, reached, verdict, seconds, worked)


def metrics(checked: Sequence[Checked], backend: str, n: int) -> Iterator[tuple[str, float, str, int]]:
    """
    Metric, value, unit and number of queries behind it.
    """
    dirty = [each for each in checked if each.origin > 0]
    new = [each for each in checked if each.origin < 0]
    yield f"candidate_recall.{backend}.{n}", _share(each.reached for each in dirty), "share", len(dirty)
    yield from _times(f"check_{{}}_ms.{backend}.{n}", [each.seconds for each in checked])
    yield from _times(f"check_cpu_{{}}_ms.{backend}.{n}", [each.processor_seconds for each in checked])
    yield f"certain_false_rate.{backend}.{n}", _share(e.verdict.level is Level.CERTAIN for e in new), "share", len(new)
    yield f"probable_false_rate.{backend}.{n}", _share(e.verdict.level.rank > 1 for e in new), "share", len(new)
    yield f"probable_recall.{backend}.{n}", _share(each.found.rank > 1 for each in dirty), "share", len(dirty)
    yield f"flagged_recall.{backend}.{n}", _share(e.verdict.level.rank > 1 for e in dirty), "share", len(dirty)
    yield f"certain_recall.{backend}.{n}", _share(e.found is Level.CERTAIN for e in dirty), "share", len(dirty)
    by_kind: dict[str, list[Checked]] = defaultdict(list)
    for each in dirty:
        by_kind[each.kind].append(each)
    for kind, several in sorted(by_kind.items()):
        label = f"probable_recall_{'unseen' if kind in UNSEEN_DIRT else 'seen'}_{kind}.{backend}.{n}"
        yield label, _share(each.found.rank > 1 for each in several), "share", len(several)


def _times(label: str, seconds: Sequence[float]) -> Iterator[tuple[str, float, str, int]]:
    """
    Median and p99; the processor's time leaves out the server's, and what other programs took from this one.
    """
    times = sorted(each * 1000 for each in seconds)
    yield label.format("p50"), times[len(times) // 2], "ms", len(times)
    yield label.format("p99"), times[len(times) * 99 // 100], "ms", len(times)


def _share(facts: Iterator[bool]) -> float:
    known = list(facts)
    return sum(known) / len(known) if known else 0.0


if __name__ == "__main__":
    sys.exit(main())
