"""Verbs of polls: launch, claim, cast, seal, release."""
