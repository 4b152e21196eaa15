"""Lists, one file a subject."""
