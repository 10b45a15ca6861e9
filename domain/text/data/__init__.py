"""
Tables of words and places that the recognisers read; no logic.
"""
