"""
Every card the product can show, each built by its builder from the life of the demo company.

The names are `<module>.<builder>`, with a third part where a builder has faces of its own worth looking at. They are
what golden files, the gallery and the check for completeness go by.

    entering.py   registration, its results, duplicates, approvals
    keeping.py    customers, follow-ups, pools, protection, tasks, digests
    people.py     colleagues who leave or join, business cards, help, refusals
    trouble.py    what administrators are told when something does not work
"""

from tests.cards.every_card import entering, keeping, people, trouble

EVERY_CARD = entering.CARDS | keeping.CARDS | people.CARDS | trouble.CARDS
