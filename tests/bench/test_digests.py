"""
The benchmark of digests with few of them: what it says of a run that goes well, and of one whose quota ends.
"""

import json

import pytest
import structlog

from bench.digests import main


@pytest.fixture(autouse=True)
def _own_log():
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def measured(capsys, *arguments):
    code = main(arguments)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return code, {line["metric"].partition(".")[2]: line for line in lines}


@pytest.mark.parametrize("platform", ["feishu", "dingtalk:200000"])
def test_digests_use_the_permitted_rate_and_arrive(capsys, platform):
    code, metrics = measured(capsys, "--count", "120", "--runs", platform)

    assert (0, 120, 0, 0) == (code, *(metrics[name]["value"] for name in ("sent", "silent_drops", "alarms")))
    assert metrics["refused_by_platform"]["value"] == 0
    assert 0.95 <= metrics["rate_per_s"]["ratio"] <= 1


def test_digests_beyond_the_quota_wait_and_an_alarm_says_so(capsys):
    code, metrics = measured(capsys, "--count", "60", "--runs", "dingtalk:40")

    assert 0 == code
    assert 40 >= metrics["sent"]["value"] > 30
    assert 60 - metrics["sent"]["value"] == metrics["waiting"]["value"]
    assert metrics["alarms"]["value"] >= 1
    assert 0 == metrics["silent_drops"]["value"]


def test_what_wecom_allows_at_once_goes_at_once(capsys):
    code, metrics = measured(capsys, "--count", "60", "--runs", "wecom")

    assert (0, 60) == (code, metrics["sent"]["value"])
    assert "rate_per_s" not in metrics
