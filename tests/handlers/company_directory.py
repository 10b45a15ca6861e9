"""
The directory a platform shows of the small company: what a test changes in it is what the next reading finds.
"""

from dataclasses import replace
from functools import partial

from small_company import PEOPLE

from bot.directory import DirectoryReader
from bot.events import ChatRef, MemberChanged, Person
from domain import directory
from domain.errors import PlatformError
from handlers import people
from store import directory as store_directory

DEPARTMENTS = {"company": ("聊单公司", ""), "sales": ("销售部", "company"), "east": ("华东一组", "sales")}
DEPARTMENTS["south"] = ("华南组", "sales")


class CompanyDirectory:
    """
    Stands in for the adapter: `shown` are the people by their name, `departments_shown` the departments by their key.
    """

    def __init__(self, conversation, *, platform=None, account="demo", newcomer_role="sales"):
        self.platform = platform or conversation.platform.platform
        self.account = account
        self.corp_id = f"{self.platform}-corp"
        self.conversation = conversation
        self.fails = None
        self.people_read = 0
        leaders = {leads: name for name, *_, leads in PEOPLE if leads}
        self._number = {name: number for number, (name, *_) in enumerate(PEOPLE, start=1)}
        self.departments_shown = {
            key: directory.Department(f"d-{key}", name, f"d-{parent}" if parent else "", self.id_of(leaders.get(key)))
            for key, (name, parent) in DEPARTMENTS.items()
        }
        self.shown = {
            name: self.person(name, department, manager=manager, title=title)
            for name, title, department, manager, _, _ in PEOPLE
        }
        take = partial(people.take, newcomer_role=newcomer_role)
        self.reader = DirectoryReader(conversation.units, {(self.platform, self.account): self}, take=take)

    def id_of(self, name):
        return f"{self.platform}-{self._number.get(name, name)}" if name else None

    def person(self, name, department="east", *, manager="老张", title="销售", mobile=None, email=None):
        return directory.Person(
            self.id_of(name), name, (f"d-{department}",), self.id_of(manager), title, mobile, email, is_active=True
        )

    def departments(self):
        if self.fails is not None:
            raise self.fails
        return list(self.departments_shown.values())

    def people(self):
        self.people_read += 1
        return iter([*self.shown.values()])

    def change(self, name, /, **values):
        self.shown[name] = replace(self.shown[name], **values)

    def tell(self, name, change):
        """
        The platform sends word that something about a person changed.
        """
        self.conversation.bot.handle(
            MemberChanged(
                platform=self.platform,
                account=self.account,
                key=f"{name}-{change}-{self.conversation.clock.now().isoformat()}",
                sender=Person(self.id_of(name)),
                chat=ChatRef("direct"),
                sent_at=self.conversation.clock.now(),
                change=change,
            )
        )

    def read(self):
        """
        Read the directory now, and deliver what came of it.
        """
        with self.conversation.database.write() as tx:
            store_directory.want(tx, self.platform, self.account, self.conversation.clock.now())
        self.reader.run_due()
        self.conversation.delivery.drain()

    def read_twice(self):
        """
        The reading that misses somebody, and the second look five minutes later.
        """
        self.read()
        self.wait(minutes=6)

    def wait(self, **span):
        self.conversation.pass_time(**span)
        self.reader.run_due()
        self.conversation.delivery.drain()


BROKEN = PlatformError("feishu_500", "bad gateway")
FORBIDDEN = PlatformError("feishu_41050", "no permission", permanent=True)
