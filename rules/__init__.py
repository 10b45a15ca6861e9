"""
The automation engine (empty until rules are edited as data).
"""
