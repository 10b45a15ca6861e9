"""
Pure decisions: values in, a tagged result out. No clock, randomness, input, output or text for people.
"""
