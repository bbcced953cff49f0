"""Which texts are the address of a page that somebody can open?"""

import pytest

from service.ingest.web_address import lacks_host


@pytest.mark.parametrize(
    "text", ["http:///x", "https://", "HTTP:x", "https:/page", "http://[::1", "h ttp:///x"]
)
def test_an_address_without_a_host_is_none_that_anybody_can_open(text):
    assert lacks_host(text)


@pytest.mark.parametrize("text", ["https://example.org", "http://[::1]/x", "example.org/page", "a page", ""])
def test_an_address_with_a_host_and_what_is_no_address_lack_none(text):
    assert not lacks_host(text)
