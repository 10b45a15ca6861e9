"""
Somebody joins the company and leaves it: only the platform is told, the product follows.
"""

from installations import on_every_way


@on_every_way
def test_who_joins_can_work_at_once_and_who_leaves_is_shut_out_within_a_minute(running, platform):
    name = platform.name
    user, called = f"newcomer_{name}", f"新人{name}"

    def state():
        return running.rows("SELECT status, roles, manager_id FROM member WHERE name = :name", name=called)

    def until(status):
        running.sandbox.wait_for(lambda: [row[0] for row in state()] == [status], f"{called} to be {status}")

    change(platform, op="join", user=user, name=called, title="销售", department="east", manager="laozhang")
    platform.sandbox.post("/clock", advance="PT1M15S")
    until("active")
    newcomer = platform.person(user)
    newcomer.ask("公海", "公海")
    change(platform, op="leave", user=user)
    platform.sandbox.post("/clock", advance="PT1M")
    until("left")

    manager = running.rows("SELECT id FROM member WHERE name = '老张'")[0][0]
    assert manager == state()[0][2]
    assert [] == running.rows(
        "SELECT o.id FROM outbox o JOIN member m ON m.id = o.member_id WHERE m.name = :n AND o.state = 'pending'",
        n=called,
    )


def change(platform, **details):
    platform.sandbox.post(f"/{platform.name}/members", **details)
