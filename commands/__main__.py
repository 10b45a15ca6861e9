"""
`python -m commands …` is `liaodan …`.
"""

from commands import main

raise SystemExit(main())
