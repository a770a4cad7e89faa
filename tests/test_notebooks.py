"""Every notebook is small and short, and its links to the others lead somewhere."""

import base64
import io
import json
import re
from pathlib import Path

import make_results
import numpy as np
import pytest
from PIL import Image

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def cells(path, kind):
    return ["".join(cell["source"]) for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == kind]


def test_there_are_notebooks():
    assert len(NOTEBOOKS) >= 12


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_small_and_short(path):
    assert path.stat().st_size < 500_000
    code = cells(path, "code")
    assert len(code) <= 15
    assert max(len(source.splitlines()) for source in code) <= 15


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_s_links_lead_to_notebooks(path):
    linked = re.findall(r"\]\((\d\d_\w+\.ipynb)\)", "\n".join(cells(path, "markdown")))
    assert linked or path.name.startswith("08")
    assert all((FOLDER / name).is_file() for name in linked)


def test_both_tables_list_notebooks_that_are_there_once_each():
    for table, prefix in ((FOLDER / "README.md", ""), (FOLDER.parent / "README.md", "notebooks/")):
        linked = re.findall(rf"\]\({prefix}(\d\d_\w+\.ipynb)\)", table.read_text())
        assert len(linked) >= 12
        assert len(set(linked)) == len(linked)
        assert set(linked) <= {path.name for path in NOTEBOOKS}


def test_a_picture_with_few_colours_is_smaller_and_looks_the_same():
    ramp = np.linspace(0, 255, 300, dtype=np.uint8)
    noise = np.random.default_rng(0).integers(0, 12, (200, 300), dtype=np.uint8)
    picture = np.stack([np.broadcast_to(ramp, (200, 300)), noise * 2 + 20, noise], -1).astype(np.uint8)
    whole = io.BytesIO()
    Image.fromarray(picture).save(whole, "PNG")
    before = base64.b64encode(whole.getvalue()).decode()
    after = make_results.few_colours(before)
    assert len(after) < 0.7 * len(before)
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(after))).convert("RGB")).astype(int)
    assert np.abs(shown - picture).mean() < 4
    assert make_results.few_colours(after) == after  # what is small stays as it is
