"""
A company small enough to keep in mind: two teams under one director, and customers a test asks for.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from domain.access import Actor
from domain.customer import Protection
from domain.follow_up import FollowUpNote
from domain.policy import ApproverRule, BusinessPolicy, FollowUpMethod
from store import chats, history, members, settings
from store.customers import NewCustomer
from store.engine import Database
from store.history import PastCustomer

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Monday 23 November 2026, 10:00 in China."""
SYSTEM = Actor.system("small company of a test")
GROUP = "group-east"
PEOPLE = (
    ("小李", "销售", "east", "老张", ["sales"], None),
    ("小王", "销售", "east", "老张", ["sales"], None),
    ("小赵", "销售", "south", "周总", ["sales"], None),
    ("老张", "销售主管", "east", "周总", ["manager"], "east"),
    ("周总", "销售总监", "sales", "钱总", ["director"], "sales"),
    ("钱总", "总经理", "company", None, ["executive"], "company"),
    ("陈姐", "管理员", "company", "钱总", ["admin"], None),
)


@dataclass
class SmallCompany:
    """
    The company in a database, with the ids of its people by name.
    """

    database: Database
    ids: dict[str, int] = field(default_factory=dict)
    departments: dict[str, int] = field(default_factory=dict)
    department_of: dict[str, int] = field(default_factory=dict)

    @classmethod
    def in_database(cls, database: Database, now: datetime = MONDAY) -> "SmallCompany":
        company = cls(database)
        with database.write() as tx:
            company._found(tx, now)
        return company

    def _found(self, tx, now):
        for key, name, parent in (
            ("company", "聊单公司", None),
            ("sales", "销售部", "company"),
            ("east", "华东一组", "sales"),
            ("south", "华南组", "sales"),
        ):
            self.departments[key] = members.add_department(tx, name, self.departments.get(parent))
        for name, title, department, _, roles, leads in PEOPLE:
            self.ids[name] = members.add_member(
                tx,
                name=name,
                title=title,
                roles=roles,
                department_id=self.departments[department],
                leads_department_id=self.departments.get(leads),
                now=now,
            )
            self.department_of[name] = self.departments[department]
        for number, (name, _, _, manager, _, _) in enumerate(PEOPLE, start=1):
            members.set_manager(tx, self.ids[name], self.ids.get(manager))
            for platform in ("feishu", "wecom"):
                members.add_identity(
                    tx, self.ids[name], platform=platform, corp_id=f"{platform}-corp", user_id=f"{platform}-{number}"
                )

    def ask_direct_manager(self) -> None:
        """
        Registrations go to the direct manager, as in the demo; the shipped policy asks the director.
        """
        shipped = BusinessPolicy()
        registration = replace(shipped.approvals.registration, approver=ApproverRule.DIRECT_MANAGER)
        policy = replace(shipped, approvals=replace(shipped.approvals, registration=registration))
        with self.database.write() as tx:
            settings.change(tx, SYSTEM, settings.POLICY, policy.to_mapping(), MONDAY)

    def add_group(self, platform: str = "feishu", department: str = "east", now: datetime = MONDAY) -> str:
        with self.database.write() as tx:
            chat = chats.remember(tx, platform, "demo", GROUP, name="华东销售群", external=False, now=now)
            chat.department_id = self.departments[department]
        return GROUP

    def owned(
        self,
        name: str,
        owner: str,
        *,
        days_left: float | None = 20,
        contact: str = "张伟",
        phone: str = "13800001111",
        amount_yuan: int | None = 500_000,
        stage: str = "first_contact",
        notes: tuple[FollowUpNote, ...] = (),
        region: str = "浙江杭州",
        need: str = "要一套客户管理系统",
        now: datetime = MONDAY,
    ) -> int:
        """
        A customer of this owner; its protection of 30 days ends in `days_left` days, None: it has none.
        """
        protection = None
        if days_left is not None:
            end = now + timedelta(days=days_left)
            protection = Protection(start=min(end - timedelta(days=30), now), end=end)
        created_at = min(protection.start, now) if protection else now - timedelta(days=60)
        return self._add(
            name,
            PastCustomer(
                new=NewCustomer(
                    name=name,
                    contact=contact,
                    title="采购经理",
                    phone=phone,
                    amount_fen=amount_yuan * 100 if amount_yuan else None,
                    region=region,
                    need=need,
                    source="展会/活动",
                ),
                created_at=created_at,
                owner_id=self.ids[owner],
                pool=None,
                department_id=self.department_of[owner],
                former_owner_id=None,
                pooled_at=None,
                stage=stage,
                level="B",
                protection=protection,
                follow_ups=notes,
            ),
        )

    def pooled(
        self,
        name: str,
        *,
        pool: str = "regional",
        department: str = "east",
        contact: str = "王芳",
        phone: str = "13900002222",
        need: str = "",
        notes: tuple[FollowUpNote, ...] = (),
        now: datetime = MONDAY,
    ) -> int:
        """
        A customer that has lain in a pool for two days.
        """
        return self._add(
            name,
            PastCustomer(
                new=NewCustomer(name=name, contact=contact, phone=phone, amount_fen=30_000_000, need=need),
                created_at=now - timedelta(days=40),
                owner_id=None,
                pool=pool,
                department_id=self.departments[department],
                former_owner_id=None,
                pooled_at=now - timedelta(days=2),
                stage="lead",
                level="B",
                protection=None,
                follow_ups=notes,
            ),
        )

    def _add(self, name: str, past: PastCustomer) -> int:
        with self.database.write() as tx:
            tx.policy = BusinessPolicy()
            return history.add(tx, SYSTEM, past)

    def note(self, author: str, content: str, *, days_ago: float = 1, effective: bool = True) -> FollowUpNote:
        """
        An earlier follow-up.
        """
        return FollowUpNote(
            author_id=self.ids[author],
            method=FollowUpMethod.CALL,
            content=content,
            at=MONDAY - timedelta(days=days_ago),
            is_effective=effective,
        )
