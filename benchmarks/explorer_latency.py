"""Measure the time from a hand's move until it is drawn: the explorer, in all its panels, and a plotly FigureWidget.

In Chromium without a GPU. The explorer's saved page has 20,000 points in view at 1280 x 720, scale 1: from the time
stamp of a key or a mouse on a slider, on the map or on a joint until all panels are drawn and one pixel of each is read
back; and from the call for the page until its first body is on the screen. The explorer in JupyterLab: until the body
is drawn. Plotly, in JupyterLab: the same body, an ipywidgets slider and the decoder in Python, until the figure's first
afterplot event. Where other work shares the machine, the time of the page's own thread tells more than the clock.

    python benchmarks/explorer_latency.py [--moves 200] [--plotly-moves 200] [--only-page]
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

import explorer_drag
import numpy as np

from vvipe_explore import datasets, load_pretrained
from vvipe_explore._page import export
from vvipe_explore.evaluation.markdown import markdown_table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from browser.lab import chromium, evaluate, find_chromium, jupyterlab, open_notebook, settle, write_notebook

MODEL = "import vvipe_explore as vv\nmodel = vv.load_pretrained(keypoints='exact')"
SMALL = "app = vv.explorer.PoseExplorer(model, points=100)\napp"
FULL = "app = vv.explorer.PoseExplorer(model)\napp"
PLOTLY = """
import ipywidgets, torch, numpy as np, plotly.graph_objects as go
from vvipe_explore.skeleton import BONE_INDICES
found = vv.latent.directions(model, model.embed_poses(vv.datasets.load("synthetic").poses[::8]))
step = found.vectors[0] * found.spread[0]

def lines(value):
    with torch.inference_mode():
        pose = model.decode(np.float32(value * step))
    return np.concatenate([[pose[a], pose[b], [np.nan] * 3] for a, b in BONE_INDICES])

figure = go.FigureWidget(go.Scatter3d(mode="lines", line_width=8))
figure.update_scenes(aspectmode="cube")
figure.update_layout(width=532, height=560, margin=dict(l=0, r=0, t=0, b=0))
slider = ipywidgets.FloatSlider(min=-3, max=3, step=0.05)

def move(change):
    x, y, z = lines(change["new"]).T
    with figure.batch_update():
        figure.data[0].update(x=x, y=z, z=y)

