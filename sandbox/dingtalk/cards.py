"""
Interactive cards: making an instance, showing it in spaces, changing it for everybody, registering a callback route.

Source: https://open.dingtalk.com/document/development/create-and-deliver-cards (read 2026-08)
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sandbox.dingtalk.api import Call, Route
from sandbox.dingtalk.card_view import CardFace, draw, readable
from sandbox.dingtalk.errors import SERVER_ERROR, ApiError
from sandbox.dingtalk.state import CallbackRoute, CardInstance
from sandbox.dingtalk.template import PUBLIC_TEMPLATES, Template, foreign_template
from sandbox.local import is_loopback
from sandbox.world import direct_chat

if TYPE_CHECKING:
    from sandbox.company import Person
    from sandbox.dingtalk.platform import DingTalkPlatform
    from sandbox.world import Message

SCOPE = "Card.Instance.Write"
PREFIX = "dtv1.card//"
LONGEST_TRACK_ID = 100
LONGEST_SPACE_ID = 1000
LARGEST_VALUE = 3 * 1024
UNION_ID = 2
DELIVER_MODELS = {"IM_GROUP": "imGroupOpenDeliverModel", "IM_ROBOT": "imRobotOpenDeliverModel"}
SPACE_MODELS = {"IM_GROUP": "imGroupOpenSpaceModel", "IM_ROBOT": "imRobotOpenSpaceModel"}
ILLEGAL_SPACE = "spaceId is illegal"


class Cards:
    def __init__(self, platform: DingTalkPlatform) -> None:
        self._platform = platform
        self._state = platform.state

    def routes(self) -> list[Route]:
        cards = "/v1.0/card/instances"
        return [
            Route("POST", f"{cards}/createAndDeliver", self.create_and_deliver, SCOPE),
            Route("POST", cards, self.create, SCOPE),
            Route("PUT", cards, self.update, SCOPE),
            Route("PUT", f"{cards}/spaces", self.add_spaces, SCOPE),
            Route("POST", f"{cards}/deliver", self.deliver, SCOPE),
            Route("POST", "/v1.0/card/callbacks/register", self.register, SCOPE),
        ]

    def create_and_deliver(self, call: Call) -> dict[str, Any]:
        body = call.body()
        spaces = self._check_all(body)
        card = self._create(body)
        results = self._deliver_all(card, spaces, body)
        return {"success": True, "result": {"outTrackId": card.out_track_id, "deliverResults": results}}

    def create(self, call: Call) -> dict[str, Any]:
        body = call.body()
        self._check_instance(body)
        return {"success": True, "result": self._create(body).out_track_id}

    def add_spaces(self, call: Call) -> dict[str, Any]:
        body = call.body()
        card = self._card(body)
        models = {kind: body[name] for kind, name in SPACE_MODELS.items() if body.get(name)}
        if not models:
            raise ApiError("param.openSpaceModelInvalid")
        card.spaces |= models
        return {"success": True, "result": True}

    def deliver(self, call: Call) -> dict[str, Any]:
        body = call.body()
        card = self._card(body)
        spaces = _spaces(body.get("openSpaceId"))
        for kind, _ in spaces:
            self._check_deliver_model(kind, body)
            if kind not in card.spaces:
                raise ApiError("param.openSpaceModelInvalid")
        return {"success": True, "result": self._deliver_all(card, spaces, body)}

    def update(self, call: Call) -> dict[str, Any]:
        """
        For everybody: what a click's answer had shown to its clicker alone gives way.

        Without the by-key options what is not named disappears.
        """
        body = call.body()
        card = self._card(body)
        public, private = body.get("cardData"), body.get("privateData")
        if not public and not private:
            raise ApiError("param.cardDataAndPrivateDataBothEmpty")
        options = body.get("cardUpdateOptions") or {}
        if public:
            given = variables(public)
            card.public = card.public | given if options.get("updateCardDataByKey") is True else given
        for user_id, data in (private or {}).items():
            person = self._person(user_id, is_union=body.get("userIdType") == UNION_ID)
            known = card.private.get(person.key, {}) if options.get("updatePrivateDataByKey") is True else {}
            card.private[person.key] = known | variables(data)
        card.shown_to.clear()
        if card.clicks_in_flight:
            self._note(card, "updated_inside_callback")
        self.show(card)
        return {"success": True, "result": True}

    def register(self, call: Call) -> dict[str, Any]:
        body = call.body()
        key, url = str(body.get("callbackRouteKey") or ""), str(body.get("callbackUrl") or "")
        if not key:
            raise ApiError("param.callbackRouteKeyEmpty")
        if not url:
            raise ApiError("param.callbackUrlEmpty")
        known = self._state.routes.get(key)
        if known is not None and body.get("forceUpdate") is not True:
            if self._platform.switches["strict_route_keys"]:
                raise ApiError("param.callbackRouteKeyExist", status=SERVER_ERROR)
            return {"success": True, "result": {"callbackUrl": known.url, "apiSecret": known.api_secret}}
        if not is_loopback(urlsplit(url).hostname or ""):
            raise ApiError("system.updateCallbackFailed")
        route = CallbackRoute(url, str(body.get("apiSecret") or ""))
        self._state.routes[key] = route
        return {"success": True, "result": {"callbackUrl": route.url, "apiSecret": route.api_secret}}

    def values(self, card: CardInstance, person: Person | None) -> dict[str, str]:
        """
        The variables that hold for a person: private ones stand over public ones, if the template calls them private.
        """
        if person is None:
            return dict(card.public)
        own = card.private.get(person.key, {})
        private = {name: value for name, value in own.items() if name in card.template.private}
        return card.public | card.shown_to.get(person.key, {}) | private

    def face(self, card: CardInstance, person: Person | None) -> CardFace:
        old_client = bool(self._platform.switches["old_client"])
        return draw(card.template, self.values(card, person), old_client=old_client)

    def show(self, card: CardInstance) -> None:
        """
        Everybody who sees the card learns that it changed.
        """
        face = self.face(card, None)
        for message in card.messages:
            message.text = readable(face)
            for fault in face.faults:
                if fault not in message.flags:
                    message.flags.append(fault)
            self._platform.book.touch(message)

    def _check_all(self, body: dict[str, Any]) -> list[tuple[str, str]]:
        if not body:
            raise ApiError("param.empty")
        self._check_instance(body)
        spaces = _spaces(body.get("openSpaceId"))
        for kind, _ in spaces:
            self._check_deliver_model(kind, body)
            model = body.get(SPACE_MODELS[kind])
            if not isinstance(model, dict) or "supportForward" not in model:
                raise ApiError("param.openSpaceModelInvalid")
        return spaces

    def _check_instance(self, body: dict[str, Any]) -> None:
        track_id = body.get("outTrackId")
        if not track_id:
            raise ApiError("param.outTrackIdEmpty")
        if len(str(track_id)) > LONGEST_TRACK_ID:
            raise ApiError("param.invalid", "outTrackId is too long")
        if not body.get("cardTemplateId"):
            raise ApiError("param.cardTemplateIdEmpty")
        if not (body.get("cardData") or {}).get("cardParamMap"):
            raise ApiError("param.cardPublicDataEmpty")
        if self._template(str(body["cardTemplateId"])) is None:
            raise ApiError("param.templateNotExist")
        if str(track_id) in self._state.cards:
            raise ApiError("param.cardAlreadyExist")

    def _check_deliver_model(self, kind: str, body: dict[str, Any]) -> None:
        model = body.get(DELIVER_MODELS[kind])
        if not isinstance(model, dict) or not model:
            raise ApiError("param.openDeliverModelEmpty")
        robot_code = model.get("robotCode")
        if (kind == "IM_GROUP" and not robot_code) or robot_code not in {None, "", self._platform.account.robot_code}:
            raise ApiError("param.openDeliverModelError")

    def _template(self, template_id: str) -> Template | None:
        template = self._platform.console.templates.get(template_id)
        if template is None:
            return foreign_template(template_id) if template_id in PUBLIC_TEMPLATES else None
        if not template.is_published and self._platform.switches["refuse_unpublished_templates"]:
            raise ApiError("param.templateUnpublished")
        if template.app_id != self._platform.account.client_id:
            return foreign_template(template_id)
        return template

    def _create(self, body: dict[str, Any]) -> CardInstance:
        is_union = body.get("userIdType") == UNION_ID
        template = self._template(str(body["cardTemplateId"]))
        assert template is not None  # noqa: S101  # checked before
        private = {
            self._person(user_id, is_union=is_union).key: variables(data)
            for user_id, data in (body.get("privateData") or {}).items()
        }
        card = CardInstance(
            out_track_id=str(body["outTrackId"]),
            template=template,
            public=variables(body["cardData"]),
            private=private,
            callback_type=str(body.get("callbackType") or ""),
            route_key=str(body.get("callbackRouteKey") or ""),
            ids_are_union=is_union,
            spaces={kind: body[name] for kind, name in SPACE_MODELS.items() if body.get(name)},
        )
        self._state.cards[card.out_track_id] = card
        return card

    def _deliver_all(
        self, card: CardInstance, spaces: list[tuple[str, str]], body: dict[str, Any]
    ) -> list[dict[str, Any]]:
        results = []
        for kind, space_id in spaces:
            chat = self._chat(kind, space_id, is_union=body.get("userIdType") == UNION_ID)
            result = {"spaceType": kind, "spaceId": space_id, "success": chat is not None}
            if chat is None:
                results.append(result | {"carrierId": "", "errorMsg": ILLEGAL_SPACE})
                continue
            message = self._add(card, chat, body.get(DELIVER_MODELS[kind]) or {})
            carrier = self._platform.robot.keep([message], in_group=kind == "IM_GROUP")
            results.append(result | {"carrierId": carrier, "errorMsg": ""})
        return results

    def _chat(self, kind: str, space_id: str, *, is_union: bool) -> str | None:
        if kind == "IM_GROUP":
            chat = self._platform.group_by_conversation(space_id)
            return chat if chat is not None and self._platform.robot_is_in(chat) else None
        person = self._platform.reachable(self._platform.user_id_of(space_id) if is_union else space_id)
        return direct_chat(person.key) if person else None

    def _add(self, card: CardInstance, chat: str, model: dict[str, Any]) -> Message:
        face = self.face(card, None)
        payload = {
            "msgtype": "interactiveCard",
            "outTrackId": card.out_track_id,
            "recipients": [str(user_id) for user_id in model.get("recipients") or ()],
            "at": {"atUserIds": list(model.get("atUserIds") or {})},
        }
        message = self._platform.book.add(
            chat=chat,
            sender=None,
            kind="card",
            text=readable(face),
            vendor_id=f"msg{secrets.token_urlsafe(18)}==",
            payload=payload,
        )
        long_values = [name for name, value in card.public.items() if len(value.encode()) > LARGEST_VALUE]
        message.flags += [*face.faults, *(f"long_value:{name}" for name in long_values)]
        card.messages.append(message)
        self._state.card_of_message[message.id] = card
        return message

    def _card(self, body: dict[str, Any]) -> CardInstance:
        track_id = str(body.get("outTrackId") or "")
        if not track_id:
            raise ApiError("param.outTrackIdEmpty")
        card = self._state.cards.get(track_id)
        if card is None:
            raise ApiError("param.cardNotExist")
        return card

    def _person(self, user_id: object, *, is_union: bool) -> Person:
        wanted = self._platform.user_id_of(str(user_id)) if is_union else str(user_id)
        person = self._platform.person_by_user_id(wanted)
        if person is None:
            raise ApiError("param.userIdNotExist")
        return person

    def _note(self, card: CardInstance, flag: str) -> None:
        for message in card.messages:
            message.flags.append(flag)


def variables(data: object) -> dict[str, str]:
    """
    Raises: ApiError when a value is no text: numbers, lists and objects travel as JSON text.
    """
    given = data.get("cardParamMap") if isinstance(data, dict) else None
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise ApiError("param.invalid", "cardParamMap: Map<String, String>")
    return {str(name): value for name, value in given.items()}


def _spaces(text: object) -> list[tuple[str, str]]:
    """
    `dtv1.card//TYPE.id;TYPE.id`, whatever the case of the types.
    """
    if not text:
        raise ApiError("param.openSpaceIdEmpty")
    whole = str(text)
    if not whole.lower().startswith(PREFIX) or len(whole) > LONGEST_SPACE_ID:
        raise ApiError("param.openSpaceIdInvalid")
    spaces = []
    for part in whole.split(";"):
        body = part[len(PREFIX) :] if part.lower().startswith(PREFIX) else part
        kind, _, space_id = body.partition(".")
        if kind.upper() not in DELIVER_MODELS or not space_id:
            raise ApiError("param.openSpaceIdInvalid")
        spaces.append((kind.upper(), space_id))
    return spaces
