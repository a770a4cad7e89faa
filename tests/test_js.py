"""The scripts that ship are those of js/, and share their numbers with Python."""

import make_js
import pytest

STALE = "js/ or what it shares with Python has changed; run: make js"


def test_the_numbers_that_javascript_shares_with_python_are_pythons():
    assert (make_js.SOURCE / "constants.js").read_text(encoding="utf-8") == make_js.constants(), STALE


@pytest.mark.parametrize("path", make_js.BUNDLES.values(), ids=make_js.BUNDLES)
def test_a_bundle_names_the_sources_that_it_is_made_of(path):
    assert make_js.digest() in path.read_text(encoding="utf-8").partition("\n")[0], STALE


@pytest.mark.parametrize("entry", make_js.BUNDLES)
def test_a_bundle_is_what_esbuild_makes(entry):
    if not make_js.ESBUILD.exists():
        pytest.skip("esbuild is not installed; it comes with: make js (needs node)")
    assert make_js.bundle(entry) == make_js.BUNDLES[entry].read_bytes(), STALE


def test_no_line_is_longer_than_in_python():
    long = [
        f"{path.name}:{n}"
        for path in make_js.sources()
        for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) >= 120
    ]
    assert make_js.sources()
    assert long == []
