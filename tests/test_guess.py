"""A guess is committed before its answer shows, cannot be taken back, and is counted."""

import pytest

ipywidgets = pytest.importorskip("ipywidgets")

from vvipe_explore.explorer import Guesses  # noqa: E402

QUESTION, CHOICES = "Which pair holds the frame?", ("wrists", "<hips>")


def commit(guess, choice):
    guess.choose.value = choice
    guess.commit.click()


@pytest.fixture
def guesses():
    return Guesses()


@pytest.fixture
def guess(guesses):
    return guesses.ask(QUESTION, CHOICES, answer="<hips>", why="They turn the body.")


def test_nothing_can_be_committed_before_a_choice(guess):
    assert guess.choose.value is None
    assert guess.commit.disabled
    guess.choose.value = "wrists"
    assert not guess.commit.disabled
    assert guess.reply.value == ""


@pytest.mark.parametrize(("choice", "right", "said"), [("<hips>", True, "Right:"), ("wrists", False, "Not quite:")])
def test_the_commit_shows_the_answer_and_is_final(guess, choice, right, said):
    commit(guess, choice)
    assert guess.right is right
    assert guess.reply.value == f"{said} <b>&lt;hips&gt;</b>. They turn the body."
    assert guess.choose.disabled
    guess.choose.value = "<hips>"  # what a script could do
    assert guess.commit.disabled
    assert guess.right is right


def test_the_score_counts_right_ones_and_names_how_many_are_open(guesses, guess):
    other = guesses.ask("And which does not?", CHOICES, answer="wrists")
    assert guesses.score() == "No guess is committed yet."
    commit(guess, "<hips>")
    assert guesses.score() == "1 of 1 committed guesses were right; 1 not committed yet."
    commit(other, "<hips>")
    assert guesses.score() == "1 of 2 committed guesses were right."
    guesses.ask(QUESTION, CHOICES, answer="<hips>")  # the cell is run again
    assert guesses.score() == "0 of 1 committed guesses were right; 1 not committed yet."


def test_without_a_kernel_the_cell_shows_the_choices_and_folds_the_answer(guess):
    bundle = guess._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    visible, folded = bundle["text/html"].split("<details>")
    assert visible == "<b>Guess:</b> Which pair holds the frame?<ul><li>wrists</li><li>&lt;hips&gt;</li></ul>"
    assert "&lt;hips&gt;</b>. They turn the body." in folded


def test_an_answer_that_cannot_be_chosen_is_refused(guesses):
    with pytest.raises(ValueError, match="expected the answer among the choices wrists, <hips>, got 'knees'"):
        guesses.ask(QUESTION, CHOICES, answer="knees")


def test_an_exercise_says_what_is_wrong_first_and_is_counted(guesses):
    def check(mine):
        return guesses.check("Exercise 1", (len(mine) == 3, f"got {len(mine)}"), ("hip" in mine, "look lower"))

    assert check(["nose"]) == "Exercise 1: not yet. Got 1"
    assert check(["nose", "ear", "eye"]) == "Exercise 1: not yet. Look lower"
    assert guesses.score() == "No guess is committed yet; 0 of 1 exercises are solved."
    assert check(["nose", "hip", "eye"]) == "Exercise 1: right."
    assert guesses.score() == "No guess is committed yet; 1 of 1 exercises are solved."
