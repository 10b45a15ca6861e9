"""
Understanding Chinese sales messages. Pure: text and the time of its arrival in, frozen values out.

`understand` tells what a message is and what it says; the layers below it, from the outside in:

    understanding    registration, follow-up, command or none
    commands         the command word and its argument
    registration     chooses between the candidates for each field
    follow_up        customer, way of contact, content, next step
    fields           one field at a time, for the guided dialogue
    slots            runs the recognisers over the pieces of a message and collects candidates
    pieces           lays a message out: hard facts blanked, labels found, pieces cut
    labels, companies, people, vocabulary, phones, amounts, times, regions, numbers    recognisers
    folding, policy  spelling variants folded position by position; what text may be stored
    found            the shapes of findings and the table of problem codes
    data/            word tables
"""

from domain.text.amounts import Amount
from domain.text.commands import Command, find_command, split_number
from domain.text.fields import FieldValue, find_region, parse_amount, parse_email, parse_field, parse_phone
from domain.text.folding import fold, fold_digits
from domain.text.follow_up import FollowUpFields
from domain.text.found import FieldProblem
from domain.text.phones import find_phones
from domain.text.policy import FIELD_LIMITS, TextProblem, clean_text
from domain.text.registration import RegistrationFields
from domain.text.times import TimeFound, find_time
from domain.text.understanding import Understanding, understand

__all__ = [
    "FIELD_LIMITS",
    "Amount",
    "Command",
    "FieldProblem",
    "FieldValue",
    "FollowUpFields",
    "RegistrationFields",
    "TextProblem",
    "TimeFound",
    "Understanding",
    "clean_text",
    "find_command",
    "find_phones",
    "find_region",
    "find_time",
    "fold",
    "fold_digits",
    "parse_amount",
    "parse_email",
    "parse_field",
    "parse_phone",
    "split_number",
    "understand",
]
