"""
The gallery: every card of the product on every platform, side by side, for a person to look at.

    .venv/bin/python -m tests.gallery [--port 8020] [--pictures FOLDER]

Adapters send the cards over the wire to emulators in this process; the chat page draws what arrived, as its platform
draws it. With `--pictures` a browser takes them, else the address stays open until Ctrl-C.
"""
