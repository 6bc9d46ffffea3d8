"""Which vendors are installed, which can be asked, and what the others lack."""

from types import SimpleNamespace

import pytest
from support.clock import FakeClock

from bot.common.errors import BadQuestion, ConfigError
from bot.providers.base import Capability, NotConfigured, Remote, Vendor
from bot.providers.registry import Registry, discover
from bot.settings.environment import Settings


class Asked(Remote):
    def plan(self, *_):
        raise AssertionError("nobody is asked here")

    def parse(self, *_):
        raise AssertionError("nobody is asked here")


def vendor(name: str, *, sample: bool = False) -> Vendor:
    return Vendor(name, name.title(), None, {Capability.SERP: Asked()}, sample=sample)


def absent(name: str) -> NotConfigured:
    return NotConfigured(name, name.title(), ("A_LOGIN", "A_PASSWORD"), (Capability.SERP,))


def entry(result) -> SimpleNamespace:
    """Install a package whose `build` returns, or raises, this."""

    def build(settings, clock):
        assert isinstance(settings, Settings)
        assert clock.now()
        if isinstance(result, Exception):
            raise result
        return result

    return SimpleNamespace(load=lambda: build)


def found(*results, via: str = "", serp: str = "") -> Registry:
    settings = Settings(via=via, serp=serp, _env_file=None)
    return discover(settings, FakeClock(), map(entry, results))


def names(registry: Registry) -> list[str]:
    return [one.name for one in registry.vendors]


def test_real_vendors_come_by_name_and_the_sample_last():
    assert names(found(vendor("a-sample", sample=True), vendor("z"), vendor("b"))) == [
        *("b", "z", "a-sample")
    ]


def test_the_order_of_the_setting_comes_first():
    chosen = found(vendor("a"), vendor("b"), vendor("c"), via=" C, b ,")
    assert names(chosen) == ["c", "b", "a"]


def test_a_vendor_without_a_key_is_listed_separately():
    registry = found(absent("z"), vendor("a"), absent("b"))
    assert names(registry) == ["a"]
    assert [one.name for one in registry.not_configured] == ["b", "z"]


def test_a_preferred_vendor_without_its_key_is_a_fault_and_says_which_key():
    with pytest.raises(ConfigError, match=r"LINKGAP_VIA names z, but .* is not set"):
        found(absent("z"), vendor("a"), via="z")


def test_a_source_of_search_results_that_is_not_there_is_a_fault_too():
    with pytest.raises(ConfigError, match=r"LINKGAP_SERP names z, but .* is not set"):
        found(absent("z"), vendor("a"), serp="z")


def test_the_errors_of_all_vendors_are_reported_together():
    with pytest.raises(ConfigError) as refused:
        found(
            ConfigError("A: wrong", "B: wrong"), vendor("a"), ConfigError("C: wrong"), via="nobody"
        )
    assert refused.value.faults == (
        *("A: wrong", "B: wrong", "C: wrong", "LINKGAP_VIA: no vendor is called nobody"),
    )


def test_a_capability_without_an_adapter_is_an_error_before_anything_is_sent():
    odd = Vendor("odd", "Odd", None, {Capability.SERP: object(), Capability.LINKS: Asked()})
    with pytest.raises(ConfigError) as refused:
        found(odd)
    assert refused.value.faults == ("odd: its serp is neither a Remote nor a Local of bot.vendor",)


def test_a_vendor_is_found_by_its_name():
    assert found(vendor("a"), vendor("b")).named("b").title == "B"


def test_a_vendor_that_lacks_its_key_says_what_to_set():
    with pytest.raises(BadQuestion, match=r"^Z is not connected: A_LOGIN and A_PASSWORD is not"):
        found(absent("z")).named("z")


def test_an_unknown_vendor_is_answered_with_those_that_are_there():
    with pytest.raises(BadQuestion, match=r"do not know a vendor “nobody”\. Connected: a, b\."):
        found(vendor("a"), vendor("b"), absent("c")).named("nobody")
    with pytest.raises(BadQuestion, match="Connected: none"):
        found().named("x" * 99)


def test_the_built_in_vendors_come_through_the_same_door(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LINKGAP_AHREFS_API_KEY", raising=False)
    registry = discover(Settings(_env_file=None), FakeClock())
    assert names(registry)[-1] == "sample"
    assert "exports" in names(registry)
    assert "ahrefs" in [one.name for one in registry.not_configured]
