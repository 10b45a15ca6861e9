import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fake_product import FakeProduct
from sandbox_bench import Bench


@pytest.fixture(scope="session")
def shared_bench():
    product = FakeProduct()
    bench = Bench(product)
    yield bench
    bench.close()
    product.close()


@pytest.fixture
def bench(shared_bench):
    """
    The one listening sandbox, fresh for this test.
    """
    shared_bench.refresh()
    return shared_bench
