"""The settings as they are in production, read in a process of their own."""

import functools
import json
import os
import subprocess
import sys

READ = """
import json
from django.conf import settings
values = {name: getattr(settings, name) for name in dir(settings) if name.isupper()}
print(json.dumps(values, default=str))
"""


@functools.cache
def production_settings() -> dict:
    """Name to value; what is not JSON as text."""
    told = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "DATABASE_URL": "postgres://product@database/ninetyfive",
    }
    read = subprocess.run(
        [sys.executable, "-c", READ], env=told, capture_output=True, text=True, check=True
    )
    return json.loads(read.stdout)
