"""Lists of recognition as django-tables2 classes."""
