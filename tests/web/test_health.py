import pytest

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_health_says_only_ok(client):
    assert [(200, "ok\n"), (200, "ok\n")] == [
        (answer.status_code, answer.text) for answer in map(client.get, ["/healthz", "/readyz"])
    ]


def test_a_database_of_another_version_is_not_ready(product, client):
    with product.database.write() as tx:
        tx.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")

    answer = client.get("/readyz")

    assert (503, "not ok\n") == (answer.status_code, answer.text)


def test_metrics_need_a_token_made_for_them(client, company, token_of):
    without = client.get("/metrics")
    other = client.get("/metrics", headers={"Authorization": f"Bearer {token_of('小李')}"})
    allowed = client.get("/metrics", headers={"Authorization": f"Bearer {token_of('小李', 'metrics')}"})

    assert (401, 403, 200) == (without.status_code, other.status_code, allowed.status_code)
    assert "liaodan_callback_seconds" in allowed.text


def test_the_documentation_needs_nothing_from_elsewhere(client):
    answer = client.get("/api/docs")

    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "POST /api/v1/duplicate-check" in answer.text
    assert "http://" not in answer.text
    assert "https://" not in answer.text
    assert "<script" not in answer.text
