"""
WeCom as a self-built app meets it, written from the vendor's documents.

    platform.py   people act here          state.py      tokens, sends, response codes, media of this emulator
    api.py        gateway and routes       messages.py   message/send, update_template_card, recall
    bodies.py     the content of sends     groups.py     appchat
    directory.py  members, departments     media.py      uploads and downloads
    login.py      sign-in pages and tickets
    callbacks.py  pushes, passive replies  clicks.py     using a template card
    card_rules.py the check of cards       card_view.py  reading a card      card_xml.py  cards of passive replies
    aibot.py      the 智能机器人: pushes        aibot_requests.py  what its program asks
    aibot_state.py  aibot_files.py  socket.py  what that needs
    webhook.py    the robot of a group        menu.py       the app's menu
    crypto.py     AES and signature        xml.py        writing and reading XML     errors.py  codes
"""
