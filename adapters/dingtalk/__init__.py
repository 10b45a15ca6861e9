"""
DingTalk 钉钉: one self-built app (企业内部应用) with its robot per account, by Stream or signed HTTP callbacks.

    adapter.py     the port: receive, encode, render, send   config.py     settings and where the console shows them
    stream.py      the long connection                       crypto.py     signatures and encryption over HTTP
    inbound.py     payload → event; message.py: its text     binding.py    a button belongs to one card of one person
    render.py      Card → what is sent                       sendable.py   that content, stored with the outbox row
    limits.py      sizes; rates.py: how fast                 errors.py     vendor code → PlatformError
    client.py      calls to both hosts                       sessions.py   reply addresses that cost no quota
    directory.py   departments and people                    quota.py      the month's calls, and what they will be
    login.py       signing in, signatures for page scripts
    sdk.py         dingtalk-stream, loaded in parts          template/     the card template to import
"""
