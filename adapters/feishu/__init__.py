"""
Feishu 飞书: one self-built app over its long connection or signed callbacks, and the open API.

    adapter.py     receive, encode, render, send        config.py      settings and where the console shows them
    crypto.py      signature and decryption             inbound.py     payload → event; message.py: message → text
    websocket.py   the long connection                  frames.py      its frames; fragments.py: long events
    render.py      Card → card JSON 2.0                 components.py  its parts; markup.py: text made safe
    card_check.py  the strict card check                card_fields.py  which fields there are
    limits.py      sizes, rates, life times             errors.py      vendor code → PlatformError
    sender.py      what is sent, changed, withdrawn     masking.py     the same without phones and addresses
    resource.py    pictures and files people sent
    client.py      API calls with the SDK's models      sdk.py         the SDK, loaded in parts
    directory.py   departments and people               login.py       signing in, signatures for page scripts
"""