slider.observe(move, "value")
move({"new": 0.0})
ipywidgets.VBox([slider, figure])
"""
EXPLORER_HOOK = """() => {
    const host = document.querySelector('.vvipe-explorer'), canvas = host.shadowRoot.querySelector('canvas.stage');
    const context = canvas.getContext('2d');
    let begun = null;
    window.times = [];
    host.addEventListener('keydown', (event) => { begun = event.timeStamp; }, true);
    host.addEventListener('drawn', () => {
        if (begun === null) return;
        context.getImageData(canvas.width >> 1, canvas.height >> 1, 1, 1);
        window.times.push(performance.now() - begun);
        begun = null;
    });
}"""
PLOTLY_HOOK = """() => {
    const plot = document.querySelector('.js-plotly-plot'), handle = document.querySelector('.noUi-handle');
    let begun = null;
    window.times = [];
    document.addEventListener('keydown', (event) => { begun = event.timeStamp; }, true);
    plot.on('plotly_afterplot', () => {
        if (begun === null) return;
        window.times.push(performance.now() - begun);
        begun = null;
    });
    handle.focus();
}"""


def press(page, moves: int, pauses=(16, 33, 90, 250)) -> np.ndarray:
    """Press arrow keys, 20 right and 20 left in turn, each after the last move was drawn; give milliseconds a move."""
    for k in range(moves):
        page.keyboard.press("ArrowRight" if k // 20 % 2 == 0 else "ArrowLeft")
        page.wait_for_function(f"window.times.length > {k}", timeout=20_000, polling=15)
        page.wait_for_timeout(pauses[k % len(pauses)])
    return np.array(page.evaluate("window.times"))


def show(page, lab, cell: str, ready: str) -> None:
    """Open a notebook with the model and this cell, and nothing beside it."""
    write_notebook(lab.folder / "speed.ipynb", MODEL, cell)
    open_notebook(page, lab, "speed.ipynb")
    page.locator(ready).first.wait_for(timeout=90_000)
    page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
    page.wait_for_timeout(1500)


def measure(moves: int, plotly_moves: int) -> dict[str, np.ndarray]:
    """Measure the milliseconds of each move, by name of what moves."""
    found = {}
    with tempfile.TemporaryDirectory() as folder, jupyterlab(Path(folder)) as lab, chromium() as browser:
        for name, cell in (("explorer, map of 100 points", SMALL), ("explorer, map of 5,000 points", FULL)):
            with browser.new_context(viewport={"width": 1400, "height": 1000}) as context:
                page = context.new_page()
                show(page, lab, cell, ".vvipe-explorer canvas.stage")
                page.evaluate(EXPLORER_HOOK)
                page.locator(".vvipe-explorer input[type=range]").first.focus()
                page.keyboard.press("ArrowLeft")
                page.evaluate("window.times = []")
                found[name] = press(page, moves)
            stop(lab)
        with browser.new_context(viewport={"width": 1400, "height": 1000}) as context:
            page = context.new_page()
            show(page, lab, PLOTLY, ".js-plotly-plot canvas")
            page.evaluate(PLOTLY_HOOK)
            found["plotly FigureWidget"] = press(page, plotly_moves, pauses=(16,))
            decode = "(lambda t: [move({'new': 0.1 * k}) for k in range(20)] and (time.perf_counter() - t) / 20)"
            client = lab.kernel()
            evaluate(client, "0", "import time")
            seconds = evaluate(client, decode + "(time.perf_counter())")
            print(f"(Python takes {1e3 * seconds:.0f} ms of plotly's time, to decode and to update the figure)")
            client.stop_channels()
    return found


PAGE_POINTS = 20_000
MOVED = "pointerrawupdate"
"""The event that first tells of a mouse's move. The pointermove of the next frame has the same time stamp."""
PAGE_HOOK = """(kind) => {
    const host = document.querySelector('.vvipe-explorer');
    const sheets = [...host.shadowRoot.querySelectorAll('canvas')].filter((c) => c.clientWidth);
    let begun = null;
    const hear = (event) => {
        if (begun === null) performance.mark('hand');
        begun ??= event.timeStamp;
    };
    window.hands?.abort();
    window.hands = new AbortController();
    window.times = [];
    const { signal } = window.hands;
    host.addEventListener(kind, hear, { capture: true, signal });
    host.addEventListener('all-drawn', () => {
        if (begun === null) return;
        for (const c of sheets) c.getContext('2d').getImageData(c.width >> 1, c.height >> 1, 1, 1);
        performance.mark('drawn');
        window.times.push(performance.now() - begun);
        begun = null;
    }, { signal });
}"""
FIRST_BODY = """new MutationObserver((_, watch) => {
    if (!document.querySelector('.vvipe-explorer')) return;
    watch.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => { window.first = performance.now(); }));
}).observe(document, { childList: true, subtree: true })"""


def save_page(path: Path) -> Path:
    """Save a page with 20,000 points: made-up poses, each a few times, a centimetre apart."""
    poses = datasets.load("synthetic").poses
    rows = np.arange(PAGE_POINTS) % len(poses)
    apart = np.random.default_rng(0).normal(scale=0.01, size=(PAGE_POINTS, 13, 3))
    return export(path, load_pretrained("exact"), (poses[rows] + apart).astype(np.float32), points=PAGE_POINTS)


def thread_times(trace: bytes) -> np.ndarray:
    """Read the milliseconds of the page's thread between each hand's move and its picture out of a trace."""
    events = [e for e in json.loads(trace)["traceEvents"] if e.get("name") in ("hand", "drawn") and "tts" in e]
    events.sort(key=lambda e: e["ts"])
    pairs = zip(events, events[1:], strict=False)
    return np.array([(b["tts"] - a["tts"]) / 1000 for a, b in pairs if (a["name"], b["name"]) == ("hand", "drawn")])


