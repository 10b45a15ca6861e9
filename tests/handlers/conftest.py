import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from conversation import Conversation
from small_company import MONDAY, SmallCompany

from store import migrate, scope
from store.engine import Database


@pytest.fixture(scope="session")
def empty_database_file(tmp_path_factory):
    file = tmp_path_factory.mktemp("empty") / "empty.db"
    database = Database(f"sqlite:///{file}")
    migrate.upgrade(database.engine)
    database.close()
    return file


@pytest.fixture
def sqlite_database(tmp_path, empty_database_file):
    scope.install()
    shutil.copy(empty_database_file, tmp_path / "test.db")
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    yield database
    database.close()


@pytest.fixture
def company(sqlite_database):
    return SmallCompany.in_database(sqlite_database)


@pytest.fixture
def feishu(company):
    conversation = Conversation(company.database, platform="feishu", now=MONDAY)
    yield conversation
    conversation.close()


@pytest.fixture
def wecom(company):
    conversation = Conversation(company.database, platform="wecom", now=MONDAY)
    yield conversation
    conversation.close()


@pytest.fixture
def anywhere(database):
    """
    The company and a conversation on each of the two databases.
    """
    scope.install()
    conversation = Conversation(database, now=MONDAY)
    yield SmallCompany.in_database(database), conversation
    conversation.close()
