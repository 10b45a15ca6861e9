"""
Feishu as a self-built app meets it, written from the vendor's documents.

    platform.py   people act here      state.py      accounts, tokens, uploads of this emulator
    api.py        gateway and routes   messages.py   sending, replying, changing messages
    directory.py  contact reads        files.py      uploads and downloads
    events.py     pushes with retries  clicks.py     card callbacks
    card_rules.py strict card check    card_shape.py its objects         card_fields.py  allowed properties
    card_view.py  reading a card       login.py      sign-in page, user tokens
    groups.py     bot and people come and go
    long_connection.py  WebSocket        frames.py      its frames
    crypto.py     AES and signature    errors.py     codes
"""
