from __future__ import annotations

import ipaddress
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from normalising import meet, reason, run, value

PRIVATE = [
    ipaddress.ip_network(network)
    for network in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"),
        *("fc00::/7", "fe80::/10"),
    )
]
NEAR = st.sampled_from([address for network in PRIVATE for address in (network[0], network[-1])]).flatmap(
    lambda address: st.integers(-2, 2).map(lambda step: address + step)
)


def usable(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return not (address.is_loopback or address.is_unspecified or str(address) == "255.255.255.255")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.ip_addresses() | NEAR, min_size=1, max_size=25))
def test_addresses_are_read_as_the_standard_library_reads_them(addresses):
    result = run("ip", [address.exploded.upper() for address in addresses])
    for row, address in enumerate(addresses):
        plain = getattr(address, "ipv4_mapped", None) or address
        if not usable(plain):
            assert result.reason[row] == "ip.unusable"
            continue
        network = ipaddress.ip_network((plain, 24 if plain.version == 4 else 48), strict=False)
        assert result.value[row] == str(plain)
        assert result.derived["version"][row] == plain.version
        assert result.derived["network"][row] == str(network)
        assert result.derived["private"][row] == any(
            plain in p for p in PRIVATE if p.version == plain.version
        )


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text("0123456789abf:.%", min_size=1, max_size=20), min_size=1, max_size=25))
def test_what_the_standard_library_refuses_is_refused(texts):
    for text, told in zip(texts, run("ip", texts).value, strict=True):
        try:
            ipaddress.ip_address(text)
        except ValueError:
            assert told is None


@settings(max_examples=100, deadline=None)
@given(st.decimals(0, 2**33, places=1, allow_nan=False))
def test_a_number_stands_for_the_address_of_its_whole_part(number):
    told = value("ip", str(number), decimal="true")
    whole = int(Decimal(number))
    if whole >= 2**32:
        assert reason("ip", str(number), decimal="true") == "ip.out_of_range"
    elif usable(ipaddress.IPv4Address(whole)):
        assert told == str(ipaddress.IPv4Address(whole))


def test_numbers_are_addresses_only_where_the_mapping_says_so():
    assert value("ip", "732758368.8", decimal="true") == "43.173.1.96"
    assert meet("ip", "732758368.8", "732758368", "43.173.1.96", "::ffff:43.173.1.96", decimal="true")
    assert reason("ip", "732758368.8") == "ip.form"
    assert reason("ip", "7.3E+08", decimal="true") == "ip.form"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0.0.0.0", "ip.unusable"),
        ("255.255.255.255", "ip.unusable"),
        ("127.8.8.8", "ip.unusable"),
        ("::", "ip.unusable"),
        ("0:0::1", "ip.unusable"),
        ("::ffff:127.0.0.1", "ip.unusable"),
        ("010.1.1.1", "ip.leading_zero"),
        ("1.1.1.1000", "ip.out_of_range"),
        ("fe80::1%eth0", "ip.form"),
        ("1.2.3.4:443", "ip.form"),
        ("1.2.3.4, 5.6.7.8", "ip.form"),
        ("host", "ip.form"),
    ],
)
def test_what_names_no_machine_is_refused(text, code):
    assert reason("ip", text) == code


def test_masks_keep_half_of_an_address_at_most():
    assert run("ip", ["43.173.1.96", "2001:DB8:1:2::3"]).masked.to_list() == ["43.173.x.x", "2001:db8:x"]
