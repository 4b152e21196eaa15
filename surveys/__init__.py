"""Polls: sealed ballots, releases that give nobody away, and what is done about it."""
