"""
Golden files of the renderers: what a sample card looks like on a platform, kept in the repository for review.

After a wanted change run the tests once with `LIAODAN_WRITE_GOLDEN=1` and look at the difference.
"""

import json
import os


def golden(folder, name, drawn):
    """
    The stored drawing of `name`, to be compared with `drawn`; writes it first when asked to.
    """
    path = folder / f"{name}.json"
    if os.environ.get("LIAODAN_WRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(drawn, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return json.loads(path.read_text(encoding="utf-8"))
