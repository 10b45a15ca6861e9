"""
The two shapes every recogniser answers with: a value at a span of the text, or a problem with what was written.

| problem code     | field           | meaning                                                          |
|------------------|-----------------|------------------------------------------------------------------|
| phone_digits     | phone           | looks like a mobile but has not 11 digits                        |
| phone_unclear    | phone           | no phone number could be read                                    |
| email_format     | email           | not an e-mail address                                            |
| amount_negative  | amount          | below zero (负五万)                                              |
| amount_unclear   | amount          | no exact sum in CNY could be read (几十万, 5万美元, 50 without a unit) |
| date_past        | next_at         | the moment named lies in the past                                |
| date_unclear     | next_at         | a time was named that cannot be pinned to one day                |
| name_missing     | name            | nothing is left that could be a customer's name                  |
| name_length      | name            | shorter than 2 or longer than 60 characters                      |
| contact_missing  | contact         | nothing is left that could be a person                           |
| too_long         | any             | longer than the policy allows                                    |
| source_unknown   | source          | none of the known sources                                        |
| region_unknown   | region          | no place of China and no sales area                              |
| empty            | any             | nothing was written                                              |
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Found(Generic[Value]):
    """
    A value and the span of the text that says it.
    """

    value: Value
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """
    Why what was written for a field is not taken; `raw` is what was written, `code` is in the table above.
    """

    field: str
    code: str
    raw: str
