"""Pure rules of praise: what a story is, how much may be given, and who reads which names."""
