"""Make every table and figure of README, RESULTS and the notebooks again, and say which are older than the weights.

    python tools/make_results.py                  all of it: 90 minutes on two cores, nearly all of it the comparison
    python tools/make_results.py shipped figures  these parts only (minutes); names: see PARTS
    python tools/make_results.py --text           write README and RESULTS again from results/, measure nothing
    python tools/make_results.py --stale          say what is older than the weights it speaks of

Needs the Carnegie Mellon data and the real recording in VVIPE_DATA (data/README.md), and Chromium for the explorer's
picture. A stopped run resumes: `vvipe train` finds what is trained. The lines between <!-- name --> and <!-- /name -->
in README.md and RESULTS.md are written by TEXTS.
"""

import argparse
import base64
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from vvipe_explore import load_pretrained
from vvipe_explore.cli.evaluate import kept_name
from vvipe_explore.evaluation import cross_view
from vvipe_explore.evaluation.markdown import markdown_table

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "results"
ENCODERS = ("exact", "detected")
STRANGERS = (
    "direct lifter + A", "Pr-VIPE + A", "Pr-VIPE (our augmentations) + A", "V-VIPE + A", "V-VIPE (ours) + A",
)  # fmt: skip
"""Methods that are compared on people of a source that none of them was trained on."""
OF_SHIPPED = (
    "shipped.json", "occlusion.json", "real_recording.json", "certainty.json", "one_pose_one_place.png", "explorer.png",
)  # fmt: skip
"""What in results/ speaks of the shipped weights; the notebooks do too."""


def vvipe(*words: str) -> None:
    """Run the command vvipe."""
    subprocess.run([sys.executable, "-m", "vvipe_explore", *words], check=True, cwd=ROOT)


def script(*words: str) -> None:
    """Run a script of benchmarks/ or tools/."""
    subprocess.run([sys.executable, *words], check=True, cwd=ROOT)


def comparison() -> None:
    """Train all methods with three seeds on Carnegie Mellon's data alone; measure on subject 14 and other bodies."""
    vvipe("train", "--data", "cmu", "--methods", "all", "--seeds", "3", "--jobs", "2")
    evaluate("all", "comparison")


def shipped() -> None:
    """Measure the shipped weights, and the same recipe without UI-PRMD, which it trains if it is not trained."""
    vvipe("train", "--methods", "shipped", "--source-out", "--encoder", "exact")
    evaluate("shipped", "shipped", "--source-out")


def evaluate(methods: str, name: str, *more: str) -> None:
    """Run vvipe evaluate on CMU; keep its figures, and its line of the log, in results/."""
    vvipe("evaluate", "--data", "cmu", "--methods", methods, *more)
    run = ROOT / "runs" / "cmu"
    shutil.copy(run / kept_name(methods), RESULTS / f"{name}.json")
    last = (run / "test_runs.jsonl").read_text().splitlines()[-1]
    with open(RESULTS / "test_runs.jsonl", "a") as log:
        log.write(last + "\n")


def figures() -> None:
    """Draw the pictures of the README and of notebook 00."""
    script("benchmarks/readme_figure.py", "results/one_pose_one_place.png")
    script("benchmarks/pipeline_figure.py", "results/pipeline.png")
    script("tools/explorer_picture.py", "results/explorer.png")


def notebooks() -> None:
    """Execute every notebook in place."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        script("-m", "jupyter", "nbconvert", "--to", "notebook", "--execute", "--inplace", str(path))
    stamp_notebooks()


def few_colours(png: str, colours: int = 128) -> str:
    """Write a picture (PNG in base64) with so many colours at most, which takes half the room; it looks the same."""
    from PIL import Image

    small = io.BytesIO()
    Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB").quantize(colours).save(small, "PNG", optimize=True)
    written = base64.b64encode(small.getvalue()).decode()
    return written if len(written) < len(png) else png


WIDGET, STATE = "application/vnd.jupyter.widget-view+json", "application/vnd.jupyter.widget-state+json"


def fold_guesses(notebook: dict) -> None:
    """Leave of each guess the page that folds its answer up, and of the widgets' states those still shown.

    Without a kernel nobody can commit: a widget that does not answer would stand before that page.
    """
    outputs = [output.get("data", {}) for cell in notebook["cells"] for output in cell.get("outputs", ())]
    for data in outputs:
        if "".join(data.get("text/html", "")).startswith("<b>Guess:"):
            data.pop(WIDGET, None)
    state = notebook["metadata"].get("widgets", {}).get(STATE, {}).get("state", {})
    wanted, shown = [data[WIDGET]["model_id"] for data in outputs if WIDGET in data], {}
    while wanted:
        name = wanted.pop()
        if name in state and name not in shown:
            shown[name] = state[name]
            wanted += re.findall(r"IPY_MODEL_(\w+)", json.dumps(state[name]))
    if shown:
        notebook["metadata"]["widgets"][STATE]["state"] = shown
    else:
        notebook["metadata"].pop("widgets", None)


def stamp_notebooks() -> None:
    """Note in every notebook which weights it was executed with, fold its guesses, give its pictures few colours."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        notebook = json.loads(path.read_text())
        notebook["metadata"]["vvipe"] = {"weights": weights()}
        fold_guesses(notebook)
        for cell in notebook["cells"]:
            for output in cell.get("outputs", ()):
                if "image/png" in output.get("data", {}):
                    output["data"]["image/png"] = few_colours(output["data"]["image/png"])
        path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")