def keys(page, k: int) -> None:
    """Press the k-th key on a slider."""
    page.keyboard.press("ArrowRight" if k // 20 % 2 == 0 else "ArrowLeft")


def mouse(x: float, y: float):
    """Give a function that moves the mouse the k-th time, to and fro around a place, by 4 pixels across and down."""

    def off(k: int) -> int:
        return 4 * abs(k % 20 - 10) - 20

    return lambda page, k: page.mouse.move(x + off(k), y + off(k + 7))


def follow(browser, page, kind: str, move, moves: int) -> tuple[np.ndarray, np.ndarray]:
    """Move, each time after the last move was drawn; give milliseconds by the clock and of the page's thread."""
    page.evaluate(PAGE_HOOK, kind)
    browser.start_tracing(page=page, categories=["blink.user_timing"])
    for k in range(moves):
        before = page.evaluate("window.times.length")
        move(page, k)
        page.wait_for_function(f"window.times.length > {before}", timeout=20_000)
        settle(page)  # a frame that is still to come does not count
        page.wait_for_timeout((16, 33, 90)[k % 3])
    return np.array(page.evaluate("window.times")), thread_times(browser.stop_tracing())


def wrist(page) -> tuple[float, float]:
    """Find a joint on the stage: where the pointer becomes a hand."""
    canvas = page.locator("canvas.stage")
    box = canvas.bounding_box()
    for place in ((x, y) for y in np.arange(0.3, 0.9, 0.03) for x in np.arange(0.2, 0.8, 0.03)):
        at = box["x"] + place[0] * box["width"], box["y"] + place[1] * box["height"]
        page.mouse.move(*at)
        if canvas.evaluate("(c) => c.style.cursor") == "pointer":
            return at
    sys.exit("expected a joint under the pointer, found none.")


def measure_page(browser, file: Path, moves: int, starts: int) -> dict:
    """Measure the saved page; gives {what a hand does: (milliseconds by the clock, of the page's thread)}."""
    found = {}
    with browser.new_context(viewport={"width": 1280, "height": 720}, bypass_csp=True) as context:
        context.add_init_script(FIRST_BODY)
        page = context.new_page()
        begun = []
        for _ in range(starts):
            page.goto(file.as_uri())
            page.wait_for_function("window.first", timeout=60_000)
            begun.append(page.evaluate("window.first"))
        found["page to first body"] = np.array(begun), np.array([])
        page.locator("input[type=range]").first.focus()
        found["a key on a slider"] = follow(browser, page, "keydown", keys, moves)
        for name, at in (
            ("a mouse on a slider", page.locator(".sliders .track").nth(1).bounding_box()),
            ("a mouse on the map", page.locator("canvas.map").bounding_box()),
        ):
            x, y = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
            page.mouse.move(x, y)
            page.mouse.down()
            found[name] = follow(browser, page, MOVED, mouse(x, y), moves)
            page.mouse.up()
        page.get_by_text("Reset").click()
        x, y = wrist(page)
        page.mouse.down()
        found["a mouse pulls a joint"] = follow(browser, page, MOVED, mouse(x, y), moves)
        page.mouse.up()
    return found


def stop(lab) -> None:
    """End the notebook's kernel, so that it does not slow the next measurement."""
    for session in lab.ask("api/sessions"):
        lab.ask(f"api/sessions/{session['id']}", "DELETE")


def quantiles(times: np.ndarray) -> list[str]:
    """Give the median and the 95 % quantile as text."""
    return [f"{v:.1f}" for v in np.percentile(times, [50, 95])] if len(times) else ["", ""]


def main() -> None:
    """Measure, then print the table."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--moves", type=int, default=200)
    options.add_argument("--plotly-moves", type=int, default=200)
    options.add_argument("--starts", type=int, default=5)
    options.add_argument("--targets", type=int, default=200)
    options.add_argument("--only-page", action="store_true", help="leave out JupyterLab and plotly")
    args = options.parse_args()
    if find_chromium() is None:
        sys.exit("expected Chromium, found none; install it or set VVIPE_CHROMIUM to its path.")
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        paged = measure_page(browser, save_page(Path(folder) / "explorer.html"), args.moves, args.starts)
    found = {} if args.only_page else measure(args.moves, args.plotly_moves)
    machine = f"{platform.node()} ({platform.machine()}, {os.cpu_count()} cores, no GPU)"
    print(f"\n{machine}, load {os.getloadavg()[0]:.1f} at the end; Chromium, JupyterLab")
    head = ["ms until all panels are drawn, 20,000 points", "moves", "median", "95 %", "of its thread", "95 %", "bar"]
    rows = [
        [name, str(len(times)), *quantiles(times), *quantiles(own), "500" if name.startswith("page") else "16, 33"]
        for name, (times, own) in paged.items()
    ]
    print(f"\n{markdown_table(head, rows)}")
    rows = [[name, str(len(times)), *quantiles(times), f"{times.max():.1f}"] for name, times in found.items()]
    if rows:
        print(f"\n{markdown_table(['ms from a key until the body is drawn', 'moves', 'median', '95 %', 'most'], rows)}")
    print(f"\n{explorer_drag.measured(args.targets)}")
    print(f"\n{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
