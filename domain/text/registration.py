"""
A registration (报备) read out of a message in any order and style: form, one line, signature, business card, dictation.

Labelled values win over recognised ones; the end customer wins over the agent; a phone or person standing with the
agent, or with our own seller, is not the customer's. A place inside the customer's name is not its region: only what
is said counts.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from domain.policy import PARTNER_SOURCE
from domain.text.amounts import Amount, parse_amount
from domain.text.announced import Value, announced_values, free_pieces, of_slot
from domain.text.customers import choose_name
from domain.text.found import FieldProblem, Found
from domain.text.needs import choose_need
from domain.text.people import (
    Person,
    called_by_title,
    courteous,
    is_department,
    person_prefix,
    read_latin_person,
    read_loose_title,
    read_person,
    read_title,
)
from domain.text.phones import main_phone
from domain.text.pieces import BLANK, Layout, lay_out
from domain.text.policy import FIELD_LIMITS
from domain.text.regions import canonical_region, find_regions
from domain.text.slots import NameFound, Slots, read_pieces
from domain.text.strangers import part_glued, settle_strangers, settle_things
from domain.text.vocabulary import read_industry, read_source


@dataclass(frozen=True, slots=True)
class RegistrationFields:
    """
    What a message says about a new customer; None where it says nothing. Money in fen.
    """

    name: str | None = None
    contact: str | None = None
    title: str | None = None
    phone: str | None = None
    phones: tuple[str, ...] = ()
    email: str | None = None
    amount_fen: int | None = None
    amount_max_fen: int | None = None
    source: str | None = None
    region: str | None = None
    industry: str | None = None
    need: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """
    A registration as read, with what nobody could place and how much of the text it explains.
    """

    fields: RegistrationFields
    unknown: tuple[str, ...]
    problems: tuple[FieldProblem, ...]
    sureness: int
    labelled: int
    named: bool
    explained: float


def read_registration(text: str) -> Reading:
    """
    Read a cleaned message, without the command word, as a registration.
    """
    layout = lay_out(text)
    slots, values = Slots(), announced_values(layout)
    free = free_pieces(layout, values)
    read_pieces(layout, free, slots)
    settle_things(slots)
    if not of_slot(values, "contact"):
        part_glued(layout, slots)
        settle_strangers(layout, slots, named=bool(of_slot(values, "name")))
    zone = _customer_zone(layout, slots, values)
    name = choose_name(layout, slots, values)
    person = _person(layout, slots, values, zone, name)
    fields, problems = _fields(layout, slots, values, zone, name, person)
    unknown = tuple(found.value for found in slots.rest if found.value != fields.name)
    return Reading(
        fields=fields,
        unknown=unknown,
        problems=problems,
        sureness=int(name.sureness) if name else 0,
        labelled=len(values),
        named=bool(of_slot(values, "name")),
        explained=_explained(layout, unknown),
    )


def _customer_zone(layout: Layout, slots: Slots, values: list[Value]) -> list[tuple[int, int]]:
    """
    Return the spans that speak of others: the agent up to the customer's name, our own seller, other announced facts.
    """
    others = [(value.start, value.end) for value in of_slot(values, "ignored")]
    heads = sorted(
        [(name.start, name.role) for name in slots.names]
        + [(value.start, "agent") for value in of_slot(values, "agent")]
        + [(value.start, "end") for value in of_slot(values, "name")]
    )
    for (start, role), (following, _) in pairwise([*heads, (len(layout.text), "end")]):
        if role == "agent":
            line = layout.folded.find("\n", start)
            others.append((start, min(following, line) if line >= 0 else following))
    return others


def _outside(found: Found[str] | Found[Person], others: list[tuple[int, int]]) -> bool:
    return not any(start <= found.start < end for start, end in others)


def _person(
    layout: Layout, slots: Slots, values: list[Value], others: list[tuple[int, int]], name: NameFound | None
) -> Person:
    """
    Choose the contact and the title: labelled, else the first person of the customer, sure names first.
    """
    labelled = next((one for value in of_slot(values, "contact") if (one := _labelled_person(layout, value))), None)
    people = [found for found in slots.people if not (name and found.start < name.end and name.start < found.end)]
    free = [found for found in people if _outside(found, others)] or people
    free.sort(key=lambda found: (not found.value.sure, found.start))
    latin = [found for found in slots.latin if _outside(found, others) and not (name and name.start == found.start)]
    chosen = labelled or next((found.value for found in [*free, *latin]), Person(None))
    full = next((one.value for one in free if chosen.contact and _same_person(chosen.contact, one.value.contact)), None)
    titles = [layout.said(value.start, value.end).strip(" ,;。|") for value in of_slot(values, "title")]
    titles += [title for value in of_slot(values, "contact") if (title := called_by_title(value.label))]
    titles += [chosen.title or "", *(found.value for found in slots.titles if _outside(found, others))]
    title = next(filter(None, titles), None)
    contact = full.contact if full else chosen.contact
    return Person(courteous(contact) if contact else None, title)


def _same_person(called: str, full: str | None) -> bool:
    """
    Say whether a full name belongs to who was called by surname before (张总 … 张伟).
    """
    return (
        bool(full)
        and called != full
        and len(called) == 2
        and called[1] in "总工"
        and full is not None
        and full[0] == called[0]
    )


def _labelled_person(layout: Layout, value: Value) -> Person | None:
    folded = layout.folded[value.start : value.end].replace(BLANK, " ").strip(" ,;。|*[]<>")
    if not folded:
        return None
    parts = re.split(r"[,;、/|]| {2,}", folded)
    bracketed = re.match(r"([^()]{2,12})\(([^()]{1,20})\)", folded)
    if bracketed and (title := read_title(bracketed[2]) or read_loose_title(bracketed[2])):
        return Person(bracketed[1].strip(), title)
    if person := read_person(folded) or read_latin_person(folded):
        return person
    words = [word for word in parts[0].split() if not is_department(word)] or parts[0].split()
    parts[0] = " ".join(words)
    if len(words) == 2 and read_title(words[1]):
        return Person(words[0], words[1])
    if len(words) == 2 and read_title(words[0]):
        return Person(words[1], words[0])
    found = read_person(parts[0]) or (prefix[0] if (prefix := person_prefix(parts[0])) else None)
    said = parts[0].strip()
    return found or (
        Person(said) if 1 <= len(said) <= FIELD_LIMITS["contact"] and re.search(r"[^\W\d]", said) else None
    )


def _fields(
    layout: Layout,
    slots: Slots,
    values: list[Value],
    others: list[tuple[int, int]],
    name: NameFound | None,
    person: Person,
) -> tuple[RegistrationFields, tuple[FieldProblem, ...]]:
    phones = _phones(layout, others, values)
    amount = _amount(layout, values)
    money = amount if isinstance(amount, Amount) else None
    emails = [found.value for found in layout.emails if _outside(found, others)]
    fields = RegistrationFields(
        name=name.text if name else None,
        contact=person.contact,
        title=person.title,
        phone=main_phone(phones),
        phones=phones,
        email=next(iter(emails), None),
        amount_fen=money.fen if money else None,
        amount_max_fen=money.max_fen if money else None,
        source=_source(layout, slots, values),
        region=_region(layout, slots, values),
        industry=_industry(layout, slots, values),
        need=choose_need(layout, slots, values, name),
    )
    return fields, _problems(layout, values, fields, amount)


def _phones(layout: Layout, others: list[tuple[int, int]], values: list[Value]) -> tuple[str, ...]:
    """
    Return the customer's numbers: those that stand with nobody else, else those not announced as another's.
    """
    ignored = [(value.start, value.end) for value in of_slot(values, "ignored") if "微信" not in value.label]
    for spans in (others, ignored):
        if phones := [found.value for found in layout.phones if _outside(found, spans)]:
            return tuple(dict.fromkeys(phones))
    return ()


def _amount(layout: Layout, values: list[Value]) -> Amount | FieldProblem | None:
    for value in of_slot(values, "amount"):
        said = layout.folded[value.start : value.end].strip(" ,;。|")
        if re.search(r"\(.*万", value.label) and re.fullmatch(r"[\d.,\-~到至 ]+", said):
            said += "万"
        if said and re.search(r"[\d一二三四五六七八九十百千万两几]", said):
            return parse_amount(said)
    return next((found.value for found in layout.amounts), None)


def _source(layout: Layout, slots: Slots, values: list[Value]) -> str | None:
    for value in of_slot(values, "source"):
        if source := read_source(layout.folded[value.start : value.end]):
            return source
    if slots.sources:
        return slots.sources[0].value
    if any("渠道" in value.label and value.end - value.start > 1 for value in of_slot(values, "source")):
        return PARTNER_SOURCE
    agent = of_slot(values, "agent") or any(name.role == "agent" for name in slots.names)
    return PARTNER_SOURCE if agent else None


def _region(layout: Layout, slots: Slots, values: list[Value]) -> str | None:
    for value in of_slot(values, "region"):
        said = layout.folded[value.start : value.end].strip(" ,;。|")
        if region := canonical_region(said) or next((one.name for one in find_regions(said)), None):
            return region
    if slots.regions:
        return slots.regions[0].value
    addresses = (layout.folded[value.start : value.end] for value in of_slot(values, "address"))
    return next((found[0].wide for address in addresses if (found := find_regions(address))), None)


def _industry(layout: Layout, slots: Slots, values: list[Value]) -> str | None:
    labelled = (read_industry(layout.said(value.start, value.end)) for value in of_slot(values, "industry"))
    return next((said for said in labelled if said), None) or next((found.value for found in slots.industries), None)


def _problems(
    layout: Layout, values: list[Value], fields: RegistrationFields, amount: Amount | FieldProblem | None
) -> tuple[FieldProblem, ...]:
    problems = []
    if layout.phone_problem and not fields.phone:
        problems.append(layout.phone_problem.value)
    if isinstance(amount, FieldProblem):
        problems.append(amount)
    for value in of_slot(values, "email"):
        said = layout.said(value.start, value.end).strip(" ,;。|")
        if said and not fields.email:
            problems.append(FieldProblem("email", "email_format", said))
    if fields.name and not 2 <= len(fields.name) <= FIELD_LIMITS["name"]:
        problems.append(FieldProblem("name", "name_length", fields.name))
    return tuple(problems)


def _explained(layout: Layout, unknown: tuple[str, ...]) -> float:
    """
    Return the share of the text's characters that some field accounts for.
    """
    total = len(re.sub(r"\s", "", layout.text))
    return 1.0 - sum(len(re.sub(r"\s", "", one)) for one in unknown) / total if total else 0.0