PARTS = {
    "comparison": comparison,
    "ablation": lambda: script("benchmarks/ablation.py"),
    "alignments": lambda: script("benchmarks/alignments.py"),
    "shipped": shipped,
    "certainty": lambda: script("benchmarks/certainty.py", "--calibrate"),
    "real_recording": lambda: script("benchmarks/real_recording.py"),
    "occlusion": lambda: script("benchmarks/occlusion.py"),
    "claims": lambda: script("benchmarks/claims.py"),
    "data_amount": lambda: script("benchmarks/data_amount.py"),
    "everyday_sports": lambda: script("benchmarks/everyday_sports.py"),
    "figures": figures,
    "notebooks": notebooks,
}


def weights() -> dict[str, str]:
    """Give the fingerprint of each shipped encoder with its VAE."""
    return {word: load_pretrained(word).fingerprint() for word in ENCODERS}


def stale() -> list[str]:
    """Name what speaks of other weights than those that ship."""
    now = set(weights().values())
    old = [name for name in OF_SHIPPED if not (made := _speaks_of(RESULTS / name)) or not made <= now]
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        if json.loads(path.read_text())["metadata"].get("vvipe", {}).get("weights") != weights():
            old.append(path.name)
    return old


def _speaks_of(path: Path) -> set[str]:
    if path.suffix == ".png":
        from PIL import Image

        with Image.open(path) as picture:
            return set(picture.info.get("weights", "").split())
    weights = json.loads(path.read_text()).get("weights", {})
    return {made for name, made in weights.items() if not name.startswith("without UI-PRMD")}


def _read(name: str) -> dict:
    return json.loads((RESULTS / f"{name}.json").read_text())


def _made(name: str) -> str:
    record = _read(name)
    return f"File: [results/{name}.json](results/{name}.json) (commit {record['commit']}; {record['machine']})."


def _strangers() -> list[dict]:
    """Give the comparison's rows of README's methods and of the baselines, with exact keypoints."""
    names = (*cross_view.BASELINES, *STRANGERS)
    return [row for row in _read("comparison")["rows"] if row["method"] in names and row["keypoints"] == "GT"]


def _five_methods() -> str:
    """Write README's table: methods with random training cameras, Hit@1, the best of each column in bold."""
    rows = {(r["method"], r["bodies"], r["cameras"]): r for r in _strangers()}
    columns = [(bodies, cameras) for bodies in ("UI-PRMD", "subject 14") for cameras in ("seen", "unseen")]
    names = ["2D keypoints", *STRANGERS]
    best = [max(rows[name, *column]["hit@1"] for name in names) for column in columns]
    lines = []
    for name in names:
        cells = [rows[name, *column] for column in columns]
        hits = [f"**{_hit(r)}**" if r["hit@1"] == top else _hit(r) for r, top in zip(cells, best, strict=True)]
        lines.append([name.removesuffix(" + A"), *hits])
    return markdown_table(["Hit@1", *(", ".join(column) for column in columns)], lines)


def _hit(row: dict) -> str:
    return f"{row['hit@1']:.1f}" + (f" ± {row['hit@1 spread']:.1f}" if "hit@1 spread" in row else "")


def _shipped_rows(bodies: str | None = None) -> list[dict]:
    """Give the rows of the shipped weights and of their recipe without UI-PRMD."""
    kept = [row for row in _read("shipped")["rows"] if _is_shipped(row)]
    return [row for row in kept if bodies in (None, row["bodies"])]


