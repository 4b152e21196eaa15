"""Shapes of input, a file for each kind of act."""
