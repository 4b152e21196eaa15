"""Pure rules of polls: figures, what may be shown, and what follows from what is shown."""
