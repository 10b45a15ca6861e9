"""
The other side of the wire: emulators of the chat platforms, for evaluation on a laptop and for the flow tests.

Nothing here imports the product, and the product imports nothing from here: the emulators are written straight from
the vendors' documents, so that a misunderstanding cannot cancel itself out.

    world.py     people, chats, messages, the change sequence
    company.py   the demo company as the platforms know it
    clock.py     virtual time                 limits.py    counting windows of it
    local.py     this machine only            config.py    what the process is told at start
    consent.py   sign-in pages: who signs in, and the codes for it
    platform.py  what every platform can do   vendor.py    what happens around every vendor call
    wire.py      every byte that crossed      faults.py    scripted trouble
    control.py   the control API              server.py    the HTTP server
    feishu/ wecom/ dingtalk/  one package per platform     page/  the chat page
"""
