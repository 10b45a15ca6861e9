"""
Drop-downs and check lists of template cards, and the two kinds of card made of nothing else.

    multiple_interaction  two or three drop-downs and one button, no details
    vote_interaction      one choice among 11 to 20 and one button, no details
"""

from __future__ import annotations

from adapters.wecom import limits
from adapters.wecom.markup import cut, one_line
from cards.model import Card, Form, Select
from cards.text import CHOOSE

CardJson = dict[str, object]

_UNNAMED = "—"


def label(text: str, chars: int) -> str:
    """
    A caption in at most so many characters, never empty: WeCom refuses cards with empty captions.
    """
    return cut(one_line(text) or _UNNAMED, chars)


def fits_drop_down(select: Select) -> bool:
    """
    Whether a drop-down can offer all options of the select.
    """
    return len(_options(select)) <= limits.OPTIONS


def drop_down(select: Select, sizes: limits.Sizes) -> CardJson:
    """
    The select as WeCom's drop-down, the chosen option among those kept.
    """
    options = _options(select)
    chosen = [option for option in options if option[0] == select.value]
    kept = options[: limits.OPTIONS]
    if chosen and chosen[0] not in kept:
        kept[-1] = chosen[0]
    return {
        "question_key": select.name,
        "title": label(select.label, sizes.option),
        "option_list": [_option(value, text, sizes.option) for value, text in kept],
        "selected_id": chosen[0][0] if chosen else kept[0][0],
    }


def choice_card(card: Card, submit: CardJson, sizes: limits.Sizes) -> CardJson | None:
    """
    The card as one of the kinds made for choosing, None when it says or asks anything else.
    """
    if len(card.elements) != 1 or not isinstance(card.elements[0], Form):
        return None
    inputs = card.elements[0].inputs
    selects = [entry for entry in inputs if isinstance(entry, Select) and entry.options]
    if len(selects) < len(inputs):
        return None
    if 2 <= len(selects) <= limits.SELECTS and all(fits_drop_down(select) for select in selects):
        lists = [drop_down(select, sizes) for select in selects]
        return {"card_type": "multiple_interaction", "select_list": lists, "submit_button": submit}
    if len(selects) == 1 and not fits_drop_down(selects[0]) and len(selects[0].options) <= limits.CHECKBOX_OPTIONS:
        return {"card_type": "vote_interaction", "checkbox": _check_list(selects[0], sizes), "submit_button": submit}
    return None


def _options(select: Select) -> list[tuple[str, str]]:
    """
    The options as (id, text), each id once; "nothing chosen" is one of them, as the list always holds a value.
    """
    options = {(option.value or limits.NOT_CHOSEN): option.label for option in reversed(select.options)}
    listed = list(options.items())[::-1]
    is_chosen = any(option.value == select.value for option in select.options)
    if is_chosen or limits.NOT_CHOSEN in options:
        return listed
    return [(limits.NOT_CHOSEN, select.placeholder or CHOOSE), *listed]


def _check_list(select: Select, sizes: limits.Sizes) -> CardJson:
    options = {(option.value or limits.NOT_CHOSEN): option.label for option in reversed(select.options)}
    return {
        "question_key": select.name,
        "mode": 0,
        "option_list": [
            _option(value, text, sizes.checkbox_option) | {"is_checked": value == select.value}
            for value, text in list(options.items())[::-1]
        ],
    }


def _option(value: str, text: str, chars: int) -> CardJson:
    return {"id": value, "text": label(text, chars)}
