"""
How likely two parties are one company: a logistic regression over the facts, with weights from a data file.

The weights are trained by `bench/train_scorer.py` and change with the data, never by hand. Rules that must hold
whatever the data say (a credit code decides, a numbered hospital is another hospital) are in `dedup`.
"""

import json
from dataclasses import dataclass
from functools import cache
from math import exp, log1p
from operator import mul
from typing import Final

from domain.data import text
from domain.dedup_facts import DIFFERS, NESTED, ONE_SILENT, SAME, SOUND, Facts
from domain.dedup_phones import ONE_DIGIT, WHOLE_NUMBER

LIKE_ENOUGH: Final = 0.5
"""A neighbouring number or a person of the same name says something only of names that are somewhat alike."""
HEARD: Final = 0.3
"""Names less alike were not in the training data, and the weights say nothing of them."""
NESTED_REGION: Final = 0.8
"""浙江 beside 杭州 agrees nearly as well as 杭州 beside 杭州; the training data hold too few to learn it from."""
FEATURES: Final = (
    "hanzi", "sound", "hanzi_squared", "sound_squared", "core_equal", "sounds_equal", "one_edit_long", "one_edit_short",
    "two_edits", "starts_alike", "starts_alike_share", "ends_alike", "reordered", "brand_same", "brand_sound",
    "brand_alike", "brand_differs", "brand_plain_prefix", "brand_plain_same", "industry_differs", "industry_one",
    "region_same", "region_differs", "branch_one", "branch_differs", "form_differs", "group_differs",
    "opposite", "numbers_differ", "swapped", "lookalike", "phone_equal", "phone_one_digit", "contact_equal", "rivals",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Weights:
    """
    A trained model: one weight a feature, the bias, and the scores from which a pair is probable and possible.
    """

    bias: float
    weights: tuple[float, ...]
    probable: float
    possible: float


@cache
def trained() -> Weights:
    """
    The weights the product ships.
    """
    model = json.loads(text("dedup_weights.json"))
    return Weights(
        bias=model["bias"],
        weights=tuple(model["weights"][feature] for feature in FEATURES),
        probable=model["thresholds"]["probable"],
        possible=model["thresholds"]["possible"],
    )


def vector(seen: Facts, rivals: int) -> tuple[float, ...]:
    """
    The facts as numbers, in the order of FEATURES; `rivals` counts the other parties that are about as like.
    """
    one_edit, prefix = seen.edits == 1, seen.starts_alike and seen.edits > 0
    return (
        seen.hanzi,
        seen.sound,
        seen.hanzi * seen.hanzi,
        seen.sound * seen.sound,
        seen.core_equal,
        seen.edits == 0,
        one_edit * (1 - 2 / (seen.longer + 1)),
        one_edit / (seen.longer + 1),
        seen.edits == 2,
        prefix,
        prefix * seen.shorter / (seen.longer or 1),
        seen.ends_alike,
        seen.reordered,
        seen.brand is SAME,
        seen.brand is SOUND,
        seen.brand_sound,
        seen.brand is DIFFERS,
        prefix * seen.brand_plain,
        (seen.edits == 0) * seen.brand_plain,
        seen.industry is DIFFERS,
        seen.industry is ONE_SILENT,
        NESTED_REGION if seen.region is NESTED else seen.region is SAME,
        seen.region is DIFFERS,
        seen.branch is ONE_SILENT,
        seen.branch is DIFFERS,
        seen.form_differs,
        seen.group_differs,
        seen.opposite,
        seen.numbers_differ,
        seen.swapped,
        seen.lookalike,
        seen.phone in WHOLE_NUMBER,
        seen.phone is ONE_DIGIT and seen.sound >= LIKE_ENOUGH,
        seen.contact and seen.sound >= LIKE_ENOUGH,
        log1p(rivals),
    )


def score(seen: Facts, rivals: int, model: Weights) -> float:
    """
    The probability, 0 to 1, that the two are one company.
    """
    if seen.sound < HEARD and not seen.starts_alike:
        return 0.0
    total = model.bias + sum(map(mul, model.weights, vector(seen, rivals)))
    return 1 / (1 + exp(-max(-30.0, min(30.0, total))))
