"""Read by gunicorn wherever it is started here: docs/settings.md."""

logger_class = "config.access_log.AccessLog"
