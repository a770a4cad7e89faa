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
    assert max(len(source.splitlines()) for source in code) < 15


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_s_links_lead_to_notebooks(path):
    linked = re.findall(r"\]\((\d\d_\w+\.ipynb)\)", "\n".join(cells(path, "markdown")))
    assert linked or path.name.startswith("08")
    assert all((FOLDER / name).is_file() for name in linked)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_exercise_checks_itself(path):
    text = "\n".join(cells(path, "markdown"))
    _, _, exercises = text.partition("## Exercises")
    numbers = re.findall(r"^\*\*(\d)\.", exercises, re.MULTILINE)
    checked = re.findall(r'guesses\.check\(\s*"Exercise (\d)"', "\n".join(cells(path, "code")))
    assert checked == numbers
    assert numbers or path.stem.startswith("14")
    assert exercises.count("<summary>Solution</summary>") == len(numbers)


def test_the_last_notebook_asks_ten_questions_and_names_where_each_answer_stands():
    asked = [source for source in cells(FOLDER / "14_ten_questions.ipynb", "code") if source.startswith("guesses.ask(")]
    assert len(asked) == 10
    for source in asked:
        named = re.search(r"Notebooks? [\d, and]+", source)
        assert named
        assert set(re.findall(r"\d\d", named[0])) <= {path.stem[:2] for path in NOTEBOOKS}


def test_each_figure_of_the_paper_is_remade_under_a_heading_that_is_there():
    table = (FOLDER / "README.md").read_text().partition("## The paper's figures, remade")[2]
    rows = [line.split(" | ")[1] for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) == 7
    headings = {path.stem[:2]: "\n".join(cells(path, "markdown")) for path in NOTEBOOKS}
    for place in rows:
        (number, *_), named = re.findall(r"\d\d", place), re.findall(r"\*(.+?)\*", place)
        assert all(f"## {heading}\n" in headings[number] for heading in named), place


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


def test_a_stamped_notebook_folds_its_guesses_and_keeps_the_state_of_its_sliders():
    def shown(model, html):
        return {"data": {make_results.WIDGET: {"model_id": model}, "text/html": html, "text/plain": "..."}}

    state = {"a1": {"children": ["IPY_MODEL_a2"]}, "a2": {}, "b1": {"x": "IPY_MODEL_b2"}, "b2": {}}
    guess, slider = shown("a1", ["<b>Guess:</b> Which?", "<ul>"]), shown("b1", "<b>slider</b>")
    cells = [{"outputs": [guess]}, {"outputs": [slider]}, {}]
    notebook = {"cells": cells, "metadata": {"widgets": {make_results.STATE: {"state": state}}}}
    make_results.fold_guesses(notebook)
    assert make_results.WIDGET not in cells[0]["outputs"][0]["data"]
    assert make_results.WIDGET in cells[1]["outputs"][0]["data"]
    assert set(notebook["metadata"]["widgets"][make_results.STATE]["state"]) == {"b1", "b2"}
    del cells[1]
    make_results.fold_guesses(notebook)
    assert "widgets" not in notebook["metadata"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_guess_shows_its_folded_answer_where_no_kernel_runs(path):
    outputs = [o.get("data", {}) for cell in json.loads(path.read_text())["cells"] for o in cell.get("outputs", ())]
    guesses = [data for data in outputs if "".join(data.get("text/html", "")).startswith("<b>Guess:")]
    assert len(guesses) == sum(source.count("guesses.ask(") for source in cells(path, "code"))
    assert not any(make_results.WIDGET in data for data in guesses)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_defines_no_functions(path):
    """What needs a function belongs into the library, where it is tested."""
    assert not re.findall(r"^\s*(?:def|class) \w+", "\n".join(cells(path, "code")), re.MULTILINE)
