"""Guesses that the reader of a notebook commits before the answer, exercises that check themselves, and the score.

Where no kernel answers, the cell shows the question, its choices, and the answer folded up.
"""

from collections.abc import Sequence
from html import escape
from typing import Any

import ipywidgets


class Guess(ipywidgets.VBox):
    """One question with its choices; it says whether the guess was right once the reader has committed it.

    right: True or False after the commit, None before.
    """

    def __init__(self, question: str, choices: Sequence[str], answer: str, why: str = ""):
        if answer not in choices:
            raise ValueError(f"expected the answer among the choices {', '.join(choices)}, got {answer!r}.")
        self.question, self.choices, self.answer, self.why = question, tuple(choices), answer, why
        self.right: bool | None = None
        wide = ipywidgets.Layout(width="auto")
        self.choose = ipywidgets.RadioButtons(options=self.choices, value=None, layout=wide)
        self.commit = ipywidgets.Button(description="Commit", disabled=True)
        self.reply = ipywidgets.HTML()
        self.choose.observe(self._chosen, names="value")
        self.commit.on_click(self._committed)
        title = ipywidgets.HTML(f"<b>Guess:</b> {escape(question)}")
        super().__init__([title, self.choose, self.commit, self.reply])

    def _chosen(self, change) -> None:
        self.commit.disabled = self.right is not None or self.choose.value is None

    def _committed(self, button) -> None:
        self.right = self.choose.value == self.answer
        self.choose.disabled = self.commit.disabled = True
        self.reply.value = f"{'Right' if self.right else 'Not quite'}: <b>{escape(self.answer)}</b>. {escape(self.why)}"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle = dict(super()._repr_mimebundle_(**kwargs) or {})
        return bundle | {"text/html": self.as_html(), "text/plain": f"Guess: {self.question}"}

    def as_html(self) -> str:
        """Write the question for a page without a kernel: the choices as a list, the answer folded up."""
        listed = "".join(f"<li>{escape(choice)}</li>" for choice in self.choices)
        return (
            f"<b>Guess:</b> {escape(self.question)}<ul>{listed}</ul>"
            f"<details><summary>Answer</summary><b>{escape(self.answer)}</b>. {escape(self.why)}</details>"
        )


class Guesses:
    """The guesses and exercises of one notebook: ask and check, and score counts what was right.

    guesses = vv.explorer.Guesses()
    guesses.ask("Which joint matters most?", ["wrist", "hip"], answer="hip", why="It holds the frame.")
    print(guesses.check("Exercise 1", (len(mine) == 3, f"expected three joints, got {len(mine)}.")))
    """

    def __init__(self):
        self.asked: dict[str, Guess] = {}
        self.solved: dict[str, bool] = {}

    def ask(self, question: str, choices: Sequence[str], answer: str, why: str = "") -> Guess:
        """Give a question's widget, the cell's last line shows it. Asking again (the cell is rerun) starts it anew."""
        self.asked[question] = Guess(question, choices, answer, why)
        return self.asked[question]

    def check(self, exercise: str, *tests: tuple[object, str]) -> str:
        """Say what is wrong with an exercise: the message of its first test (passed, message) that is not passed."""
        wrong = [message for passed, message in tests if not passed]
        self.solved[exercise] = not wrong
        return f"{exercise}: not yet. {wrong[0][:1].upper()}{wrong[0][1:]}" if wrong else f"{exercise}: right."

    def score(self) -> str:
        """Say how many guesses were right, what was not committed yet, and how many exercises are solved."""
        committed = [guess.right for guess in self.asked.values() if guess.right is not None]
        waiting = len(self.asked) - len(committed)
        said = "No guess is committed yet"
        if committed:
            said = f"{sum(committed)} of {len(committed)} committed guesses were right"
        if committed and waiting:
            said += f"; {waiting} not committed yet"
        if self.solved:
            said += f"; {sum(self.solved.values())} of {len(self.solved)} exercises are solved"
        return f"{said}."