def _shipped_in_short() -> str:
    def hit(method: str, bodies: str) -> str:
        seen, unseen = (r["hit@1"] for r in _shipped_rows(bodies) if r["method"] == method)
        return f"{seen:.1f} / {unseen:.1f}"

    exact, detected, without = (
        "shipped weights, GT keypoints", "shipped weights, D keypoints", "without UI-PRMD, GT keypoints",
    )  # fmt: skip
    source_out = ""
    if any(row["method"] == without for row in _shipped_rows()):
        source_out = f" ({hit(without, 'UI-PRMD')} without UI-PRMD in training)"
    return (
        "The shipped weights are a deeper V-VIPE (ours), trained longer and on more data. Hit@1 in %, seen / unseen "
        f"cameras:\n{hit(exact, 'UI-PRMD')} on UI-PRMD{source_out}, {hit(exact, 'subject 14')} on subject 14; with D "
        f"keypoints\n{hit(detected, 'UI-PRMD')} and {hit(detected, 'subject 14')}. [MODEL_CARD.md](MODEL_CARD.md) "
        "says what they are for, and what not."
    )


def _is_shipped(row: dict) -> bool:
    return row["method"].startswith(("shipped", "without UI-PRMD"))


def _ablation() -> str:
    rows = _read("ablation")
    rows = rows["rows"] if isinstance(rows, dict) else rows
    cells = [[r["name"], f"{r['seen']:.1f}", f"{r['unseen']:.1f}"] for r in rows]
    return markdown_table(["validation, Hit@1", "seen", "unseen"], cells)


def _recording(figure: str, digits: int) -> str:
    values = _read("real_recording")[figure]
    rows = [[row, *(f"{value:.{digits}f}" for value in cells.values())] for row, cells in values.items()]
    return markdown_table(["weights", *next(iter(values.values()))], rows)


def _occlusion() -> str:
    made = _read("occlusion")
    *some, last = [joint.replace("_", " ") for joint in made["worst"]["joints"]]
    hits = [f"{hit:.1f}" for hit in made["curve"].values()]
    return (
        markdown_table(["joints hidden", *made["curve"]], [["Hit@1", *hits]])
        + f"\n\nOver all {made['choices']} sets of three joints the mean is {made['mean']:.1f} %; with none hidden it "
        f"is {made['none']:.1f} %. The worst set is {', '.join(some)}\nand {last}: {made['worst']['hit@1']:.1f} %."
    )


TEXTS = {
    "README.md": {"five methods": _five_methods, "shipped in short": _shipped_in_short},
    "RESULTS.md": {
        "comparison made": lambda: _made("comparison") + " Mean over three seeds ± standard deviation.",
        "comparison": lambda: cross_view.as_table(_read("comparison")["rows"]),
        "strangers": lambda: cross_view.bodies_table(_strangers()),
        "ablation": _ablation,
        "shipped made": lambda: _made("shipped") + " Same poses and cameras as in the comparison.",
        "shipped": lambda: cross_view.as_table(_shipped_rows()),
        "shipped, other bodies": lambda: cross_view.bodies_table(_shipped_rows()),
        "real recording made": lambda: _made("real_recording"),
        "real recording, mm": lambda: _recording("pa_mpjpe_mm", 1),
        "real recording, moments": lambda: _recording("within_5_frames_percent", 0),
        "occlusion made": lambda: _made("occlusion"),
        "occlusion": _occlusion,
    },
    "MODEL_CARD.md": {"measured": lambda: cross_view.bodies_table(_shipped_rows())},
}
"""The parts of each page that are written from results/."""


def written(page: str, text: str) -> str:
    """Give a page's text with its parts written again. Raises ValueError if the page lacks one."""
    for name, write in TEXTS[page].items():
        part = re.compile(rf"<!-- {re.escape(name)} -->\n.*?\n<!-- /{re.escape(name)} -->", re.DOTALL)
        if len(part.findall(text)) != 1:
            raise ValueError(f"expected one part <!-- {name} --> ... <!-- /{name} --> in {page}; write it in.")
        block = f"<!-- {name} -->\n{write()}\n<!-- /{name} -->"
        text = part.sub(lambda _, block=block: block, text)
    return text


def main() -> None:
    """Make what was asked for, then the pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help=f"some of {', '.join(PARTS)} (default: all)", metavar="part")
    parser.add_argument("--text", action="store_true", help="write README and RESULTS again, measure nothing")
    parser.add_argument("--stale", action="store_true", help="list what is older than the weights it speaks of")
    parser.add_argument("--stamp", action="store_true", help=argparse.SUPPRESS)  # notebooks executed by hand
    args = parser.parse_args()
    unknown = set(args.parts) - PARTS.keys()
    if unknown:
        parser.error(f"expected some of {', '.join(PARTS)}, got {', '.join(sorted(unknown))}")
    if args.stale:
        print("\n".join(stale()) or "nothing is older than the weights")
        return
    for name in () if args.text or args.stamp else args.parts or PARTS:
        print(f"== {name}", flush=True)
        PARTS[name]()
    if args.stamp:
        stamp_notebooks()
    for page in TEXTS:
        path = ROOT / page
        path.write_text(written(page, path.read_text()))


if __name__ == "__main__":
    main()
