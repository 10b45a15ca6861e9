"""
The benchmark of acknowledgements with a few events: all of them are acknowledged on every platform and counted once.
"""

import json

from bench.ack import main


def test_every_event_is_acknowledged_over_the_connections_and_counted(capsys):
    main(["--modes", "connection", "--rate", "12", "--seconds", "1"])

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    metrics = {line["metric"].removeprefix("connection."): line for line in lines}
    assert dict.fromkeys(("feishu", "wecom", "dingtalk"), (4, 0)) == {
        platform: (metrics[f"{platform}.p99_ms"]["n"], metrics[f"{platform}.unacknowledged"]["value"])
        for platform in ("feishu", "wecom", "dingtalk")
    }
    assert all(metrics[f"{platform}.max_ms"]["value"] > 0 for platform in ("feishu", "wecom", "dingtalk"))
