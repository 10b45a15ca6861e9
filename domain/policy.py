"""
The numbers and lists behind the business decisions, as typed values (业务策略).

A policy is data: versioned in the store, edited by administrators, handed to every decision as a parameter. The
defaults here are those of the shipped business pack. What is decided with these values belongs to the topic
modules (`protection`, `pool`, `follow_up`, `approval`, `registration`); reading and writing mappings belongs to
`policy_mapping`, re-exported through `BusinessPolicy.from_mapping` and `to_mapping`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from domain.policy_mapping import PolicyFaults, read_policy, write_policy

PARTNER_SOURCE = "代理商/伙伴报备"
"""The source of customers that an agent or partner brought: their partner managers see them."""


class Temperature(StrEnum):
    """
    How warm a source's customers are when they arrive: hot ones came to us by themselves and wait for an answer.
    """

    HOT = "hot"
    WARM = "warm"
    COLD = "cold"


class PoolKey(StrEnum):
    """
    The pools (公海) a customer without an owner can lie in.
    """

    NEW = "new"
    REGIONAL = "regional"
    SLEEPING = "sleeping"
    STRATEGIC = "strategic"
    HANDOVER = "handover"


class PoolVisibility(StrEnum):
    """
    Who sees the customers of a pool.
    """

    EVERYONE = "everyone"
    DEPARTMENT = "department"
    SUPERIORS = "superiors"


class FollowUpMethod(StrEnum):
    """
    The way a follow-up (跟进) took place.
    """

    CALL = "call"
    VISIT = "visit"
    MEETING = "meeting"
    WECHAT = "wechat"
    EMAIL = "email"
    OTHER = "other"


class ApproverRule(StrEnum):
    """
    Who decides an approval: the requester's direct manager, or the first sales director above them.
    """

    DIRECT_MANAGER = "direct_manager"
    SALES_DIRECTOR = "sales_director"


@dataclass(frozen=True, kw_only=True)
class ExtensionPolicy:
    """
    When a running protection may be extended (延保).

    `effective_follow_ups` is the number that entitles to an extension; a sent quote entitles too.
    """

    days: int = 15
    times: int = 1
    effective_follow_ups: int = 2


@dataclass(frozen=True, kw_only=True)
class ProtectionPolicy:
    """
    The four clocks of an owned customer: protection, keep-alive, reminder and cleansing.

    `claim_days` is the protection of a customer claimed from a pool. `reminder_hour` is an hour of the day in
    Asia/Shanghai; `reminder_days` are the whole days that must be left when a reminder is sent, largest first.
    """

    base_days: int = 30
    hot_days: int = 45
    gold_partner_days: int = 60
    claim_days: int = 30
    keep_alive_days: int = 30
    cleansing_days: int = 180
    reminder_days: tuple[int, ...] = (7, 3, 1)
    reminder_hour: int = 9
    extension: ExtensionPolicy = field(default_factory=ExtensionPolicy)


@dataclass(frozen=True, kw_only=True)
class SourcePolicy:
    """
    The temperature of each source channel (来源渠道); a source that is not listed is cold.
    """

    temperatures: Mapping[str, Temperature] = field(
        default_factory=lambda: {
            "官网表单": Temperature.HOT,
            "搜索投放": Temperature.HOT,
            "电话呼入": Temperature.HOT,
            "信息流投放": Temperature.WARM,
            "展会/活动": Temperature.WARM,
            "公众号/视频号": Temperature.WARM,
            "老客转介绍": Temperature.WARM,
            PARTNER_SOURCE: Temperature.WARM,
            "行业平台": Temperature.WARM,
            "社群/企微好友": Temperature.WARM,
            "电话外呼": Temperature.COLD,
            "招投标信息": Temperature.COLD,
            "员工自拓": Temperature.COLD,
            "其他": Temperature.COLD,
        },
    )

    def temperature(self, source: str | None) -> Temperature:
        """
        How warm customers of this source are; None means the source is unknown.
        """
        return self.temperatures.get(source, Temperature.COLD) if source else Temperature.COLD


@dataclass(frozen=True, kw_only=True)
class FollowUpPolicy:
    """
    What makes a follow-up effective (有效跟进).

    `min_chars` counts characters other than white space. `copy_similarity` is the share (0 to 1) of equal text
    from which a note counts as a copy of an earlier one.
    """

    methods: frozenset[FollowUpMethod] = frozenset(
        {
            FollowUpMethod.CALL,
            FollowUpMethod.VISIT,
            FollowUpMethod.MEETING,
            FollowUpMethod.WECHAT,
            FollowUpMethod.EMAIL,
        },
    )
    min_chars: int = 15
    one_per_day: bool = True
    copy_similarity: float = 0.9


@dataclass(frozen=True, kw_only=True)
class PoolPolicy:
    """
    One pool's rules: who sees it and how its customers may be claimed.

    `daily_claims` None means no limit. `hold_days` is how long a customer lies in the pool before anyone may claim
    it, `cooldown_days` how long its former owner has to wait. From an assign-only pool nobody claims.
    """

    visibility: PoolVisibility = PoolVisibility.EVERYONE
    daily_claims: int | None = None
    hold_days: int = 0
    cooldown_days: int = 0
    assign_only: bool = False


@dataclass(frozen=True, kw_only=True)
class PoolPolicies:
    """
    The rules of every pool.
    """

    new: PoolPolicy = field(default_factory=lambda: PoolPolicy(daily_claims=10))
    regional: PoolPolicy = field(
        default_factory=lambda: PoolPolicy(
            visibility=PoolVisibility.DEPARTMENT,
            daily_claims=5,
            hold_days=1,
            cooldown_days=30,
        ),
    )
    sleeping: PoolPolicy = field(default_factory=lambda: PoolPolicy(daily_claims=20))
    strategic: PoolPolicy = field(
        default_factory=lambda: PoolPolicy(visibility=PoolVisibility.SUPERIORS, assign_only=True),
    )
    handover: PoolPolicy = field(
        default_factory=lambda: PoolPolicy(visibility=PoolVisibility.SUPERIORS, assign_only=True),
    )

    def of(self, key: PoolKey) -> PoolPolicy:
        """
        The rules of one pool.
        """
        match key:
            case PoolKey.NEW:
                return self.new
            case PoolKey.REGIONAL:
                return self.regional
            case PoolKey.SLEEPING:
                return self.sleeping
            case PoolKey.STRATEGIC:
                return self.strategic
            case PoolKey.HANDOVER:
                return self.handover


@dataclass(frozen=True, kw_only=True)
class HoldingPolicy:
    """
    How many customers one person may own at a time (库容). Won customers do not count; managers have no cap.
    """

    sales: int = 150
    senior_sales: int = 250


@dataclass(frozen=True, kw_only=True)
class RegistrationPolicy:
    """
    What a registration (报备) must hold, and whom a large one is copied to.

    Expected amounts above `executive_copy_above_fen` are copied to the general manager.
    """

    required_fields: tuple[str, ...] = ("name", "contact", "phone")
    executive_copy_above_fen: int = 50_000_000
    look_ups_per_day: int = 30


@dataclass(frozen=True, kw_only=True)
class ApprovalPolicy:
    """
    Who decides one kind of approval and what happens while nobody does.

    All three times count working hours from the moment the step opened; None means never.
    """

    approver: ApproverRule = ApproverRule.SALES_DIRECTOR
    nudge_after_hours: int | None = 4
    escalate_after_hours: int | None = 8
    reject_after_hours: int | None = None


def _extension_approval() -> ApprovalPolicy:
    return ApprovalPolicy(
        approver=ApproverRule.DIRECT_MANAGER,
        nudge_after_hours=None,
        escalate_after_hours=None,
        reject_after_hours=4,
    )


@dataclass(frozen=True, kw_only=True)
class ApprovalPolicies:
    """
    The rules of every kind of approval: F1 客户报备, F5 延长保护, F11 退公海 (A 级).
    """

    registration: ApprovalPolicy = field(default_factory=ApprovalPolicy)
    extension: ApprovalPolicy = field(default_factory=_extension_approval)
    pool_return: ApprovalPolicy = field(
        default_factory=lambda: ApprovalPolicy(approver=ApproverRule.DIRECT_MANAGER),
    )


@dataclass(frozen=True, kw_only=True)
class BusinessPolicy:
    """
    Everything a business decision may be configured with.
    """

    protection: ProtectionPolicy = field(default_factory=ProtectionPolicy)
    sources: SourcePolicy = field(default_factory=SourcePolicy)
    follow_up: FollowUpPolicy = field(default_factory=FollowUpPolicy)
    pools: PoolPolicies = field(default_factory=PoolPolicies)
    holding: HoldingPolicy = field(default_factory=HoldingPolicy)
    registration: RegistrationPolicy = field(default_factory=RegistrationPolicy)
    approvals: ApprovalPolicies = field(default_factory=ApprovalPolicies)

    @classmethod
    def from_mapping(cls, data: Mapping[str, object]) -> BusinessPolicy | PolicyFaults:
        """
        The policy a configuration describes, missing keys taking their defaults; or all its faults at once.
        """
        return read_policy(cls, data)

    def to_mapping(self) -> dict[str, object]:
        """
        The policy as plain JSON values, the inverse of `from_mapping`.
        """
        return write_policy(self)
