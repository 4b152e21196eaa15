"""Production, with one empty view beside its addresses to compare with."""

from config.settings.production import *  # noqa: F403

ROOT_URLCONF = "benchmarks.served_urls"
