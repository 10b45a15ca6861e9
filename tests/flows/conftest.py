import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "rigs"))
sys.path.insert(0, str(Path(__file__).parent))

from installations import CALLBACKS, Installations


@pytest.fixture(scope="session")
def installations(tmp_path_factory):
    installations = Installations(tmp_path_factory.mktemp)
    yield installations
    installations.close()


@pytest.fixture
def running(request, installations):
    """
    The product that a story is told on: called back over HTTP, on SQLite, unless the story names another.
    """
    return installations.get(getattr(request, "param", CALLBACKS))


@pytest.fixture
def platform(request, running):
    """
    The platform that a story is told on; see `installations.on_every_way`.
    """
    return running.platform(request.param)


@pytest.fixture
def feishu(running):
    return running.platform("feishu")


@pytest.fixture
def wecom(running):
    return running.platform("wecom")


@pytest.fixture
def dingtalk(running):
    return running.platform("dingtalk")
