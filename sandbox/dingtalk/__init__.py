"""
DingTalk as an internal app with a robot meets it, written from the vendor's documents.

    platform.py   people act here          state.py      tokens, sessions, uploads, counters of this emulator
    api.py        gateways of both hosts   errors.py     their refusals          quota.py     what a month allows
    robot.py      robot messages           notices.py    work notices            webhook.py   the send-only group robot
    bodies.py     what a message shows     markdown.py   its text                media.py     uploads and downloads
    cards.py      card instances           template.py   the card platform       card_view.py as one person sees it
    form.py       the form component       clicks.py     using a card            answers.py   what an answer does
    pushes.py     what the app hears       stream.py     by WebSocket            callbacks.py by HTTP
    login.py      sign-in pages, tickets
    directory.py  people, departments      crypto.py     AES and signatures      console.py   the administrator
"""
