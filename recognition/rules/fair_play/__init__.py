"""What looks unfair in praise, as pure functions: each finds a pattern and says the figures behind
it. None of them is a verdict."""
