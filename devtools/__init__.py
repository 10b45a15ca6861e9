"""
What ``dev.py`` is made of; standard library only, because it runs before anything is installed.

- ``shell``: say something, run a program, fail with one sentence
- ``environment``: ``.venv`` and the locked dependencies
- ``pages``: the console and the chat page, built with Node
- ``demo``: data folder, accounts and settings of the demo company
- ``launch``: the product and the sandbox as child processes
"""
