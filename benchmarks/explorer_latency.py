"""Measure the time from a key press on a slider until the body has moved: the explorer and a plotly FigureWidget.

Both run in JupyterLab, in Chromium without a GPU. The explorer: from the key event's time stamp until everything that
moves at once is drawn (body, floor, map) and one pixel of the body is read back. Plotly: the same body, an ipywidgets
slider and the decoder in Python, until the figure's first afterplot event.

    python benchmarks/explorer_latency.py [--moves 200] [--plotly-moves 200]
"""

import argparse
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from browser.lab import chromium, evaluate, find_chromium, jupyterlab, open_notebook, write_notebook

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


def stop(lab) -> None:
    """End the notebook's kernel, so that it does not slow the next measurement."""
    for session in lab.ask("api/sessions"):
        lab.ask(f"api/sessions/{session['id']}", "DELETE")


def main() -> None:
    """Measure, then print the table."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--moves", type=int, default=200)
    options.add_argument("--plotly-moves", type=int, default=200)
    args = options.parse_args()
    if find_chromium() is None:
        sys.exit("expected Chromium, found none; install it or set VVIPE_CHROMIUM to its path.")
    start = time.perf_counter()
    found = measure(args.moves, args.plotly_moves)
    machine = f"{platform.node()} ({platform.machine()}, {os.cpu_count()} cores, no GPU)"
    print(f"\n{machine}, load {os.getloadavg()[0]:.1f} at the end; Chromium, JupyterLab")
    print("\n| from key press to drawn, ms | moves | median | 95 % | most |\n|---|---|---|---|---|")
    for name, times in found.items():
        median, high = np.percentile(times, [50, 95])
        print(f"| {name} | {len(times)} | {median:.1f} | {high:.1f} | {times.max():.1f} |")
    print(f"\n{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
