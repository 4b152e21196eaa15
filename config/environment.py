"""Settings from the environment: name, default, and one clear line when a value is wrong."""

import os
import zoneinfo
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import environ
from django.utils.translation import get_language_info, to_language

ROOT = Path(__file__).resolve().parent.parent
_env = environ.Env()


def refuse(name: str, why: str) -> NoReturn:
    """End the process with one line that names the setting (a traceback would hide it)."""
    raise SystemExit(f"{name}: {why}")


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def words(name: str, default: str) -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def whole_number(name: str, default: int) -> int:
    value = text(name, str(default))
    if not value.isdecimal():
        refuse(name, f"“{value}” is not a whole number; the default is {default}")
    return int(value)


def database(name: str, default: str) -> dict:
    """A database from its URL, with the options that keep money safe on each engine."""
    try:
        settings = _env.db_url_config(text(name) or default)
    except Exception as error:
        refuse(
            name, f"not a database URL ({error}); for example postgres://user:password@host/name"
        )
    if settings["ENGINE"].endswith("sqlite3"):
        # DEFERRED, Django's default, turned 1,385 of 1,457 concurrent writes into "locked".
        settings["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
    elif settings["ENGINE"].endswith("postgresql"):
        settings.setdefault("OPTIONS", {})["pool"] = {"min_size": 0, "max_size": 8}
    else:
        refuse(name, f"{settings['ENGINE']} is not supported; use sqlite:/// or postgres://")
    return settings


def cache(name: str) -> dict:
    url = text(name)
    if not url:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if not url.startswith(("redis://", "rediss://")):
        refuse(name, f"“{url}” is not a Redis URL; for example redis://127.0.0.1:6379/0")
    return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}


def email(name: str, default: str) -> dict:
    try:
        return dict(_env.email_url_config(text(name) or default))
    except Exception:
        refuse(name, "not an e-mail URL; for example smtp+tls://user:password@host:587")


def base_url(name: str, default: str) -> str:
    url = text(name, default).rstrip("/")
    if not url.startswith(("http://", "https://")):
        refuse(name, f"“{url}” does not start with http:// or https://")
    return url


def time_zone(name: str, default: str) -> str:
    zone = text(name, default)
    if zone not in zoneinfo.available_timezones():
        refuse(name, f"“{zone}” is not a time zone; for example Europe/London")
    return zone


def languages(name: str, folder: Path) -> list[tuple[str, str]]:
    """English and whatever has a compiled translation in the folder, as (code, own name)."""
    known = {"en": "English"}
    for compiled in sorted(folder.glob("*/LC_MESSAGES/django.mo")):
        code = to_language(compiled.parents[1].name)
        known[code] = get_language_info(code)["name_local"]
    chosen = words(name, ",".join(known))
    for code in chosen:
        if code not in known:
            refuse(name, f"“{code}” is not one of {', '.join(known)}")
    return [(code, known[code]) for code in chosen]


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    found = []
    for word in words(name, ""):
        try:
            found.append(ip_network(word))
        except ValueError:
            refuse(name, f"“{word}” is not a network; for example 10.20.30.0/24")
    return found


@dataclass(frozen=True)
class OpenIDConnect:
    """A single sign-on provider; nothing is offered while `issuer` is empty."""

    issuer: str
    name: str
    client_id: str
    client_secret: str
    number_claim: str
    roles_claim: str
    roles: dict[str, str]
    """Value of the roles claim to the name of a role."""

    def apps(self) -> list[dict]:
        if not self.issuer:
            return []
        app = {
            "provider_id": "company",
            "name": self.name,
            "client_id": self.client_id,
            "secret": self.client_secret,
            "settings": {"server_url": self.issuer, "fetch_userinfo": True,
                         "oauth_pkce_enabled": True},
        }  # fmt: skip
        return [app]

    def origins(self) -> list[str]:
        parts = urlsplit(self.issuer)
        return [f"{parts.scheme}://{parts.netloc}"] if self.issuer else []


def open_id_connect() -> OpenIDConnect:
    issuer = text("OIDC_ISSUER")
    if issuer and not issuer.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        refuse("OIDC_ISSUER", f"“{issuer}” does not start with https://")
    for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"):
        if issuer and not text(name):
            refuse(name, "is needed with OIDC_ISSUER; your provider shows it")
    roles = {}
    for pair in words("OIDC_ROLES", ""):
        value, equals, role = pair.partition("=")
        if not equals:
            refuse("OIDC_ROLES", f"“{pair}” is not VALUE=ROLE; for example ninetyfive-hr=hr")
        roles[value.strip()] = role.strip()
    return OpenIDConnect(
        issuer=issuer,
        name=text("OIDC_NAME", "single sign-on"),
        client_id=text("OIDC_CLIENT_ID"),
        client_secret=text("OIDC_CLIENT_SECRET"),
        number_claim=text("OIDC_NUMBER_CLAIM", "employee_number"),
        roles_claim=text("OIDC_ROLES_CLAIM"),
        roles=roles,
    )
