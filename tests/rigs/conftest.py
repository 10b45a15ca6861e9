import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from crowd import Crowd
from scratch_databases import BACKENDS, scratch_database


@pytest.fixture(params=BACKENDS)
def crowd(request, tmp_path):
    with scratch_database(request.param, tmp_path) as url, Crowd(url) as crowd:
        yield crowd


@pytest.fixture
def crowd_on_postgresql(tmp_path):
    with scratch_database("postgresql", tmp_path) as url, Crowd(url) as crowd:
        yield crowd
