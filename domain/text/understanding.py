"""
What a message is: a registration, a follow-up, a command or none of these, and what it says.

A registration is explicit when the command word is there, else an offer: a company with a phone or a person, in a text
that is not about something else (a parcel, a question, a résumé). Nothing is stored from an offer before the person
agrees.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from domain.text.commands import Command, address, find_command
from domain.text.companies import Sureness
from domain.text.folding import fold
from domain.text.follow_up import FollowUpFields, is_follow_up, read_follow_up
from domain.text.found import FieldProblem
from domain.text.patterns import Pattern
from domain.text.policy import MESSAGE_LIMIT, scrub
from domain.text.registration import Reading, RegistrationFields, read_registration

Kind = Literal["registration", "follow_up", "command", "none"]


@dataclass(frozen=True, slots=True)
class Understanding:
    """
    A message understood. `unknown` are pieces nobody could place; `explicit` says the person asked for it by a word.
    """

    kind: Kind
    command: Command | None = None
    registration: RegistrationFields | None = None
    follow_up: FollowUpFields | None = None
    unknown: tuple[str, ...] = ()
    problems: tuple[FieldProblem, ...] = ()
    explicit: bool = False


_NOTHING: Final = Understanding("none")
_OTHER_MATTER: Final = Pattern(
    r"快递|运单|取件码|提货码|验证码|校验码|动态码|订单编?号|发货|签收|物流单号|简历|应聘|求职|面试|"
    r"入职|开票(?:信息|资料)|专票|普票|发票|"
    r"外卖|司机|车牌|收货(?:地址|人)|收件(?:人|地址)|寄件|寄(?:到|给|个|一下)|邮寄|团建|会议室|请假|"
    r"报销|退订|回T|尊敬的(?:客户|用户)|客服热线|中奖|贷款|您的|已付款|账单|还款|"
    r"保洁|报修|维修单|工单号?|水电费|物业通知|停水|停电|体检|疫苗|打款|付款(?:到|至|给)|汇款|工资|"
    r"通知[:：]|值班|放假|招聘|诚聘|底薪|薪资|薪水"
)
_INVOICE: Final = Pattern(r"税号|识别号|开户行|账号|抬头")
_ASKING: Final = Pattern(
    r"[吗么呢?]\s*$|谁(?:有|知道|认识|能|在|负责)|有没有|怎么样|如何|能不能|可不可以|是不是|为什么|多少钱|多长|多久|多少天|几天"
)
_PLANNING: Final = Pattern(
    r"(?:明天|后天|下周|今晚|今天下午|一会儿?|待会儿?|周[一二三四五六日])[^,;。\n]{0,12}(?:去|见|来|拜访|"
    r"开会|过来|参观|到访|约|吃饭)|记得|提醒|别忘了|帮我约|我们公司"
)
_REGISTER_WORD: Final = Pattern(
    r"报备(?!人|流程|规则|过|了吗|日期|时间|成功|编号)|登记(?:一下|下)|录(?:入|一下)|报一下客户"
)
_FOLLOW_UP_OF: Final = Pattern(
    r"(?P<who>(?!客户|项目|后续|销售|继续|持续|及时|今天|昨天|明天|"
    r"需要)[^\s,;:。!?\n我你他谁]{2,20}?) ?(?:这边|那边)?的?"
    r"跟进(?:一下|情况|记录|进展|汇报)?[:,\s]+(?=[^\s])"
)
_TOLD_ALL: Final = 0.95
_TOLD_ENOUGH: Final = 0.6


def understand(text: str, *, now: datetime, kind: Literal["registration", "follow_up"] | None = None) -> Understanding:
    """
    Read a message; `kind` says what it is when the person already chose.
    """
    cleaned = scrub(text)[:MESSAGE_LIMIT]
    command = find_command(cleaned)
    if kind == "registration":
        return _registration(read_registration(_behind(cleaned, command, "register")), explicit=True)
    if kind == "follow_up":
        return _follow_up(_behind(cleaned, command, "follow_up"), now, explicit=True)
    if command and command.key == "register":
        return _explicit(command)
    if command and command.key == "follow_up":
        return replace(_follow_up(command.argument, now, explicit=True), command=command)
    if command:
        return Understanding("command", command=command, explicit=True)
    return _offer(address(cleaned), now)


def _behind(text: str, command: Command | None, key: str) -> str:
    return command.argument if command and command.key == key else text


def _registration(reading: Reading, *, explicit: bool) -> Understanding:
    return Understanding(
        "registration",
        registration=reading.fields,
        unknown=reading.unknown,
        problems=reading.problems,
        explicit=explicit,
    )


def _follow_up(text: str, now: datetime, *, explicit: bool) -> Understanding:
    reading = read_follow_up(text, now)
    return Understanding("follow_up", follow_up=reading.fields, problems=reading.problems, explicit=explicit)


def _explicit(command: Command) -> Understanding:
    """
    Take 报备 … as a registration unless what follows is a question or talk about registrations.
    """
    reading = read_registration(command.argument)
    fields, folded = reading.fields, fold(command.argument)
    substantial = fields.phone or fields.contact or reading.labelled or reading.sureness >= Sureness.TRADE
    if command.argument and not substantial and (_ASKING.search(folded) or fields.name is None):
        return _NOTHING
    if _ASKING.search(folded) and not fields.phone and not reading.labelled:
        return _NOTHING
    return replace(_registration(reading, explicit=True), command=command)


def _offer(text: str, now: datetime) -> Understanding:
    folded = fold(text)
    reading = read_registration(text)
    form = _is_form(reading)
    if about := _FOLLOW_UP_OF.match(folded):
        return _follow_up(f"{text[about.start('who') : about.end('who')]}，{text[about.end() :]}", now, explicit=True)
    if not form and is_follow_up(text) and not reading.fields.phone:
        return _follow_up(text, now, explicit=False)
    if _asks_to_register(reading, folded):
        return _registration(reading, explicit=True)
    if not _is_offer(reading, folded, form=form):
        return _NOTHING
    return _registration(reading, explicit=False)


def _asks_to_register(reading: Reading, folded: str) -> bool:
    """
    Say whether 报备 stands somewhere behind the facts: …，13800001111，报备一下.
    """
    told = reading.fields.name and reading.fields.phone
    return bool(told) and _REGISTER_WORD.search(folded) is not None and _ASKING.search(folded) is None


def _is_form(reading: Reading) -> bool:
    return reading.labelled >= 3 and reading.named and reading.fields.name is not None


def _is_offer(reading: Reading, folded: str, *, form: bool) -> bool:
    """
    Say whether a text carries a customer with a way to reach them and is about nothing else.
    """
    fields = reading.fields
    if fields.name is None or _OTHER_MATTER.search(folded):
        return False
    if not (fields.phone or fields.contact):
        return form
    if _INVOICE.search(folded) and not fields.contact:
        return False
    if form:
        return True
    more = fields.amount_fen or fields.source or fields.need or fields.email or reading.explained >= _TOLD_ALL
    told = fields.phone and fields.contact and more
    if (reading.sureness < Sureness.TRADE and not told) or _ASKING.search(folded) or _PLANNING.search(folded):
        return False
    enough = _TOLD_ENOUGH if fields.phone else 0.9
    return reading.explained >= enough
