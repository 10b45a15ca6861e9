"""
A browser in front of the sign-in pages: it keeps cookies, fills in the forms it is shown, and says where it comes from.
"""

import re
from urllib.parse import urlsplit

AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
TOKEN = re.compile(r'name="csrf" value="([0-9a-f]+)"')


class Browser:
    def __init__(self, server, agent=AGENT, address="203.0.113.7"):
        self.client = server.test_client()
        self.headers = {"User-Agent": agent}
        self.environ = {"REMOTE_ADDR": address}
        self.page = None

    def open(self, path, **headers):
        self.page = self.client.get(path, headers={**self.headers, **headers}, environ_overrides=self.environ)
        return self.page

    def follow(self):
        """
        Open what the last answer sent the browser to; it has to be a page of ours.
        """
        where = urlsplit(self.page.headers["Location"])
        assert where.netloc in {"", "127.0.0.1:8000", "localhost"}
        return self.open(where.path + (f"?{where.query}" if where.query else ""))

    def submit(self, path, *, headers=None, **fields):
        """
        Send the form of the page shown last.
        """
        fields = {"csrf": TOKEN.search(self.text)[1], **fields}
        sent = {**self.headers, "Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", **(headers or {})}
        self.page = self.client.post(path, data=fields, headers=sent, environ_overrides=self.environ)
        return self.page

    @property
    def text(self):
        return self.page.get_data(as_text=True)

    def cookie(self, kind):
        found = self.client.get_cookie(f"liaodan_{kind}")
        return found.value if found else None

    def cookies_set(self):
        return self.page.headers.getlist("Set-Cookie")

    @property
    def is_signed_in(self):
        return self.client.get("/me", headers=self.headers, environ_overrides=self.environ).status_code == 200
