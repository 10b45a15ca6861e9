"""
What is said to people, the neutral card model, its builders and all user text.
"""
