"""Shapes of input, one file a subject."""
