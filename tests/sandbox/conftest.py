import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fake_product import FakeProduct
from sandbox_bench import Bench


@pytest.fixture
def product():
    product = FakeProduct()
    yield product
    product.close()


@pytest.fixture
def bench(product):
    bench = Bench(product)
    yield bench
    bench.close()
