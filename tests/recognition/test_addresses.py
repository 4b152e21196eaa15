"""Webhooks go out into the world, and nowhere inside, whatever a name resolves to."""

import socket
import time
from ipaddress import ip_network

import pytest

from recognition.rules.addresses import may_be_reached
from recognition.services import posting_out
from tests.recognition.receiver import Receiver

INSIDE = (
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "100.127.255.254", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1",
    "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "fe80::1", "fe80::1%eth0",
    "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1",
    "::ffff:169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "fd00:ec2::254",
)  # fmt: skip
OUTSIDE = (
    "93.184.216.34", "1.1.1.1", "8.8.8.8", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101",
)  # fmt: skip


@pytest.mark.parametrize("ip", INSIDE)
def test_inside_is_refused(ip):
    assert not may_be_reached(ip, [])


@pytest.mark.parametrize("ip", OUTSIDE)
def test_the_world_is_reached(ip):
    assert may_be_reached(ip, [])


def test_a_network_of_the_house_is_reached_when_it_is_allowed():
    allowed = [ip_network("10.20.30.0/24")]
    assert may_be_reached("10.20.30.4", allowed)
    assert may_be_reached("::ffff:10.20.30.4", allowed)
    assert not may_be_reached("10.20.31.4", allowed)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://example.org/", "The address begins with https://."),
        ("ftp://example.org/", "The address begins with https://."),
        ("file:///etc/passwd", "The address begins with https://."),
        ("https:///in", "The address names no server."),
        ("https://example.org:0/", "The address names no server."),
        ("https://example.org:99999/", "This is not a web address."),
        ("https://[::1/", "This is not a web address."),
        ("https://me:secret@example.org/", "Leave name and password out of the address."),
        ("https://exa mple.org/",
         "The address holds a blank or a letter that addresses don't have."),
        ("https://example.org/\x7f",
         "The address holds a blank or a letter that addresses don't have."),
        ("https://пример.рф/", "The address holds a blank or a letter that addresses don't have."),
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_with_a_reason(url, why):
    with pytest.raises(posting_out.AddressRefused, match=why.replace(".", r"\.")):
        posting_out.checked(url)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1", "[::1]", "0177.0.0.1"]
)
def test_nothing_is_sent_to_this_machine_by_any_of_its_names(host, settings):
    settings.WEBHOOK_ALLOW_HTTP = True
    with Receiver() as receiver:
        url = f"http://{host}:{receiver.server.server_port}/"
        with pytest.raises((posting_out.AddressRefused, posting_out.NotReached)):
            posting_out.post(url, b"{}", {})
        assert receiver.taken == []


def answers(monkeypatch, *resolved: list[str]) -> list[str]:
    """A resolver that says something else each time it is asked; what it was asked."""
    asked = []

    def resolve(host, port, *_args, **_more):
        asked.append(host)
        ips = resolved[min(len(asked), len(resolved)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ips]

    monkeypatch.setattr(posting_out.socket, "getaddrinfo", resolve)
    return asked


def test_a_name_that_points_inside_is_refused_even_among_others(monkeypatch):
    answers(monkeypatch, ["93.184.216.34", "169.254.169.254"])
    with pytest.raises(posting_out.AddressRefused, match=r"169\.254\.169\.254"):
        posting_out.post("https://hooks.example.org/", b"{}", {})


def test_a_name_is_asked_once_and_the_checked_address_is_called(monkeypatch):
    """Who answers with another address the second time (rebinding) is not asked a second time."""
    asked = answers(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    called = []

    def create_connection(address, timeout):
        called.append(address)
        raise TimeoutError("nobody")

    monkeypatch.setattr(posting_out.socket, "create_connection", create_connection)
    with pytest.raises(posting_out.NotReached):
        posting_out.post("https://hooks.example.org/", b"{}", {})
    assert (asked, called) == (["hooks.example.org"], [("93.184.216.34", 443)])


@pytest.fixture
def this_machine(settings):
    settings.WEBHOOK_ALLOW_HTTP = True
    settings.WEBHOOK_ALLOWED_NETWORKS = [ip_network("127.0.0.1/32")]


def test_an_allowed_name_is_called_by_its_address_and_told_its_name(this_machine, monkeypatch):
    answers(monkeypatch, ["127.0.0.1"])
    with Receiver() as receiver:
        port = receiver.server.server_port
        answer = posting_out.post(f"http://chat.example.org:{port}/a?b=c", b"{}", {})
        assert answer == posting_out.Answer(204)
        [received] = receiver.taken
        assert (received.path, received.headers["host"]) == ("/a?b=c", f"chat.example.org:{port}")


def test_a_redirect_is_not_followed(this_machine):
    with Receiver() as other, Receiver(status=302, headers={"Location": other.url}) as receiver:
        assert posting_out.post(receiver.url, b"{}", {}).status == 302
        assert other.taken == []


def test_an_endless_answer_is_not_read_to_its_end(this_machine):
    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 65536)

    with Receiver(answer=endless) as receiver:
        assert posting_out.post(receiver.url, b"{}", {}).status == 200


def test_an_answer_that_drips_is_cut_off(this_machine, monkeypatch):
    monkeypatch.setattr(posting_out, "WHOLE_SECONDS", 0.5)

    def drip(handler):
        for _ in range(100):
            handler.wfile.write(b"H")
            time.sleep(0.1)

    with Receiver(answer=drip) as receiver, pytest.raises(posting_out.LineBroke):
        posting_out.post(receiver.url, b"{}", {})


def test_a_server_that_nobody_runs_is_not_reached(this_machine):
    with pytest.raises(posting_out.NotReached):
        posting_out.post("http://127.0.0.1:18949/", b"{}", {})


def test_a_line_that_breaks_after_sending_is_told_apart(this_machine):
    with Receiver(cut=True) as receiver, pytest.raises(posting_out.LineBroke):
        posting_out.post(receiver.url, b"{}", {})
