"""
WeCom 企业微信: one self-built app (自建应用) per account.

    adapter.py        the port: receive, encode, render, send
    crypto.py         signature and encryption of callbacks      inbound.py   verified XML → bot.events
    render.py         Card → request body, with the help of
      template_card.py  what can be pressed     layout.py   what is read     choices.py  drop-downs and check lists
      markdown.py       groups and long lists   markup.py   escaping and cutting
    passive.py        the encrypted answer to a click            limits.py    sizes, rates and the check before sending
    client.py         API calls and the token                    errors.py    vendor code → PlatformError
    directory.py      people and departments                     config.py    an account's settings
    login.py          signing in, signatures for page scripts
"""
