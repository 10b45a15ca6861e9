"""
One field at a time, for the guided dialogue and the card form: a typed value, or a problem that names the field.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from domain.text.amounts import Amount
from domain.text.amounts import parse_amount as read_amount
from domain.text.companies import lead_in
from domain.text.folding import fold, fold_digits
from domain.text.found import FieldProblem
from domain.text.people import courteous, person_prefix, read_latin_person, read_person
from domain.text.phones import find_phones, main_phone, phone_problem
from domain.text.pieces import lay_out
from domain.text.policy import FIELD_LIMITS, clean_text
from domain.text.regions import canonical_region, find_regions
from domain.text.vocabulary import read_industry, read_source

FieldValue = str | Amount
"""
Text for every field but the amount.
"""


def parse_field(name: str, text: str, *, now: datetime) -> FieldValue | FieldProblem:  # noqa: ARG001
    """
    Read the answer to one question; `name` is one of the keys of `FIELD_PARSERS`.

    `now` is for fields that hold a date; none of these does.
    """
    cleaned = clean_text(text, limit=FIELD_LIMITS["message"])
    if not isinstance(cleaned, str):
        return FieldProblem(name, "too_long", text[:40])
    if not cleaned:
        return FieldProblem(name, "empty", "")
    value = FIELD_PARSERS[name](cleaned)
    if isinstance(value, str) and len(value) > FIELD_LIMITS[name]:
        return FieldProblem(name, "name_length" if name == "name" else "too_long", value)
    return value


def parse_amount(text: str) -> Amount | FieldProblem:
    """
    Read one amount in any of the usual spellings.
    """
    return read_amount(fold(text))


def parse_email(text: str) -> str | FieldProblem:
    """
    Read one e-mail address, in lower case.
    """
    found = lay_out(text).emails
    return found[0].value if len(found) == 1 else FieldProblem("email", "email_format", text.strip())


def parse_phone(text: str) -> str | FieldProblem:
    """
    Read one phone, a mobile before a landline.
    """
    digits = fold_digits(fold(text))
    phone = main_phone(tuple(found.value for found in find_phones(f"电话:{digits}")))
    if phone:
        return phone
    problem = phone_problem(f"电话:{digits}")
    return problem.value if problem else FieldProblem("phone", "phone_unclear", text.strip())


def find_region(text: str) -> str | None:
    """
    Return the canonical name of the region a text names, the first of several.
    """
    folded = fold(text).strip()
    return canonical_region(folded) or next((found.name for found in find_regions(folded)), None)


def _name(text: str) -> str | FieldProblem:
    said = text[lead_in(fold(text)) :].strip(" ，,。.!！\"'")
    return said if len(said) >= 2 else FieldProblem("name", "name_length", text)


def _contact(text: str) -> str | FieldProblem:
    folded = fold(text).strip(" ,。.!")
    prefix = person_prefix(folded)
    person = read_person(folded) or read_latin_person(folded) or (prefix[0] if prefix else None)
    if person and person.contact:
        return courteous(person.contact)
    return folded if any(one.isalpha() for one in folded) else FieldProblem("contact", "contact_missing", text)


def _source(text: str) -> str | FieldProblem:
    return read_source(fold(text)) or FieldProblem("source", "source_unknown", text)


def _region(text: str) -> str | FieldProblem:
    return find_region(text) or FieldProblem("region", "region_unknown", text)


def _industry(text: str) -> str | FieldProblem:
    return read_industry(text) or FieldProblem(
        "industry", "too_long" if len(text) > FIELD_LIMITS["industry"] else "empty", text
    )


def _plain(text: str) -> str:
    return text


FIELD_PARSERS: Final[dict[str, Callable[[str], FieldValue | FieldProblem]]] = {
    "name": _name,
    "contact": _contact,
    "title": _plain,
    "phone": parse_phone,
    "email": parse_email,
    "amount": parse_amount,
    "source": _source,
    "region": _region,
    "industry": _industry,
    "need": _plain,
}
