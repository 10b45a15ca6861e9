"""
The OpenAPI description: spectree with what it lacks, namely problem details as the content type of refusals.
"""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, ValidationError
from spectree import Response as SpecTreeResponse
from spectree import SecurityScheme, SpecTree
from spectree.models import SecureType, SecuritySchemeData

from web.api.models import InvalidContent, ProblemDetails
from web.problems import MEDIA_TYPE, refuse_invalid

BEARER: Final[dict[str, list[str]]] = {"bearer": []}


class Answers(SpecTreeResponse):
    """
    What an operation answers: its own model on success, and the refusals every operation shares.
    """

    def __init__(self, success: type[BaseModel], **more: Any) -> None:
        refusals = {f"HTTP_{status}": ProblemDetails for status in (400, 401, 403, 413, 415)}
        super().__init__(HTTP_200=success, HTTP_422=InvalidContent, **refusals, **more)

    def generate_spec(self, *arguments: Any, **options: Any) -> dict[str, Any]:
        """
        The description of the answers.
        """
        answers = super().generate_spec(*arguments, **options)
        for status, answer in answers.items():
            if status != "200":
                answer["content"] = {MEDIA_TYPE: answer["content"].pop("application/json")}
        return answers


def _refuse_faulty(
    _request: object, _answer: object, fault: Exception | None, _instance: object, _adapter: object
) -> None:
    if isinstance(fault, ValidationError):
        refuse_invalid(fault.errors(include_url=False, include_input=False))


api: Final = SpecTree(
    "flask",
    title="聊单 Liaodan",
    version="1",
    mode="strict",
    before=_refuse_faulty,
    security_schemes=[SecurityScheme(name="bearer", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer"))],
    security=BEARER,
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda _parent, child: child,
)
