"""Where the product may send: to the world, never into the house unless the house says so."""

from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_CARRIES_IPV4 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
"""Translators' prefixes (RFC 6052, 8215): the last 32 bits are an IPv4 address."""


def may_be_reached(text: str, allowed: Collection[Network]) -> bool:
    """Whether an IP address is out in the world, or in a network that is allowed.

    Not: private, loopback, link-local (clouds keep secrets there), shared (RFC 6598), multicast,
    reserved, unspecified; nor an IPv6 address that stands for such an IPv4 address.
    """
    address = ip_address(text.partition("%")[0])
    carried = _carried(address)
    if any(each in network for network in allowed for each in (address, *carried)):
        return True
    return all(_is_out_there(each) for each in carried or [address])


def _is_out_there(address: Address) -> bool:
    inside = address.is_multicast or address.is_reserved or address.is_private
    if isinstance(address, IPv6Address):
        inside = inside or address.is_site_local
    return address.is_global and not inside


def _carried(address: Address) -> list[Address]:
    """The IPv4 addresses that an IPv6 address stands for or leads through."""
    if isinstance(address, IPv4Address):
        return []
    found: list[Address | None] = [address.ipv4_mapped, address.sixtofour]
    found += address.teredo or ()
    if any(address in network for network in _CARRIES_IPV4):
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in found if each is not None]
