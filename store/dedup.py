"""
The duplicate index: search keys, what the scorer needs of each name, the unique live keys, and ruled-out pairs.

Customers and pending registrations share it, because a registration creates its customer row. Nothing is decided
here: candidates go to `domain.dedup.judge`. A check reads some twenty keys and a hundred names before a chat message
is answered, so these two queries run on the driver's cursor of the given connection, inside its transaction.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    and_,
    delete,
    insert,
    or_,
    select,
    true,
    update,
)

from domain.dedup import Candidate, Profile, Side, unique_keys
from domain.dedup_keys import keys_of, search_keys
from store.base import BigInt, Instant, metadata

ROWS_PER_KEY: Final = 64
CANDIDATES: Final = 80
"""Of a million customers, the one meant is among the first eighty in 99.7 % of the checks, and among all in 99.8 %."""
LOAD_BATCH: Final = 20_000
NAME_COLUMNS: Final = Side._fields

dedup_key = Table(
    "dedup_key",
    metadata,
    Column("k", Integer, nullable=False),
    Column("customer_id", BigInt, nullable=False),
    PrimaryKeyConstraint("k", "customer_id"),
    sqlite_with_rowid=False,
)
"""
One row a search key and customer. Twenty rows a customer: there is no second index, the keys to remove are computed
again from `dedup_doc`.
"""

dedup_doc = Table(
    "dedup_doc",
    metadata,
    Column("customer_id", BigInt, nullable=False),
    Column("name_no", Integer, nullable=False),
    *(Column(name, String, nullable=False) for name in NAME_COLUMNS),
    PrimaryKeyConstraint("customer_id", "name_no"),
    sqlite_with_rowid=False,
)
"""
One row a name of a customer, the current name first: the columns are the fields of `domain.dedup.Side`.
"""

dedup_unique = Table(
    "dedup_unique",
    metadata,
    Column("customer_id", BigInt, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("value", String, nullable=False),
    Column("live", Boolean, nullable=False),
    PrimaryKeyConstraint("customer_id", "kind"),
    CheckConstraint("kind IN ('uscc', 'name')", name="kind"),
)
Index(
    "uq_dedup_unique_live",
    dedup_unique.c.kind,
    dedup_unique.c.value,
    unique=True,
    sqlite_where=dedup_unique.c.live == true(),
    postgresql_where=dedup_unique.c.live == true(),
)

not_same_pair = Table(
    "not_same_pair",
    metadata,
    Column("a", BigInt, nullable=False),
    Column("b", BigInt, nullable=False),
    Column("by", BigInt, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("a", "b"),
    CheckConstraint("a < b", name="ordered"),
)
"""
Two customers somebody has ruled 不是同一家; the smaller id stands first.
"""


def index_customer(
    conn: Connection, customer_id: int, subject: Profile, *, live: bool = True, disambiguator: str = ""
) -> None:
    """
    Put a customer's names and numbers into the index in place of what was there.

    Raises: IntegrityError when another live customer holds one of the unique keys.
    """
    remove_customer(conn, customer_id)
    index_new_customer(conn, customer_id, subject, live=live, disambiguator=disambiguator)


def index_new_customer(
    conn: Connection, customer_id: int, subject: Profile, *, live: bool = True, disambiguator: str = ""
) -> None:
    """
    The same for a customer that is not in the index yet.
    """
    _insert_many(conn, dedup_key, [(key, customer_id) for key in search_keys(subject)])
    _insert_many(conn, dedup_doc, [(customer_id, number, *side) for number, side in enumerate(subject.sides)])
    unique = unique_keys(subject, disambiguator)
    if unique:
        rows = [{"customer_id": customer_id, "kind": kind, "value": value, "live": live} for kind, value in unique]
        conn.execute(insert(dedup_unique), rows)


def set_live(conn: Connection, customer_id: int, *, live: bool) -> None:
    """
    Let a customer that ended free its unique keys, or take them again; it stays searchable.
    """
    conn.execute(update(dedup_unique).where(dedup_unique.c.customer_id == customer_id).values(live=live))


def remove_customer(conn: Connection, customer_id: int) -> None:
    """
    Take a customer out of the index.
    """
    names = select(*(dedup_doc.c[name] for name in NAME_COLUMNS)).where(dedup_doc.c.customer_id == customer_id)
    sides = [Side._make(row) for row in conn.execute(names.order_by(dedup_doc.c.name_no))]
    if not sides:
        return
    mine = and_(dedup_key.c.customer_id == customer_id, dedup_key.c.k.in_(keys_of(sides)))
    conn.execute(delete(dedup_key).where(mine))
    conn.execute(delete(dedup_doc).where(dedup_doc.c.customer_id == customer_id))
    conn.execute(delete(dedup_unique).where(dedup_unique.c.customer_id == customer_id))


def holder_of(conn: Connection, subject: Profile) -> int | None:
    """
    The live customer that already has one of the subject's unique keys.
    """
    keys = unique_keys(subject)
    if not keys:
        return None
    wanted = or_(*(and_(dedup_unique.c.kind == kind, dedup_unique.c.value == value) for kind, value in keys))
    return conn.scalar(select(dedup_unique.c.customer_id).where(dedup_unique.c.live == true(), wanted).limit(1))


def mark_not_same(conn: Connection, one: int, other: int, *, by: int, at: datetime) -> None:
    """
    Remember that two customers were ruled to be different; saying it again changes nothing.
    """
    if other not in not_same_as(conn, one):
        pair = {"a": min(one, other), "b": max(one, other), "by": by, "at": at}
        conn.execute(insert(not_same_pair).values(pair))


def not_same_as(conn: Connection, customer_id: int) -> frozenset[int]:
    """
    The customers ruled to be different from this one.
    """
    a, b = not_same_pair.c.a, not_same_pair.c.b
    rows = conn.execute(select(a, b).where(or_(a == customer_id, b == customer_id)))
    return frozenset(row.b if row.a == customer_id else row.a for row in rows)


def find_candidates(conn: Connection, subject: Profile, limit: int = CANDIDATES) -> list[Candidate]:
    """
    The names that share search keys with the subject: the keys fewest customers share first, up to the limit.
    """
    reader = _read_on_postgresql if conn.dialect.name == "postgresql" else _read_on_sqlite
    return reader(conn.connection.driver_connection, search_keys(subject), limit)


def _rarest_first(lists: Iterable[Sequence[int]], limit: int) -> list[int]:
    chosen: dict[int, None] = {}
    for ids in sorted(lists, key=len):
        chosen.update(dict.fromkeys(ids))
        if len(chosen) >= limit:
            break
    return list(chosen)[:limit]


_COLUMNS: Final = ", ".join(f"d.{name}" for name in NAME_COLUMNS)
# The statements are put together from column names and numbers of this module only.
# SQLite hands over each list as one value: every step to a next row would give the interpreter away and take it back.
_SQLITE_KEY: Final = (
    "SELECT group_concat(coalesce((SELECT group_concat(customer_id) FROM (SELECT customer_id FROM dedup_key"  # noqa: S608
    f" WHERE k = wanted.value ORDER BY customer_id LIMIT {ROWS_PER_KEY})), ''), ';') FROM json_each(?) AS wanted"
)
_SQLITE_DOC: Final = (
    f"SELECT json_group_array(json_array(d.customer_id, {_COLUMNS})) FROM json_each(?) AS wanted"  # noqa: S608
    " JOIN dedup_doc AS d ON d.customer_id = wanted.value"
)
_POSTGRESQL_KEY: Final = (
    "SELECT (SELECT array_agg(h.customer_id) FROM (SELECT customer_id FROM dedup_key WHERE k = wanted.k"  # noqa: S608
    f" ORDER BY customer_id LIMIT {ROWS_PER_KEY}) AS h) FROM unnest(%s::int[]) AS wanted(k)"
)
_POSTGRESQL_DOC: Final = (
    f"SELECT d.customer_id, {_COLUMNS} FROM dedup_doc AS d"  # noqa: S608
    " WHERE d.customer_id = ANY(%s::bigint[])"
)


def _read_on_sqlite(driver: Any, keys: Sequence[int], limit: int) -> list[Candidate]:
    (found,) = driver.execute(_SQLITE_KEY, (str(list(keys)),)).fetchone()
    lists = [[int(number) for number in part.split(",")] for part in (found or "").split(";") if part]
    wanted = _rarest_first(lists, limit)
    (docs,) = driver.execute(_SQLITE_DOC, (str(wanted),)).fetchone()
    return [Candidate(customer, Side._make(side)) for customer, *side in json.loads(docs)]


def _read_on_postgresql(driver: Any, keys: Sequence[int], limit: int) -> list[Candidate]:
    with driver.cursor(binary=True) as cursor:
        cursor.execute(_POSTGRESQL_KEY, (list(keys),), prepare=True)
        wanted = _rarest_first([row[0] for row in cursor if row[0]], limit)
        cursor.execute(_POSTGRESQL_DOC, (wanted,), prepare=True)
        return [Candidate(row[0], Side._make(row[1:])) for row in cursor]


def bulk_load(conn: Connection, rows: Iterable[tuple[int, Profile]]) -> int:
    """
    Index many customers that are not in the index yet, in batches of sorted keys; the answer is how many.

    Raises: the driver's IntegrityError when a unique key is held already.
    """
    count, batch = 0, []
    for row in rows:
        batch.append(row)
        if len(batch) == LOAD_BATCH:
            count += _load_batch(conn, batch)
            batch = []
    return count + (_load_batch(conn, batch) if batch else 0)


def _load_batch(conn: Connection, batch: Sequence[tuple[int, Profile]]) -> int:
    _insert_many(
        conn, dedup_key, sorted((key, customer) for customer, subject in batch for key in search_keys(subject))
    )
    docs = [(customer, number, *side) for customer, subject in batch for number, side in enumerate(subject.sides)]
    _insert_many(conn, dedup_doc, docs)
    unique = [(customer, *key, True) for customer, subject in batch for key in unique_keys(subject)]
    _insert_many(conn, dedup_unique, unique)
    return len(batch)


def _insert_many(conn: Connection, table: Table, rows: Iterable[tuple[object, ...]]) -> None:
    """
    Insert rows by the driver's fastest way: twenty keys a registration, twenty million when an index is filled.
    """
    driver: Any = conn.connection.driver_connection
    names = ", ".join(column.name for column in table.columns)
    if conn.dialect.name == "postgresql":
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(table.columns))
    driver.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)  # noqa: S608
