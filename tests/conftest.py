"""
What holds for every test: hypothesis judges by results and never by the clock of a busy machine.
"""

from hypothesis import settings

settings.register_profile("liaodan", deadline=None)
settings.load_profile("liaodan")
