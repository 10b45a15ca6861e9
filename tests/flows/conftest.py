import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "rigs"))
sys.path.insert(0, str(Path(__file__).parent))

from running_product import RunningProduct
from scratch_databases import BACKENDS, scratch_database


@pytest.fixture(scope="session", params=BACKENDS[:1])
def running(request, tmp_path_factory):
    """
    The product on SQLite; stories in which the database matters are run on both.
    """
    data = tmp_path_factory.mktemp("data")
    with scratch_database(request.param, data) as url, RunningProduct(data, url) as running:
        yield running


@pytest.fixture(params=["feishu", "wecom", "dingtalk"])
def platform(request, running):
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
